//! The range of every matching setting.

use super::config::MatchingConfig;

/// A key, its value and the least and most it may be.
type Limit = (&'static str, f64, f64, f64);

/// Every limit with the value that `c` sets. NaN lies in no range.
pub(super) fn of(c: &MatchingConfig) -> Vec<Limit> {
    [features(c), ranks(c), lists(c)].concat()
}

fn share(key: &'static str, value: f64) -> Limit {
    (key, value, 0.0, 1.0)
}

/// More than nothing, and less than anything sensible.
fn some(key: &'static str, value: f64) -> Limit {
    (key, value, 1e-6, 1e6)
}

fn features(c: &MatchingConfig) -> Vec<Limit> {
    let w = &c.weights;
    vec![
        // None below 0: knowing more must never lower a score.
        share("weights.skill", w.skill),
        share("weights.distance", w.distance),
        share("weights.time", w.time),
        share("weights.ladder", w.ladder),
        share("weights.interest", w.interest),
        share("weights.language", w.language),
        share("weights.known", w.known),
        share("skill.unknown", c.skill.unknown),
        some("skill.idf_floor", c.skill.idf_floor),
        some("distance.scale_km", c.distance.scale_km),
        some("distance.rural_scale_km", c.distance.rural_scale_km),
        (
            "distance.rural_county",
            c.distance.rural_county.into(),
            0.0,
            1e7,
        ),
        share("distance.remote", c.distance.remote),
        share("distance.unknown", c.distance.unknown),
        some("distance.travel_factor", c.distance.travel_factor),
        some("distance.default_limit_km", c.distance.default_limit_km),
        (
            "distance.too_far_factor",
            c.distance.too_far_factor,
            0.01,
            1.0,
        ),
        (
            "distance.too_far_floor",
            c.distance.too_far_floor,
            0.01,
            1.0,
        ),
        share("time.declared", c.time.declared),
        share("time.undeclared", c.time.undeclared),
        share("time.flexible", c.time.flexible),
        ("time.noon_hour", c.time.noon_hour.into(), 1.0, 22.0),
        (
            "time.evening_hour",
            c.time.evening_hour.into(),
            f64::from(c.time.noon_hour) + 1.0,
            23.0,
        ),
        (
            "time.window_hours",
            c.time.window_hours.into(),
            1.0,
            24.0 * 7.0,
        ),
        (
            "time.margin_minutes",
            c.time.margin_minutes.into(),
            0.0,
            1440.0,
        ),
        ("time.weekly_hours", c.time.weekly_hours, 0.0, 168.0),
        ("ladder.rungs", c.ladder.rungs.into(), 1.0, 100.0),
        share("ladder.next", c.ladder.next),
        share("ladder.same", c.ladder.same),
        share("ladder.below", c.ladder.below),
        share("ladder.two_up", c.ladder.two_up),
        share("ladder.more", c.ladder.more),
        some("interest.prior_weight", c.interest.prior_weight),
        share("interest.prior_rate", c.interest.prior_rate),
        ("interest.clip", c.interest.clip, 0.01, 1.0),
        (
            "interest.declared_accepts",
            c.interest.declared_accepts,
            0.0,
            1e3,
        ),
        (
            "interest.not_my_thing_shows",
            c.interest.not_my_thing_shows,
            0.0,
            1e3,
        ),
        share("language.speaks", c.language.speaks),
        share("language.neutral", c.language.neutral),
        share("language.lacks", c.language.lacks),
    ]
}

fn ranks(c: &MatchingConfig) -> Vec<Limit> {
    let (a, e) = (&c.acceptance, &c.equity);
    vec![
        ("acceptance.intercept", a.intercept, -100.0, 100.0),
        ("acceptance.slope", a.slope, 0.0, 100.0),
        some("acceptance.smoothing", a.smoothing),
        ("equity.need_boost", e.need_boost, 0.0, 10.0),
        ("equity.fill_exponent", e.fill_exponent, 0.0, 10.0),
        share("equity.pending_share", e.pending_share),
        some("equity.priority_min", e.priority_min),
        (
            "equity.priority_max",
            e.priority_max,
            e.priority_min.max(1e-6),
            1e6,
        ),
        ("equity.urgency_boost", e.urgency_boost, 0.0, 10.0),
        ("equity.urgency_hours", e.urgency_hours, 0.0, 1e4),
        some("equity.urgency_scale_hours", e.urgency_scale_hours),
        some("plan.worth", c.plan.worth),
        (
            "plan.place_factors (how many)",
            count(c.plan.place_factors.len()),
            1.0,
            1e4,
        ),
        (
            "plan.place_factors (the least)",
            least(&c.plan.place_factors),
            0.0,
            1e6,
        ),
        (
            "plan.person_costs (how many)",
            count(c.plan.person_costs.len()),
            1.0,
            168.0,
        ),
        (
            "plan.person_costs (the least)",
            least(&c.plan.person_costs),
            0.0,
            1e6,
        ),
        some("learning.prior_variance", c.learning.prior_variance),
        share("learning.accepted", c.learning.accepted),
        share("learning.showed", c.learning.showed),
        share("learning.completed", c.learning.completed),
    ]
}

fn lists(c: &MatchingConfig) -> Vec<Limit> {
    let (l, f, k) = (&c.list, &c.first_visit, &c.contact);
    vec![
        ("list.length", count(l.length), 1.0, 20.0),
        share("list.same_kind_factor", l.same_kind_factor),
        ("list.same_kind_max", count(l.same_kind_max), 1.0, 20.0),
        ("list.home_minutes", l.home_minutes.into(), 1.0, 1440.0),
        share("list.explore_floor", l.explore_floor),
        ("list.starving_hours", l.starving_hours.into(), 1.0, 1e4),
        share("list.starving_floor", l.starving_floor),
        some("first_visit.nearby_km", f.nearby_km),
        (
            "first_visit.beginner_rung",
            f.beginner_rung.into(),
            0.0,
            100.0,
        ),
        (
            "first_visit.friend_places",
            f.friend_places.into(),
            1.0,
            9999.0,
        ),
        ("reasons.count", count(c.reasons.count), 0.0, 7.0),
        share("reasons.near_share", c.reasons.near_share),
        (
            "reasons.snooze_days",
            c.reasons.snooze_days.into(),
            1.0,
            366.0,
        ),
        ("contact.pushes_a_week", k.pushes_a_week.into(), 0.0, 50.0),
        (
            "contact.hours_between_pushes",
            k.hours_between_pushes.into(),
            0.0,
            1e4,
        ),
        ("contact.open_offers", k.open_offers.into(), 0.0, 100.0),
        (
            "contact.invite_certainty",
            k.invite_certainty,
            0.0,
            0.999_999,
        ),
        (
            "contact.half_full_hours",
            k.half_full_hours.into(),
            0.0,
            1e4,
        ),
        share("contact.half_full_share", k.half_full_share),
    ]
}

/// A length as a number; lengths here are far below 2^32.
fn count(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

fn least(values: &[f64]) -> f64 {
    // `f64::min` would pass over a NaN.
    values.iter().copied().fold(1e6, |least, value| {
        if value.is_nan() || value < least {
            value
        } else {
            least
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::matching::config::{ConfigError, MatchingConfig, SHIPPED};

    #[test]
    fn the_shipped_settings_are_valid_and_the_weights_sum_to_one() {
        let config = MatchingConfig::parse(SHIPPED).unwrap();
        let sum: f64 = config.weights.array().iter().sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = SHIPPED.replace("[ladder]", "[ladder]\nsteps = 3");
        let error = MatchingConfig::parse(&text).unwrap_err();
        assert!(error.to_string().contains("steps"), "{error}");
    }

    #[test]
    fn a_missing_key_is_refused() {
        let text = SHIPPED.replace("rungs = 6", "");
        assert!(matches!(
            MatchingConfig::parse(&text),
            Err(ConfigError::Unreadable(_))
        ));
    }

    #[test]
    fn a_value_out_of_range_names_its_key_and_bounds() {
        for (from, to, key) in [
            ("skill = 0.30", "skill = -0.1", "weights.skill"),
            ("\nscale_km = 8.0", "\nscale_km = 0.0", "distance.scale_km"),
            (
                "evening_hour = 17",
                "evening_hour = 12",
                "time.evening_hour",
            ),
            ("\nlength = 5", "\nlength = 0", "list.length"),
            ("slope = 8.0", "slope = nan", "acceptance.slope"),
            (
                "[2.0, 1.5, 1.0]",
                "[2.0, nan, 1.0]",
                "plan.place_factors (the least)",
            ),
        ] {
            let text = SHIPPED.replace(from, to);
            assert_ne!(text, SHIPPED, "{from} is not in the file");
            let error = MatchingConfig::parse(&text).unwrap_err().to_string();
            assert!(error.contains(&format!("`{key}`")), "{key}: {error}");
        }
    }
}
