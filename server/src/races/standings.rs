//! The board of a race: who is ranked and who is only listed (scoring.md, The race, step 7).

use std::collections::BTreeMap;

use super::draws::RankRange;
use super::pace::{Entry, Field, Measure, Params, compute};
use super::par::eligible;
use super::ranking::{Draws, Standing, rank};
use crate::ledger::RaceNumbers;

/// Where a race is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A campaign's first week, before its close: nobody is ranked.
    FirstWeek,
    /// An ordinary running week: ranked is who is eligible and of whom at least φ points are expected by now.
    Open,
    /// After the close: everybody eligible is ranked.
    Closed,
}

/// A race in order: ranked rows by Pace, then the others by points.
#[derive(Clone, Debug, PartialEq)]
pub struct Standings {
    /// Whether anybody is ranked. Otherwise the board is warming up, or was too small to its end.
    pub live: bool,
    /// The common pace and its company, where they could be computed.
    pub field: Option<Field>,
    /// The rows; regions with neither members nor points are left out.
    pub rows: Vec<Row>,
    /// The ranges as drawn, by code, to be kept until the next draws.
    pub drawn: BTreeMap<String, RankRange>,
}

/// One row of a race.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The region.
    pub entry: Entry,
    /// Whether it is large enough to be compared.
    pub eligible: bool,
    /// Whether its points have reached the week's par.
    pub made_par: bool,
    /// Its rank and Pace; `None` for an unranked row.
    pub standing: Option<Standing>,
}

/// The board of a race, as people see it.
pub fn standings(
    numbers: &RaceNumbers,
    params: &Params,
    entries: &[Entry],
    stage: Stage,
    draws: Draws<'_>,
) -> Standings {
    let listed: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.members > 0 || entry.points > 0.0)
        .cloned()
        .collect();
    let may_compare = |entry: &Entry| eligible(numbers, params.phi, entry.par, entry.members);
    let field = compute(numbers, params, &listed);
    let mut chosen: Vec<usize> = Vec::new();
    if let (Some(field), Stage::Open | Stage::Closed) = (&field, stage) {
        let enough = |measure: &Measure| stage == Stage::Closed || measure.expected >= field.phi;
        let ranked =
            |i: &usize| may_compare(&listed[*i]) && field.measures[*i].as_ref().is_some_and(enough);
        chosen = (0..listed.len()).filter(ranked).collect();
    }
    if chosen.len() < numbers.live_from as usize {
        chosen.clear();
    }
    let (places, drawn) = match &field {
        Some(field) => rank(numbers, &listed, field, chosen, draws),
        None => (Vec::new(), BTreeMap::new()),
    };
    let live = !places.is_empty();
    let rows = in_order(&listed, &places, may_compare);
    Standings {
        live,
        field,
        rows,
        drawn,
    }
}

