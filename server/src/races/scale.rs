//! From Paces to lengths.

use super::model::BoardRow;

/// How Paces become lengths on one board: wide enough for all that it shows. The script has the
/// same figures (`web/static/js/tower.js`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Paces at the two ends of the bands.
    pub bands: (f64, f64),
    /// The Pace that fills a lane.
    pub lane: f64,
}

impl Scale {
    /// The scale of a board with these rows: bands from 40 to 160 and lanes to 150 at least, in
    /// steps of 20 and 25, so that it does not change with every entry.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a BoardRow>) -> Self {
        let (mut low, mut high, mut fastest) = (40.0_f64, 160.0_f64, 150.0_f64);
        for row in rows {
            low = low.min(row.pace_low.unwrap_or(low));
            high = high.max(row.pace_high.unwrap_or(high));
            fastest = fastest.max(row.pace.unwrap_or(fastest));
        }
        Self {
            bands: ((low / 20.0).floor() * 20.0, (high / 20.0).ceil() * 20.0),
            lane: (fastest / 25.0).ceil() * 25.0,
        }
    }

    /// Where par stands in a band.
    pub fn par(&self) -> String {
        percent(self.along(100.0))
    }

    /// Where par stands in a lane.
    pub fn lane_par(&self) -> String {
        percent(10_000.0 / self.lane)
    }

    /// Where a Pace stands in a band, in percent.
    pub fn along(&self, pace: f64) -> f64 {
        let (low, high) = self.bands;
        ((pace - low) / (high - low) * 100.0).clamp(0.0, 100.0)
    }
}

/// A length as an attribute has it, whatever the language: "68.3%".
pub fn percent(value: f64) -> String {
    format!("{:.1}%", value.clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Points;
    use crate::region_code::RegionCode;

    fn row(pace: f64) -> BoardRow {
        let region = RegionCode::parse("us-oh").unwrap();
        BoardRow {
            regions: vec![region.clone()],
            region,
            name: "Ohio".into(),
            rank: Some(1),
            rank_low: Some(1),
            rank_high: Some(2),
            pace: Some(pace),
            pace_low: Some(pace - 30.0),
            pace_high: Some(pace + 30.0),
            points: Points::whole(100),
            par: Points::whole(100),
            members: 40,
            active: 12,
            made_par: true,
            to_next: None,
        }
    }

    #[test]
    fn a_usual_board_runs_from_40_to_160() {
        let scale = Scale::of(&[row(90.0), row(120.0)]);
        assert_eq!((scale.bands, scale.par()), ((40.0, 160.0), "50.0%".into()));
        assert_eq!(scale.lane_par(), "66.7%");
    }

    #[test]
    fn a_board_far_ahead_of_par_still_shows_who_is_ahead() {
        let scale = Scale::of(&[row(298.0), row(204.0)]);
        assert_eq!(scale.bands, (40.0, 340.0));
        assert_eq!(
            (scale.par(), scale.lane_par()),
            ("20.0%".into(), "33.3%".into())
        );
        assert!(scale.along(298.0) > scale.along(204.0) + 20.0);
    }
}
