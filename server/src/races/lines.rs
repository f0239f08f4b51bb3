//! Rows of a board as the page shows them: the same words and lengths as the script's.

use super::model::{BoardRow, Status};
use super::rules::in_doors;
use super::scale::{Scale, percent};
use super::strip::Strip;
use crate::ledger::Doors;
use crate::region_code::RegionCode;
use crate::words::Lang;

/// Which columns the table has, and how gaps are told.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Pace, ranges and gaps; without, only points.
    pub ranked: bool,
    /// What doors bring.
    pub doors: Doors,
    /// How long bands and lanes are.
    pub scale: Scale,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Line {
    /// The region.
    pub region: RegionCode,
    /// Its name.
    pub name: String,
    /// Its own race, where there is one.
    pub href: Option<String>,
    /// Whether it is the viewer's.
    pub mine: bool,
    /// "3", "3=", "–".
    pub rank: String,
    /// "likely 2nd–6th"; empty for the unranked.
    pub range: String,
    /// "108.1", "–".
    pub pace: String,
    /// Whether it made par.
    pub made_par: bool,
    /// The band, for the ranked.
    pub band: Option<Band>,
    /// Width of a lane in percent.
    pub lane: String,
    /// "64 doors", "–".
    pub to_next: String,
    /// The roster.
    pub members: String,
    /// People with an entry this week.
    pub active: String,
    /// Points, whole.
    pub points: String,
    /// "1 point", "64 points": in place of a Pace.
    pub instead: String,
}

/// The band's lengths, in percent of its width.
#[derive(Debug, Clone)]
pub struct Band {
    /// Where the likely Paces begin.
    pub from: String,
    /// How far they reach.
    pub width: String,
    /// Where the Pace stands.
    pub pace: String,
    /// Where par stands.
    pub par: String,
    /// Whether it is under par.
    pub under: bool,
}

impl Line {
    /// `row` as `lang` says it; `ties` when another row has its rank.
    pub fn new(
        lang: &Lang,
        row: &BoardRow,
        own: Option<&RegionCode>,
        ties: bool,
        has_race: bool,
        shown: &Shown,
    ) -> Self {
        let none = || lang.say("race-none").to_string();
        let rank = match row.rank {
            Some(rank) if ties => lang.say("race-tie").with("n", rank).to_string(),
            Some(rank) => rank.to_string(),
            None => none(),
        };
        Self {
            region: row.region.clone(),
            name: row.name.clone(),
            href: has_race.then(|| format!("/races/{}", row.region)),
            mine: own.is_some_and(|own| row.regions.contains(own)),
            rank,
            range: row
                .rank_low
                .zip(row.rank_high)
                .map_or_else(String::new, |(low, high)| range(lang, low, high)),
            pace: row.pace.map_or_else(none, |pace| lang.tenths(pace)),
            made_par: row.made_par,
            band: band(row, &shown.scale),
            lane: percent(row.pace.unwrap_or(0.0) / shown.scale.lane * 100.0),
            to_next: row.to_next.map_or_else(none, |gap| {
                let doors = in_doors(&shown.doors, gap);
                lang.say("race-next")
                    .with("count", doors)
                    .with("n", lang.whole(to_f64(doors)))
                    .to_string()
            }),
            members: lang.whole(f64::from(row.members)),
            active: lang.whole(f64::from(row.active)),
            points: lang.whole(row.points.as_f64()),
            instead: in_points(lang, row.points.as_f64()),
        }
    }
}

impl Line {
    /// A row without anything in it, which the script copies for a region that joins the race.
    pub fn blank(lang: &Lang, region: &RegionCode, has_race: bool) -> Self {
        let none = lang.say("race-none").to_string();
        Self {
            region: region.clone(),
            name: String::new(),
            href: has_race.then(|| "/races/".to_owned()),
            mine: false,
            rank: none.clone(),
            range: String::new(),
            pace: none.clone(),
            made_par: false,
            band: None,
            lane: percent(0.0),
            to_next: none,
            members: lang.whole(0.0),
            active: lang.whole(0.0),
            points: lang.whole(0.0),
            instead: in_points(lang, 0.0),
        }
    }
}

/// "64 points".
fn in_points(lang: &Lang, points: f64) -> String {
    lang.say("race-points")
        .with("count", points.round())
        .with("n", lang.whole(points))
        .to_string()
}

/// A [`Strip`] in words and lengths: what `races/strip.html` and `races/mini.html` show.
#[derive(Debug, Clone)]
pub struct StripView {
    /// The board's region.
    pub board: RegionCode,
    /// Its name.
    pub board_name: String,
    /// The own region's name; the board's where it has no row yet.
    pub name: String,
    /// The own Pace, whole; `None` for the unranked.
    pub pace: Option<String>,
    /// The own band.
    pub band: Option<Band>,
    /// One or two sentences on how one's own region stands.
    pub says: String,
    /// A few rows.
    pub lines: Vec<Line>,
    /// Rows of the whole board.
    pub entries: usize,
}

