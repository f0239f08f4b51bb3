//! `muster pace`: a board computed again from its inputs by anybody (contract.md, Commands).

use serde::Serialize;

use super::audit_input::{BadInput, Input, entries, members};
use super::estimate;
use super::pace::{Entry, Params, compute};
use super::par::eligible;
use super::ranking::{Draws, rank};
use super::standings::in_order;
use crate::ledger::{Points, RaceNumbers};

/// One row of the answer: best first; rows of which nothing could be computed last, by points, with nulls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRow {
    /// The region's code.
    pub code: String,
    /// The rank key, to a millionth.
    pub z: Option<f64>,
    /// Pace, to a tenth.
    pub pace: Option<f64>,
    /// Lower end of its interval.
    pub pace_low: Option<f64>,
    /// Upper end.
    pub pace_high: Option<f64>,
    /// Rank from 1; equal Paces share one.
    pub rank: Option<u32>,
    /// Best likely rank.
    pub rank_low: Option<u32>,
    /// Worst likely rank.
    pub rank_high: Option<u32>,
    /// Points to catch the next better rank; null for the first.
    pub to_next: Option<Points>,
    /// Whether the region is large enough to be ranked on a board.
    pub eligible: bool,
}

/// Computes every row given, with the live board's own code; nothing is merged or withheld.
///
/// # Errors
/// One sentence about the first number that makes no sense.
pub fn audit(numbers: &RaceNumbers, input: &Input) -> Result<Vec<AuditRow>, BadInput> {
    let entries = entries(numbers, input)?;
    let phi = match input.phi {
        Some(phi) => phi,
        None => estimate::dispersion(numbers, &members(input)?),
    };
    let may_compare = |entry: &Entry| eligible(numbers, phi, entry.par, entry.members);
    let params = Params {
        phi,
        tau2: input.tau2,
        g: input.g,
    };
    let places = compute(numbers, &params, &entries).map_or_else(Vec::new, |field| {
        rank(
            numbers,
            &entries,
            &field,
            (0..entries.len()).collect(),
            Draws::Fresh(input.seed),
        )
        .0
    });
    let rows = in_order(&entries, &places, may_compare)
        .into_iter()
        .map(|row| AuditRow {
            code: row.entry.code,
            z: row
                .standing
                .map(|standing| (standing.z * 1e6).round() / 1e6),
            pace: row.standing.map(|standing| standing.pace),
            pace_low: row.standing.map(|standing| standing.pace_low),
            pace_high: row.standing.map(|standing| standing.pace_high),
            rank: row.standing.map(|standing| standing.rank),
            rank_low: row.standing.map(|standing| standing.range.low),
            rank_high: row.standing.map(|standing| standing.range.high),
            to_next: row.standing.and_then(|standing| standing.to_next),
            eligible: row.eligible,
        });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ScoringConfig;

    const VECTOR: &str = r#"{"phi":70,"tau2":0.09,"g":1,"seed":11,"regions":[
        {"code":"a","points":1200,"par":1000,"share":1,"members":40},
        {"code":"b","points":420,"par":300,"share":1,"members":12},
        {"code":"c","points":5500,"par":5000,"share":1,"members":250},
        {"code":"d","points":0,"par":300,"share":1,"members":12},
        {"code":"e","points":1000,"par":1000,"share":1,"members":4}]}"#;

    fn run(text: &str) -> Result<Vec<AuditRow>, String> {
        let input: Input = serde_json::from_str(text).map_err(|error| error.to_string())?;
        audit(&ScoringConfig::shipped().unwrap().race, &input).map_err(|error| error.to_string())
    }

    fn with(from: &str, to: &str) -> Result<Vec<AuditRow>, String> {
        assert!(VECTOR.contains(from), "{from}");
        run(&VECTOR.replacen(from, to, 1))
    }

    #[test]
    fn the_designs_test_vector_is_audited() {
        let rows = run(VECTOR).unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.code.as_str(),
                    row.rank.unwrap(),
                    row.pace.unwrap(),
                    row.eligible,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("b", 1, 122.7, true),
                ("a", 2, 115.1, true),
                ("c", 3, 108.6, true),
                ("e", 4, 100.0, false),
                ("d", 5, 20.9, true)
            ]
        );
        assert!((rows[4].z.unwrap() + 5.0864).abs() < 5e-5);
        assert_eq!(rows[0].to_next, None);
        let json = serde_json::to_string(&rows[3]).unwrap();
        assert!(
            json.starts_with(r#"{"code":"e","z":0.133333,"pace":100.0,"pace_low":"#),
            "{json}"
        );
        assert!(json.ends_with(r#""eligible":false}"#), "{json}");
    }

    #[test]
    fn an_audit_repeats_itself_whatever_the_order() {
        let mut input: Input = serde_json::from_str(VECTOR).unwrap();
        let numbers = ScoringConfig::shipped().unwrap().race;
        let before = audit(&numbers, &input).unwrap();
        input.regions.reverse();
        assert_eq!(audit(&numbers, &input).unwrap(), before);
    }

    #[test]
    fn what_is_left_out_is_estimated_from_the_members() {
        let complaint = with("\"phi\":70,\"tau2\":0.09,\"g\":1,", "").unwrap_err();
        assert_eq!(
            complaint,
            "`phi` is left out, so every region needs `member_points`, and a has none."
        );
        let text = r#"{"seed":1,"regions":[
            {"code":"a","points":50,"par":50,"share":0.9,"members":5,"member_points":[20,20,10]},
            {"code":"b","points":30,"par":50,"share":0.9,"members":5,"member_points":[15,15]},
            {"code":"c","points":0,"par":0,"share":0.9,"members":0}]}"#;
        let rows = run(text).unwrap();
        assert_eq!(
            rows.iter().map(|row| row.rank).collect::<Vec<_>>(),
            [Some(1), Some(2), None]
        );
        assert!(
            with("\"tau2\":0.09,\"g\":1,", "").is_ok(),
            "only phi needs the members"
        );
    }

    #[test]
    fn nothing_is_computed_while_there_is_nothing_to_compute() {
        let still = VECTOR.replace("\"share\":1", "\"share\":0");
        let rows = run(&still).unwrap();
        assert_eq!(
            rows.iter().map(|row| row.code.as_str()).collect::<String>(),
            "caebd",
            "by points"
        );
        assert!(
            rows.iter()
                .all(|row| row.pace.is_none() && row.rank.is_none() && row.rank_low.is_none())
        );
    }

    #[test]
    fn a_senseless_number_is_named_in_one_sentence() {
        for (from, to, sentence) in [
            (
                "\"points\":1200",
                "\"points\":-1",
                "`points` of a must lie from 0 to 1000000000, and it is -1.",
            ),
            (
                "\"share\":1",
                "\"share\":1.5",
                "`share` of a must lie from 0 to 1, and it is 1.5.",
            ),
            (
                "\"par\":1000",
                "\"par\":0",
                "`par` of a must be above 0, because the region has members.",
            ),
            (
                "\"members\":40",
                "\"members\":-4",
                "`members` of a must be a count of people, and it is -4.",
            ),
            (
                "\"code\":\"b\"",
                "\"code\":\"a\"",
                "The code a stands twice in `regions`.",
            ),
            (
                "\"code\":\"b\"",
                "\"code\":\" \"",
                "Every region needs a `code` of at most 200 characters.",
            ),
            (
                "\"phi\":70",
                "\"phi\":0",
                "`phi` must lie from 0.01 to 1000000, and it is 0.",
            ),
            (
                "\"tau2\":0.09",
                "\"tau2\":2",
                "`tau2` must lie from 0.0001 to 1, and it is 2.",
            ),
            (
                "\"g\":1",
                "\"g\":0.01",
                "`g` must lie from 0.05 to 20, and it is 0.01.",
            ),
        ] {
            assert_eq!(with(from, to).unwrap_err(), sentence);
        }
        assert!(with("\"seed\":11,", "").unwrap_err().contains("seed"));
        assert!(
            with("\"seed\":11", "\"seed\":11,\"sed\":1")
                .unwrap_err()
                .contains("sed")
        );
        assert!(with("\"points\":1200", "\"points\":1e999").is_err());
        assert!(
            run(r#"{"seed":1,"regions":[]}"#)
                .unwrap_err()
                .starts_with("`regions` must list 1 to 10000")
        );
        let mut input: Input = serde_json::from_str(VECTOR).unwrap();
        input.regions[0].points = f64::NAN;
        assert!(audit(&ScoringConfig::shipped().unwrap().race, &input).is_err());
    }
}
