//! The form of `/me` as it was typed.

use crate::accounts::INTERESTS;
use crate::matching::KM_PER_MILE;
use crate::volunteers::{Change, Profile, SkillLevel};

/// All values of the fields of this name.
pub fn values<'a>(fields: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The form as a change. A region that was not touched is not a move.
pub fn read(fields: &[(String, String)], before: &Profile) -> Change {
    let one = |name: &str| {
        values(fields, name)
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    // What is no number is refused by its range, with the field named.
    let number = |name: &str, unit: f64| match one(name).as_str() {
        "" => Some(None),
        text => Some(Some(
            text.parse::<f64>()
                .map_or(-1, |number| to_int(number * unit)),
        )),
    };
    let skills = fields.iter().filter_map(|(key, value)| {
        let slug = key.strip_prefix("skill.")?;
        let level = value.parse().ok().filter(|level| *level != 0)?;
        Some(SkillLevel {
            slug: slug.to_owned(),
            level,
        })
    });
    let needs = one("access");
    let needs = needs
        .split(',')
        .map(str::trim)
        .filter(|need| !need.is_empty());
    let all = |name| -> Vec<String> { values(fields, name).map(str::to_owned).collect() };
    let slots = all("availability");
    let (zip, region) = (one("zip"), one("region"));
    let zip = (!zip.is_empty() && Some(&zip) != before.zip.as_ref()).then_some(zip);
    // A new postcode decides the region; the list below it was made for the old one.
    let region = (zip.is_none() && !region.is_empty() && region != before.region.code.to_string())
        .then_some(region);
    Change {
        name: Some(one("name")),
        zip,
        region,
        skills: Some(skills.collect()),
        languages: Some(all("languages")),
        interests: Some(interests(all("interests"), before)),
        access_needs: Some(needs.map(str::to_owned).collect()),
        adult: Some(one("adult") == "on"),
        weekly_hours: number("hours", 1.0),
        availability: Some((!slots.is_empty()).then_some(slots)),
        travel_km: number("travel", KM_PER_MILE),
        quiet: Some(one("quiet") == "on"),
        honour_roll: Some(one("honour_roll") == "on"),
        ..Change::default()
    }
}

/// The pictures that were chosen, and what the person enjoys beyond the pictures.
fn interests(mut chosen: Vec<String>, before: &Profile) -> Vec<String> {
    let shown = |kind: &String| INTERESTS.iter().any(|(known, _)| kind == known);
    chosen.extend(before.interests.iter().filter(|kind| !shown(kind)).cloned());
    chosen
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of floats to integers saturates"
)]
fn to_int(number: f64) -> i32 {
    number.round() as i32
}