impl StripView {
    /// `strip` as `lang` says it.
    pub fn new(lang: &Lang, strip: &Strip, doors: &Doors) -> Self {
        let own = strip.own.as_ref();
        let shown = Shown {
            ranked: strip.status != Status::WarmingUp,
            doors: doors.clone(),
            scale: Scale::of(strip.nearby.iter().chain(own)),
        };
        let line = |row: &BoardRow| {
            let tie = |other: &BoardRow| other.region != row.region && other.rank == row.rank;
            let ties = row.rank.is_some() && strip.nearby.iter().any(tie);
            Line::new(lang, row, own.map(|own| &own.region), ties, false, &shown)
        };
        Self {
            board: strip.board.code.clone(),
            board_name: strip.board.name.clone(),
            name: own.map_or_else(|| strip.board.name.clone(), |own| own.name.clone()),
            pace: own.and_then(|own| own.pace).map(|pace| lang.whole(pace)),
            band: own.and_then(|own| band(own, &shown.scale)),
            says: says(lang, strip),
            lines: strip.nearby.iter().map(line).collect(),
            entries: strip.entries,
        }
    }
}

fn says(lang: &Lang, strip: &Strip) -> String {
    if !strip.enters {
        return lang
            .say("race-strip-all")
            .with("count", strip.entries)
            .to_string();
    }
    let Some(own) = &strip.own else {
        return lang.say("race-strip-none").to_string();
    };
    let Some((low, high)) = own.rank_low.zip(own.rank_high) else {
        return lang
            .say("race-strip-warming")
            .with("points", in_points(lang, own.points.as_f64()))
            .to_string();
    };
    let likely = if low == high {
        lang.say("race-strip-range-sure")
            .with("low", ordinal(lang, low))
    } else {
        lang.say("race-strip-range")
            .with("low", ordinal(lang, low))
            .with("high", ordinal(lang, high))
    };
    let gap = match &strip.ahead {
        Some(ahead) => lang
            .say("race-behind")
            .with("count", ahead.doors)
            .with("n", lang.whole(to_f64(ahead.doors)))
            .with("name", ahead.name.as_str()),
        None => lang.say("race-strip-lead"),
    };
    format!("{likely} {gap}")
}

#[expect(clippy::cast_precision_loss, reason = "a count of doors, for show")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// "likely 2nd–6th", "likely 2nd".
pub fn range(lang: &Lang, low: u32, high: u32) -> String {
    if low == high {
        lang.say("race-range-sure")
            .with("low", ordinal(lang, low))
            .to_string()
    } else {
        lang.say("race-range")
            .with("low", ordinal(lang, low))
            .with("high", ordinal(lang, high))
            .to_string()
    }
}

/// "2nd". English has four forms; a language with one writes all four alike.
pub fn ordinal(lang: &Lang, n: u32) -> String {
    let key = match (n % 10, n % 100) {
        (1, tens) if tens != 11 => "race-ordinal-one",
        (2, tens) if tens != 12 => "race-ordinal-two",
        (3, tens) if tens != 13 => "race-ordinal-few",
        _ => "race-ordinal-other",
    };
    lang.say(key).with("n", n).to_string()
}

fn band(row: &BoardRow, scale: &Scale) -> Option<Band> {
    let (pace, low, high) = (row.pace?, row.pace_low?, row.pace_high?);
    let along = |value| scale.along(value);
    Some(Band {
        from: percent(along(low)),
        width: percent(along(high) - along(low)),
        pace: percent(along(pace)),
        par: scale.par(),
        under: pace < 100.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Points, ScoringConfig};
    use crate::words::Words;

    fn row(rank: Option<u32>) -> BoardRow {
        let region = RegionCode::parse("us-oh").unwrap();
        BoardRow {
            regions: vec![region.clone()],
            region,
            name: "Ohio".into(),
            rank,
            rank_low: rank,
            rank_high: rank.map(|rank| rank + 20),
            pace: rank.map(|_| 112.3),
            pace_low: rank.map(|_| 100.0),
            pace_high: rank.map(|_| 180.0),
            points: Points::from_hundredths(123_450),
            par: Points::whole(1000),
            members: 40,
            active: 12,
            made_par: true,
            to_next: rank.map(|_| Points::whole(28)),
        }
    }

    #[test]
    fn a_row_is_shown_in_words_and_lengths() {
        let lang = Words::embedded().unwrap().english();
        let shown = Shown {
            ranked: true,
            doors: ScoringConfig::shipped().unwrap().doors,
            scale: Scale::of([]),
        };
        let own = RegionCode::parse("us-oh").unwrap();
        let line = Line::new(&lang, &row(Some(2)), Some(&own), true, true, &shown);
        assert_eq!(
            (line.rank.as_str(), line.range.as_str()),
            ("2=", "likely 2nd–22nd")
        );
        assert_eq!(
            (line.pace.as_str(), line.to_next.as_str()),
            ("112.3", "10 doors")
        );
        assert_eq!(
            (line.points.as_str(), line.lane.as_str()),
            ("1,235", "74.9%")
        );
        let band = line.band.unwrap();
        assert_eq!(
            (band.from.as_str(), band.width.as_str()),
            ("50.0%", "50.0%")
        );
        assert!(line.mine && !band.under);
        let bare = Line::new(&lang, &row(None), None, false, false, &shown);
        assert_eq!(
            (bare.rank.as_str(), bare.pace.as_str(), bare.range.as_str()),
            ("–", "–", "")
        );
        assert!(bare.band.is_none() && !bare.mine && bare.href.is_none());
    }

    #[test]
    fn ordinals_are_english_ones() {
        let lang = Words::embedded().unwrap().english();
        let told = [1, 2, 3, 4, 11, 12, 13, 21, 102].map(|n| ordinal(&lang, n));
        assert_eq!(
            told,
            [
                "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd"
            ]
        );
    }
}
