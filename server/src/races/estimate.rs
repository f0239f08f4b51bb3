//! The three numbers all regions of a race share: dispersion φ, variance between regions τ², common pace g
//! (scoring.md, The race, steps 2 to 4).

use crate::ledger::RaceNumbers;

/// What the estimates know of a region that has members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Points so far, P.
    pub points: f64,
    /// Par times the share of the week that has passed; above 0.
    pub due: f64,
}

/// Bounds of an estimated φ; members who all do the same would otherwise leave no room for chance.
pub const PHI: (f64, f64) = (0.01, 1e6);

/// A region as φ sees it.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a> {
    /// Points of the region, P.
    pub points: f64,
    /// Its roster; members without a line below count with zero.
    pub members: u32,
    /// Capped points u of each member.
    pub each: &'a [f64],
}

/// `φ = Σ_r Σ_i (u_i − ū_r)² / Σ_r P_r`, zeros included; the start value while nobody has points.
pub fn dispersion(numbers: &RaceNumbers, regions: &[Members<'_>]) -> f64 {
    let total: f64 = regions.iter().map(|region| region.points).sum();
    if total <= 0.0 {
        return numbers.phi;
    }
    (regions.iter().map(squares).sum::<f64>() / total).clamp(PHI.0, PHI.1)
}

/// Sum of squared distances from the region's mean.
#[expect(clippy::cast_precision_loss, reason = "counts of people")]
fn squares(region: &Members<'_>) -> f64 {
    let absent = (region.members as usize).saturating_sub(region.each.len());
    let count = (absent + region.each.len()) as f64;
    let mean = region.each.iter().sum::<f64>() / count.max(1.0);
    region
        .each
        .iter()
        .map(|u| (u - mean) * (u - mean))
        .sum::<f64>()
        + absent as f64 * mean * mean
}

/// τ² by the method of moments at common pace `g`: the mean of `((P−m)/m)²·R/(R−1) − φ/m` weighted by
/// `1/(φ/m + .06)²`, clamped. The start value with fewer than two regions.
pub fn between(numbers: &RaceNumbers, phi: f64, g: f64, regions: &[Observed]) -> f64 {
    if regions.len() < 2 {
        return numbers.tau2;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of regions")]
    let count = regions.len() as f64;
    let (mut sum, mut weights) = (0.0, 0.0);
    for region in regions {
        let m = g * region.due;
        let off = (region.points - m) / m;
        let damped = phi / m + numbers.tau2_damping;
        let weight = 1.0 / (damped * damped);
        sum += weight * (off * off * count / (count - 1.0) - phi / m);
        weights += weight;
    }
    (sum / weights).clamp(numbers.tau2_min, numbers.tau2_max)
}

/// The common pace `g = Σw·(P/(Par·C)) / Σw` with `w = 1/V` and V from the g before, from the plain ratio of the
/// sums on, until it stands or after ten steps; kept within bounds. `None` without regions or points.
pub fn common_pace(
    numbers: &RaceNumbers,
    phi: f64,
    tau2: f64,
    regions: &[Observed],
) -> Option<f64> {
    let (points, due) = regions.iter().fold((0.0, 0.0), |(p, d), region| {
        (p + region.points, d + region.due)
    });
    if points <= 0.0 || due <= 0.0 {
        return None;
    }
    let bounded = |g: f64| g.clamp(numbers.g_min, numbers.g_max);
    let mut g = bounded(points / due);
    for _ in 0..numbers.g_steps {
        let (mut sum, mut weights) = (0.0, 0.0);
        for region in regions {
            let weight = 1.0 / (phi / (g * region.due) + tau2);
            sum += weight * region.points / region.due;
            weights += weight;
        }
        let before = g;
        g = bounded(sum / weights);
        if (g - before).abs() <= 1e-12 * before {
            break;
        }
    }
    Some(g)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ScoringConfig;

    fn numbers() -> RaceNumbers {
        ScoringConfig::shipped().unwrap().race
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    fn regions(pairs: &[(f64, f64)]) -> Vec<Observed> {
        pairs
            .iter()
            .map(|(points, due)| Observed {
                points: *points,
                due: *due,
            })
            .collect()
    }

    #[test]
    fn dispersion_counts_members_without_points() {
        // Mean 10, squares 100 + 100 + 0 + 2·100 = 400 over 50 points.
        let region = Members {
            points: 50.0,
            members: 5,
            each: &[20.0, 20.0, 10.0],
        };
        assert!((dispersion(&numbers(), &[region]) - 8.0).abs() < 1e-12);
        // Two regions are pooled, each around its own mean; somebody who joined late counts too.
        let even = Members {
            points: 30.0,
            members: 1,
            each: &[15.0, 15.0],
        };
        assert!((dispersion(&numbers(), &[region, even]) - 5.0).abs() < 1e-12);
        let idle = Members {
            points: 0.0,
            members: 9,
            each: &[],
        };
        assert!(near(dispersion(&numbers(), &[idle]), 70.0));
        assert!(near(dispersion(&numbers(), &[even]), PHI.0));
    }

    #[test]
    fn the_common_pace_lies_where_its_own_weights_put_it() {
        let field = regions(&[
            (1200.0, 1000.0),
            (420.0, 300.0),
            (5500.0, 5000.0),
            (10.0, 300.0),
        ]);
        let g = common_pace(&numbers(), 70.0, 0.09, &field).unwrap();
        let weight = |region: &Observed| 1.0 / (70.0 / (g * region.due) + 0.09);
        let weights: f64 = field.iter().map(weight).sum();
        let again: f64 = field
            .iter()
            .map(|region| weight(region) * region.points / region.due)
            .sum::<f64>()
            / weights;
        assert!((g - again).abs() < 1e-6, "{g} {again}");
    }

    #[test]
    fn the_common_pace_is_bounded_and_needs_points() {
        assert_eq!(
            common_pace(&numbers(), 70.0, 0.09, &regions(&[(1e9, 1.0)])),
            Some(20.0)
        );
        assert_eq!(
            common_pace(&numbers(), 70.0, 0.09, &regions(&[(1.0, 1e9)])),
            Some(0.05)
        );
        assert_eq!(
            common_pace(&numbers(), 70.0, 0.09, &regions(&[(0.0, 100.0)])),
            None
        );
        assert_eq!(common_pace(&numbers(), 70.0, 0.09, &[]), None);
    }

    #[test]
    fn variance_between_regions_is_found_and_bounded() {
        // Large regions, so chance is small: relative distances ±0.3 of 1 give 0.09·R/(R−1).
        let spread = regions(&[(1.3e7, 1e7), (0.7e7, 1e7), (1.3e7, 1e7), (0.7e7, 1e7)]);
        assert!((between(&numbers(), 70.0, 1.0, &spread) - 0.12).abs() < 1e-3);
        let tau2 = |pairs: &[(f64, f64)]| between(&numbers(), 70.0, 1.0, &regions(pairs));
        assert!(near(tau2(&[(1e6, 1e6), (1e6, 1e6)]), 0.01));
        assert!(near(tau2(&[(9e6, 1e6), (1e6, 1e6)]), 0.36));
        assert!(
            near(tau2(&[(9e6, 1e6)]), 0.09),
            "one region alone has no spread"
        );
    }
}
