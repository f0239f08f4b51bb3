//! Reading a scoring file and refusing what makes no sense.

use std::fmt;

use super::scoring::ScoringConfig;
use super::weight::Mission;

/// What is wrong with a scoring file, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadScoring(String);

impl fmt::Display for BadScoring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadScoring {}

impl ScoringConfig {
    /// The file that is compiled in.
    pub const SHIPPED: &str = include_str!("../../../config/scoring.toml");

    /// The configuration that is compiled in.
    pub fn shipped() -> Result<Self, BadScoring> {
        Self::parse(Self::SHIPPED)
    }

    /// Reads and checks a whole file; unknown or missing keys and senseless values are refused.
    pub fn parse(text: &str) -> Result<Self, BadScoring> {
        let config: Self = toml::from_str(text)
            .map_err(|error| BadScoring(error.to_string().trim_end().to_owned()))?;
        config.validate()?;
        Ok(config)
    }

    /// Whether every number makes sense; the first that does not is named as the file names it.
    pub fn validate(&self) -> Result<(), BadScoring> {
        let (race, bounds) = (&self.race, &self.bounds);
        let points = [
            ("calls.dial", self.calls.dial),
            ("calls.conversation", self.calls.conversation),
            ("doors.door", self.doors.door),
            ("doors.conversation", self.doors.conversation),
            ("listening_note.note", self.listening_note.note),
            ("shift.hour", self.shift.hour),
            ("shift.checked_in", self.shift.checked_in),
            ("event_hosted.hosting", self.event_hosted.hosting),
            ("event_hosted.guest", self.event_hosted.guest),
            ("event_attended.attending", self.event_attended.attending),
            ("recruit.first_action", self.recruit.first_action),
            ("recruit.later_action", self.recruit.later_action),
            ("donation.donor", self.donation.donor),
            ("donation.root_dollar", self.donation.root_dollar),
            ("donation.per_week", self.donation.per_week),
            ("data_entry.hour", self.data_entry.hour),
            ("translation.hour", self.translation.hour),
            ("training.training", self.training.training),
            ("soft_cap.full", self.soft_cap.full),
            ("soft_cap.further", self.soft_cap.further),
        ];
        for (key, value) in points {
            within(key, value.as_f64(), 0.0, 10_000.0)?;
        }
        let counts = [
            (
                "listening_note.per_day",
                self.listening_note.per_day,
                0,
                1000,
            ),
            (
                "event_hosted.guests_counted",
                self.event_hosted.guests_counted,
                0,
                1_000_000,
            ),
            ("recruit.later_at", self.recruit.later_at, 2, 1000),
            ("recruit.later_days", self.recruit.later_days, 1, 3650),
            ("recruit.per_week", self.recruit.per_week, 0, 1000),
            (
                "donation.dollars_counted",
                self.donation.dollars_counted,
                0,
                1_000_000,
            ),
            ("bounds.quantity", bounds.quantity, 1, 1_000_000),
            ("bounds.guests", bounds.guests, 1, 1_000_000),
            ("bounds.dollars", bounds.dollars, 1, 1_000_000),
            ("bounds.minutes", bounds.minutes, 1, 7 * 24 * 60),
            ("bounds.note", bounds.note, 1, 10_000),
            ("bounds.ahead_minutes", bounds.ahead_minutes, 0, 24 * 60),
            ("trust.days", self.trust.days, 1, 3650),
            ("trust.prior_all", self.trust.prior_all, 1, 1_000_000),
            (
                "trust.prior_for",
                self.trust.prior_for,
                0,
                self.trust.prior_all,
            ),
            ("trust.rejection", self.trust.rejection, 0, 1_000_000),
            ("weeks.final_hours", self.weeks.final_hours, 0, 28 * 24),
            ("weeks.resting_days", self.weeks.resting_days, 1, 3650),
            ("race.g_steps", race.g_steps, 1, 1000),
            ("race.to_hour", race.to_hour, 1, 24),
            (
                "race.from_hour",
                race.from_hour,
                0,
                race.to_hour.saturating_sub(1),
            ),
            ("race.eligible_members", race.eligible_members, 1, 1_000_000),
            ("race.live_from", race.live_from, 1, 10_000),
            ("race.draws", race.draws, 1, 10_000),
            ("race.redraw_seconds", race.redraw_seconds, 1, 24 * 3600),
        ];
        for (key, value, least, most) in counts {
            within(key, value.into(), least.into(), most.into())?;
        }
        let reals = [
            ("race.hoped", race.hoped, 0.01, 10_000.0),
            ("race.exponent", race.exponent, 0.1, 2.0),
            ("race.phi", race.phi, 0.01, 1e6),
            ("race.tau2_min", race.tau2_min, 0.0001, race.tau2),
            ("race.tau2_max", race.tau2_max, race.tau2, 1.0),
            ("race.tau2_damping", race.tau2_damping, 0.0001, 1.0),
            ("race.g_min", race.g_min, 0.001, 1.0),
            ("race.g_max", race.g_max, 1.0, 1000.0),
            ("race.eligible_phi", race.eligible_phi, 0.0, 1e6),
            ("race.interval_high", race.interval_high, 0.5, 0.9999),
            ("race.interval_low", race.interval_low, 0.0001, 0.5),
            ("race.range_high", race.range_high, 0.5, 1.0),
            ("race.range_low", race.range_low, 0.0, 0.5),
            ("race.clear", race.clear, 0.5, 1.0),
        ];
        for (key, value, least, most) in reals {
            within(key, value, least, most)?;
        }
        if self.mission.least > Mission::ONE || self.mission.most < Mission::ONE {
            return Err(BadScoring(
                "mission.least and mission.most must have 1 between them.".into(),
            ));
        }
        Ok(())
    }
}

fn within(key: &str, value: f64, least: f64, most: f64) -> Result<(), BadScoring> {
    if value >= least && value <= most {
        return Ok(());
    }
    Err(BadScoring(format!(
        "{key} must lie from {least} to {most}, and it is {value}."
    )))
}

#[cfg(test)]
mod tests {
    use super::super::points::Points;
    use super::*;

    fn refusal(line: &str, instead: &str) -> String {
        assert!(ScoringConfig::SHIPPED.contains(line), "{line}");
        ScoringConfig::parse(&ScoringConfig::SHIPPED.replacen(line, instead, 1))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_file_that_is_shipped_is_right() {
        let config = ScoringConfig::shipped().unwrap();
        assert_eq!(config.doors.conversation, Points::whole(4));
        assert_eq!(config.race.draws, 400);
    }

    #[test]
    fn a_number_without_sense_is_refused_and_named() {
        assert!(refusal("dial = 1 ", "dial = -1 ").starts_with("calls.dial must lie from 0"));
        assert!(refusal("tau2_max = 0.36", "tau2_max = 0.01").starts_with("race.tau2_max"));
        assert!(refusal("to_hour = 21", "to_hour = 8").starts_with("race.from_hour"));
        assert!(refusal("phi = 70 ", "phi = nan ").starts_with("race.phi"));
        assert!(refusal("prior_all = 4", "prior_all = 0").starts_with("trust.prior_all"));
        assert!(refusal("least = 0.5", "least = 1.5").starts_with("mission.least"));
    }

    #[test]
    fn an_unknown_or_missing_key_is_refused_and_named() {
        assert!(refusal("dial = 1 ", "dail = 1 ").contains("dail"));
        assert!(refusal("draws = 400", "").contains("draws"));
        assert!(refusal("share = 0.5", "share = 1.5").contains("share"));
    }
}
