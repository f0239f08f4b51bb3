//! Pace against par: how a region stands, made comparable between small and large ones
//! (scoring.md, The race, steps 4 to 6).

use super::estimate::{self, Observed};
use super::par::median;
use super::posterior::Posterior;
use crate::ledger::{Points, RaceNumbers};

/// A region of a race, or several that run as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its code, unique in the race.
    pub code: String,
    /// Points P so far: the sum of u over everybody; from 0.
    pub points: f64,
    /// Par for the whole week, in points; from 0.
    pub par: f64,
    /// The share C of the week that is expected to be done by now, by the region's own clock; 0 to 1.
    pub share: f64,
    /// Its roster n.
    pub members: u32,
}

/// What a week was locked with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Dispersion between members, φ.
    pub phi: f64,
    /// Variance between regions, τ²; estimated where absent.
    pub tau2: Option<f64>,
    /// The common pace g; estimated where absent, as on every live board.
    pub g: Option<f64>,
}

/// A race computed: the shared numbers, and one measure for each entry, in the entries' order.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The common pace.
    pub g: f64,
    /// Dispersion between members.
    pub phi: f64,
    /// Variance between regions.
    pub tau2: f64,
    /// `None` for an entry of which nothing is expected yet.
    pub measures: Vec<Option<Measure>>,
}

/// How one entry stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Points expected so far, m.
    pub expected: f64,
    /// Relative variance V of the points around that.
    pub variance: f64,
    /// The rank key: standard deviations ahead of the common pace.
    pub z: f64,
    /// Pace, 100 for a typical region on par. Rises with z.
    pub pace: f64,
    /// Lower end of the interval shown, not above `pace`.
    pub low: f64,
    /// Upper end, not below `pace`.
    pub high: f64,
    /// What is known of the true pace.
    pub posterior: Posterior,
}

/// Where less than this many points are expected, nothing is.
const SOMETHING: f64 = 1e-9;

/// An exponent beyond this says no more than "far ahead" and would only overflow.
const FAR: f64 = 20.0;

/// Computes a race. `None` while nothing is expected of anybody or nobody has points. Regions without members
/// take no part in g, τ² and the typical region. The order of `entries` changes nothing but the order of the
/// measures.
pub fn compute(numbers: &RaceNumbers, params: &Params, entries: &[Entry]) -> Option<Field> {
    let due = |entry: &Entry| Some(entry.par * entry.share).filter(|due| *due >= SOMETHING);
    if entries.iter().map(|entry| entry.points).sum::<f64>() <= 0.0
        || entries.iter().all(|entry| due(entry).is_none())
    {
        return None;
    }
    let phi = params.phi;
    let pool = pool(entries.iter().filter(|entry| entry.members > 0), due);
    let g_at = |tau2| {
        params
            .g
            .or_else(|| estimate::common_pace(numbers, phi, tau2, &pool))
    };
    let tau2 = match params.tau2 {
        Some(tau2) => tau2,
        None => estimate::between(numbers, phi, g_at(numbers.tau2)?, &pool),
    };
    let g = g_at(tau2)?;

    let variance = |due: f64| phi / (g * due) + tau2;
    let roots = |least: u32| {
        let named = entries.iter().filter(|entry| entry.members >= least);
        median(
            named
                .filter_map(due)
                .map(|due| variance(due).sqrt())
                .collect(),
        )
    };
    let typical = roots(1).or_else(|| roots(0))? / 3.0;
    let measure = |entry: &Entry| {
        let expected = g * due(entry)?;
        let variance = phi / expected + tau2;
        let z = rank_key(entry.points, expected, variance);
        let pace = 100.0 * g * libm::exp((tau2.sqrt() * (z - typical)).clamp(-FAR, FAR));
        let posterior = Posterior::new(phi, tau2, entry.points, expected);
        let low = 100.0 * g * posterior.quantile(numbers.interval_low);
        let high = 100.0 * g * posterior.quantile(numbers.interval_high);
        Some(Measure {
            expected,
            variance,
            z,
            pace,
            low: low.min(pace),
            high: high.max(pace),
            posterior,
        })
    };
    Some(Field {
        g,
        phi,
        tau2,
        measures: entries.iter().map(measure).collect(),
    })
}