/// Rows in the order they are shown: the ranked ones as given, then the others by points, equal ones by code.
pub fn in_order(
    entries: &[Entry],
    places: &[(usize, Standing)],
    eligible: impl Fn(&Entry) -> bool,
) -> Vec<Row> {
    let row = |i: usize, standing| {
        let entry = entries[i].clone();
        Row {
            eligible: eligible(&entry),
            made_par: entry.points >= entry.par,
            standing,
            entry,
        }
    };
    let mut placed = vec![false; entries.len()];
    for (i, _) in places {
        placed[*i] = true;
    }
    let mut others: Vec<usize> = (0..entries.len()).filter(|i| !placed[*i]).collect();
    others.sort_by(|i, j| {
        let (a, b) = (&entries[*i], &entries[*j]);
        b.points
            .total_cmp(&a.points)
            .then_with(|| a.code.cmp(&b.code))
    });
    let ranked = places.iter().map(|(i, standing)| row(*i, Some(*standing)));
    ranked
        .chain(others.into_iter().map(|i| row(i, None)))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::{Points, ScoringConfig};

    const PARAMS: Params = Params {
        phi: 70.0,
        tau2: Some(0.09),
        g: None,
    };

    /// Fewer draws than are shipped: chance is tested where it is drawn.
    fn numbers() -> RaceNumbers {
        RaceNumbers {
            draws: 40,
            ..ScoringConfig::shipped().unwrap().race
        }
    }

    fn entry(code: &str, points: f64, par: f64, members: u32) -> Entry {
        Entry {
            code: code.into(),
            points,
            par,
            share: 1.0,
            members,
        }
    }

    fn board(entries: &[Entry], stage: Stage) -> Standings {
        standings(&numbers(), &PARAMS, entries, stage, Draws::Fresh(5))
    }

    fn ranks(board: &Standings) -> Vec<(&str, Option<u32>)> {
        board
            .rows
            .iter()
            .map(|row| {
                (
                    row.entry.code.as_str(),
                    row.standing.map(|standing| standing.rank),
                )
            })
            .collect()
    }

    fn three() -> Vec<Entry> {
        vec![
            entry("a", 500.0, 1000.0, 40),
            entry("b", 1500.0, 1000.0, 40),
            entry("c", 900.0, 1000.0, 40),
        ]
    }

    #[test]
    fn three_comparable_regions_make_a_live_board() {
        let live = board(&three(), Stage::Open);
        assert!(live.live);
        assert_eq!(
            ranks(&live),
            [("b", Some(1)), ("c", Some(2)), ("a", Some(3))]
        );
        let to_next: Vec<_> = live
            .rows
            .iter()
            .map(|row| row.standing.unwrap().to_next)
            .collect();
        assert_eq!(
            to_next,
            [None, Some(Points::whole(600)), Some(Points::whole(400))]
        );
        assert_eq!(
            live.rows.iter().map(|row| row.made_par).collect::<Vec<_>>(),
            [true, false, false]
        );
    }

    #[test]
    fn two_are_not_enough_and_stand_by_points() {
        let warming = board(&three()[..2], Stage::Open);
        assert!(!warming.live);
        assert_eq!(ranks(&warming), [("b", None), ("a", None)]);
        assert!(!board(&three()[..2], Stage::Closed).live);
    }

    #[test]
    fn a_first_week_is_ranked_only_at_its_close() {
        assert!(!board(&three(), Stage::FirstWeek).live);
        assert!(board(&three(), Stage::Closed).live);
    }

    #[test]
    fn a_region_too_small_or_too_early_is_listed_below_by_points() {
        let mut entries = three();
        entries.extend([
            entry("small", 900.0, 279.0, 12),
            entry("few", 950.0, 1000.0, 4),
            entry("nobody", 5.0, 0.0, 0),
            entry("absent", 0.0, 0.0, 0),
        ]);
        entries.push(Entry {
            share: 0.05,
            ..entry("early", 100.0, 1000.0, 40)
        });
        let open = board(&entries, Stage::Open);
        assert_eq!(
            ranks(&open)[3..],
            [
                ("few", None),
                ("small", None),
                ("early", None),
                ("nobody", None)
            ]
        );
        let closed = board(&entries, Stage::Closed);
        assert_eq!(
            closed
                .rows
                .iter()
                .filter(|row| row.standing.is_some())
                .count(),
            4,
            "early is ranked now"
        );
    }

    #[test]
    fn equal_paces_share_a_rank_and_look_at_the_same_rival() {
        let mut entries = three();
        entries.push(entry("d", 1500.0, 1000.0, 40));
        entries.push(entry("e", 900.01, 1000.0, 40));
        let tied = board(&entries, Stage::Open);
        assert_eq!(
            ranks(&tied),
            [
                ("b", Some(1)),
                ("d", Some(1)),
                ("e", Some(3)),
                ("c", Some(3)),
                ("a", Some(5))
            ]
        );
        assert_eq!(tied.rows[1].standing.unwrap().to_next, None);
        assert_eq!(
            tied.rows[3].standing.unwrap().to_next,
            Some(Points::whole(600))
        );
    }

    #[test]
    fn kept_ranges_are_widened_to_the_ranks_they_stand_beside() {
        let kept: BTreeMap<_, _> = [("a", 1, 1), ("b", 3, 9)]
            .map(|(code, low, high)| (code.to_owned(), RankRange { low, high }))
            .into();
        let rows = standings(
            &numbers(),
            &PARAMS,
            &three(),
            Stage::Open,
            Draws::Kept(&kept),
        )
        .rows;
        let ranges: Vec<_> = rows.iter().map(|row| row.standing.unwrap().range).collect();
        assert_eq!(
            ranges,
            [(1, 3), (2, 2), (1, 3)].map(|(low, high)| RankRange { low, high })
        );
    }

    #[test]
    fn a_board_without_points_lists_its_regions() {
        let still = board(
            &[entry("b", 0.0, 300.0, 9), entry("a", 0.0, 300.0, 9)],
            Stage::Open,
        );
        assert_eq!((still.live, still.field.is_none()), (false, true));
        assert_eq!(ranks(&still), [("a", None), ("b", None)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_board_is_one_order_of_all_rows_and_holds_what_it_shows(
            rows in prop::collection::vec((0_u32..5000, 1_u32..6000, 0_u32..60), 0..30), closed: bool, by in 0_usize..30,
        ) {
            let mut entries: Vec<Entry> = rows.iter().enumerate()
                .map(|(i, (points, par, members))| entry(&format!("r{i}"), f64::from(*points), f64::from(*par), *members))
                .collect();
            let stage = if closed { Stage::Closed } else { Stage::Open };
            let one = board(&entries, stage);
            entries.rotate_left(by.min(rows.len()));
            prop_assert_eq!(&board(&entries, stage).rows, &one.rows);

            let places: Vec<Standing> = one.rows.iter().filter_map(|row| row.standing).collect();
            prop_assert!(one.rows[places.len()..].iter().all(|row| row.standing.is_none()));
            for (i, place) in places.iter().enumerate() {
                let ahead = places.iter().filter(|other| other.pace > place.pace).count();
                prop_assert_eq!(place.rank as usize, ahead + 1);
                prop_assert!(i == 0 || places[i - 1].pace >= place.pace);
                prop_assert!(place.pace_low <= place.pace && place.pace <= place.pace_high);
                prop_assert!(place.range.low <= place.rank && place.rank <= place.range.high);
                prop_assert!(place.range.high as usize <= places.len());
                prop_assert_eq!(place.to_next.is_none(), place.rank == 1);
            }
        }

        #[test]
        fn at_a_fixed_common_pace_more_points_never_lower_a_rank(
            rows in prop::collection::vec((0_u32..5000, 281_u32..6000), 3..30), who: prop::sample::Index, more in 1_u32..3000,
        ) {
            let params = Params { g: Some(1.0), ..PARAMS };
            let who = who.index(rows.len());
            let rank_with = |more: f64| {
                let entries: Vec<Entry> = rows.iter().enumerate()
                    .map(|(i, (points, par))| {
                        let extra = if i == who { more } else { 1.0 };
                        entry(&format!("r{i}"), f64::from(*points) + extra, f64::from(*par), 9)
                    })
                    .collect();
                let rows = standings(&numbers(), &params, &entries, Stage::Open, Draws::Kept(&BTreeMap::new())).rows;
                rows.into_iter().find(|row| row.entry.code == format!("r{who}")).unwrap().standing.unwrap().rank
            };
            prop_assert!(rank_with(1.0 + f64::from(more)) <= rank_with(1.0));
        }
    }
}