/// What the shared numbers are estimated from. Sorted, so that sums do not depend on the order of entries to the
/// last bit.
fn pool<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    due: impl Fn(&Entry) -> Option<f64>,
) -> Vec<Observed> {
    let mut pool: Vec<Observed> = entries
        .filter_map(|entry| {
            due(entry).map(|due| Observed {
                points: entry.points,
                due,
            })
        })
        .collect();
    pool.sort_unstable_by(|a, b| a.due.total_cmp(&b.due).then(a.points.total_cmp(&b.points)));
    pool
}

/// `z = ((P/m)^⅓ − 1 + V/9) / (√V/3)` (Wilson and Hilferty 1931).
fn rank_key(points: f64, expected: f64, variance: f64) -> f64 {
    (libm::cbrt(points / expected) - 1.0 + variance / 9.0) / (variance.sqrt() / 3.0)
}

impl Measure {
    /// Points that an entry with `points` lacks to reach the rank key `rival`:
    /// `m·(1 − V/9 + z*·√V/3)³ − P`, to the next hundredth and at least one.
    pub fn to_reach(&self, points: f64, rival: f64) -> Points {
        let root = 1.0 - self.variance / 9.0 + rival * self.variance.sqrt() / 3.0;
        Points::at_least(self.expected * root * root * root - points)
            .max(Points::from_hundredths(1))
    }
}

/// A Pace or a bound of it as it is sent and compared: to a tenth.
pub fn shown(pace: f64) -> f64 {
    (pace * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::ScoringConfig;

    fn numbers() -> RaceNumbers {
        ScoringConfig::shipped().unwrap().race
    }

    fn entries(pairs: &[(f64, f64)]) -> Vec<Entry> {
        let entry = |(i, (points, par)): (usize, &(f64, f64))| Entry {
            code: format!("r{i}"),
            points: *points,
            par: *par,
            share: 1.0,
            members: 12,
        };
        pairs.iter().enumerate().map(entry).collect()
    }

    const VECTOR: [(f64, f64); 5] = [
        (1200.0, 1000.0),
        (420.0, 300.0),
        (5500.0, 5000.0),
        (0.0, 300.0),
        (1000.0, 1000.0),
    ];

    fn vector() -> Vec<Measure> {
        let params = Params {
            phi: 70.0,
            tau2: Some(0.09),
            g: Some(1.0),
        };
        compute(&numbers(), &params, &entries(&VECTOR))
            .unwrap()
            .measures
            .into_iter()
            .flatten()
            .collect()
    }

    #[test]
    fn the_designs_test_vector_comes_out() {
        let print = |digits: usize, value: fn(&Measure) -> f64| {
            vector()
                .iter()
                .map(|measure| format!("{:.digits$}", value(measure)))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            print(4, |measure| measure.z),
            ["0.6033", "0.8157", "0.4078", "-5.0864", "0.1333"]
        );
        assert_eq!(
            print(1, |measure| shown(measure.pace)),
            ["115.1", "122.7", "108.6", "20.9", "100.0"]
        );
    }

    #[test]
    fn the_points_to_a_rival_bring_exactly_its_rank_key() {
        let measures = vector();
        let (behind, rival) = (measures[4], measures[0]);
        let lacking = behind.to_reach(1000.0, rival.z).as_f64();
        let reached = rank_key(1000.0 + lacking, behind.expected, behind.variance);
        assert!((reached - rival.z).abs() < 1e-4, "{lacking}");
        assert!(
            (lacking - 200.0).abs() < 1e-9,
            "the same par, so the same points"
        );
    }

    #[test]
    fn intervals_narrow_with_size_and_hold_the_pace() {
        let measures = vector();
        for measure in &measures {
            assert!(
                measure.low <= measure.pace && measure.pace <= measure.high,
                "{measure:?}"
            );
        }
        let width = |i: usize| (measures[i].high - measures[i].low) / measures[i].pace;
        assert!(width(2) < width(0) && width(0) < width(1));
    }

    #[test]
    fn nothing_is_computed_before_anything_is_expected_or_done() {
        let params = Params {
            phi: 70.0,
            tau2: Some(0.09),
            g: None,
        };
        assert_eq!(compute(&numbers(), &params, &[]), None);
        assert_eq!(
            compute(&numbers(), &params, &entries(&[(0.0, 300.0), (0.0, 500.0)])),
            None
        );
        let mut early = entries(&VECTOR);
        for entry in &mut early {
            entry.share = 0.0;
        }
        assert_eq!(compute(&numbers(), &params, &early), None);
        early[0].share = 0.2;
        let field = compute(&numbers(), &params, &early).unwrap();
        assert_eq!(
            field.measures.iter().flatten().count(),
            1,
            "its clock is ahead of the others'"
        );
    }

    #[test]
    fn regions_without_members_do_not_move_the_common_pace() {
        let params = Params {
            phi: 70.0,
            tau2: None,
            g: None,
        };
        let with = |members| {
            let mut all = entries(&VECTOR);
            all.push(Entry {
                code: "empty".into(),
                points: 9000.0,
                par: 300.0,
                share: 1.0,
                members,
            });
            let field = compute(&numbers(), &params, &all).unwrap();
            (field.g, field.tau2)
        };
        let without = compute(&numbers(), &params, &entries(&VECTOR)).unwrap();
        assert_eq!(with(0), (without.g, without.tau2));
        assert!(with(12).0 > without.g);
    }

    fn field() -> impl Strategy<Value = Vec<Entry>> {
        prop::collection::vec(
            (
                0.0_f64..20_000.0,
                100.0_f64..20_000.0,
                0.5_f64..1.0,
                5_u32..3000,
            ),
            2..40,
        )
        .prop_map(|rows| {
            let entry = |(i, (points, par, share, members)): (usize, (f64, f64, f64, u32))| Entry {
                code: format!("r{i}"),
                points: points.floor() + 1.0,
                par,
                share,
                members,
            };
            rows.into_iter().enumerate().map(entry).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn order_and_number_always_agree(entries in field(), phi in 1.0_f64..400.0) {
            let params = Params { phi, tau2: None, g: None };
            let mut measures: Vec<Measure> = compute(&numbers(), &params, &entries).unwrap().measures.into_iter().flatten().collect();
            measures.sort_by(|a, b| a.z.total_cmp(&b.z));
            prop_assert!(measures.windows(2).all(|pair| pair[0].pace <= pair[1].pace));
        }

        #[test]
        fn the_order_of_entries_changes_nothing(entries in field(), shift in 0_usize..40) {
            let params = Params { phi: 70.0, tau2: None, g: None };
            let mut turned = entries.clone();
            let by = shift % entries.len();
            turned.rotate_left(by);
            let mut field = compute(&numbers(), &params, &entries).unwrap();
            field.measures.rotate_left(by);
            prop_assert_eq!(Some(field), compute(&numbers(), &params, &turned));
        }

        #[test]
        fn more_points_never_put_more_regions_ahead(entries in field(), who: prop::sample::Index, more in 1.0_f64..5000.0) {
            let params = Params { phi: 70.0, tau2: Some(0.09), g: None };
            let who = who.index(entries.len());
            let ahead = |entries: &[Entry]| {
                let measures = compute(&numbers(), &params, entries).unwrap().measures;
                let own = measures[who].unwrap().z;
                measures.iter().flatten().filter(|measure| measure.z > own + 1e-9).count()
            };
            let before = ahead(&entries);
            let mut after = entries.clone();
            after[who].points += more;
            // Only where at least phi points are expected; below that nobody is ranked.
            if compute(&numbers(), &params, &after).unwrap().measures.iter().flatten().all(|measure| measure.expected >= 70.0) {
                prop_assert!(ahead(&after) <= before);
            }
        }

        #[test]
        fn extreme_inputs_stay_finite(
            rows in prop::collection::vec((0_u32..10, 0_u32..10, 0_u32..7, 0_u32..3), 1..8),
            phi in -2_i32..6, tau2 in prop::option::of(-4_i32..=0), g in prop::option::of(0.05_f64..20.0),
        ) {
            let power = |exponent: u32| if exponent == 0 { 0.0 } else { 10_f64.powi(exponent.cast_signed()) };
            let entry = |(i, (points, par, share, members)): (usize, (u32, u32, u32, u32))| Entry {
                code: format!("r{i}"),
                points: power(points),
                par: power(par),
                share: 10_f64.powi(-share.cast_signed()),
                members,
            };
            let entries: Vec<Entry> = rows.into_iter().enumerate().map(entry).collect();
            let params = Params { phi: 10_f64.powi(phi), tau2: tau2.map(|power| 10_f64.powi(power)), g };
            for measure in compute(&numbers(), &params, &entries).into_iter().flat_map(|field| field.measures).flatten() {
                for value in [measure.z, measure.pace, measure.low, measure.high, measure.expected, measure.variance] {
                    prop_assert!(value.is_finite() && value.abs() < 1e18, "{:?}", measure);
                }
                prop_assert!(measure.low <= measure.pace && measure.pace <= measure.high);
            }
        }
    }
}
