//! Why a line is worth what it is, in words.

use super::book::{OVERLAP, TWIN};
use super::missions::said;
use super::record::Recorded;
use super::{Kind, Unit, Work, Worth, limited_to, worth};
use crate::ids::VolunteerId;
use crate::ledger::{Line, Mission, Points, ScoringConfig, Verification};
use crate::words::Lang;

/// What a line is about: "12 doors, 3 conversations".
pub fn what(l: &Lang, line: &Line) -> String {
    words_of(
        l,
        &line.kind,
        line.quantity,
        line.conversations,
        line.minutes,
    )
}

/// What an entry of these numbers is about.
pub fn words_of(
    l: &Lang,
    kind: &str,
    quantity: Option<i32>,
    conversations: Option<i32>,
    minutes: Option<i32>,
) -> String {
    let minutes = minutes.unwrap_or(0);
    let hours = if minutes % 60 == 0 { minutes / 60 } else { 0 };
    let key = format!("activity-what-{kind}");
    let done = l
        .say(&key)
        .with("quantity", quantity.unwrap_or(0))
        .with("minutes", minutes)
        .with("hours", hours)
        .to_string();
    match conversations.filter(|talks| *talks > 0) {
        Some(talks) => l
            .say("activity-what-talks")
            .with("done", done)
            .with("talks", talks)
            .to_string(),
        None => done,
    }
}

/// Why a line is worth what it is: the rates, then what became of them.
pub fn why(l: &Lang, scoring: &ScoringConfig, recorded: &Recorded) -> String {
    let line = &recorded.line;
    if line.corrects.is_some() {
        return corrected(l, recorded);
    }
    let mut sentences = Vec::new();
    if let Some(worth) = worth_of(scoring, line) {
        sentences.push(rates(l, &worth, recorded));
        if worth.mission != Mission::ONE {
            sentences.extend(mission(l, line, worth.mission));
        }
        if worth.cut > Points::ZERO {
            sentences.push(
                l.say("activity-why-cut")
                    .with("cut", worth.cut.to_string())
                    .to_string(),
            );
        }
    }
    sentences.push(standing(l, recorded));
    sentences.join(" ")
}

/// "Doors count 1.5× in week 48."
fn mission(l: &Lang, line: &Line, weight: Mission) -> Option<String> {
    let (kind, week) = (line.kind.parse().ok()?, line.week.parse().ok()?);
    Some(said(l, kind, weight, Some(week)))
}

/// How a line came to its base, from its columns.
fn worth_of(scoring: &ScoringConfig, line: &Line) -> Option<Worth> {
    let number = |column: Option<i32>| column.and_then(|n| u32::try_from(n).ok());
    let kind: Kind = line.kind.parse().ok()?;
    let work = Work::of(
        kind,
        number(line.quantity),
        number(line.conversations),
        number(line.minutes),
    )?;
    let mission = u32::try_from(line.mission)
        .ok()
        .and_then(Mission::from_ten_thousandths)
        .unwrap_or_default();
    Some(limited_to(worth(scoring, &work, mission), line.base()))
}

/// "2 a door and 4 a conversation."
fn rates(l: &Lang, worth: &Worth, recorded: &Recorded) -> String {
    let parts: Vec<String> = worth
        .parts
        .iter()
        .map(|part| {
            l.say(unit_key(part.unit))
                .with("rate", part.rate.to_string())
                .with("quantity", part.quantity)
                .with("named", named(recorded))
                .with("name", recorded.name.as_str())
                .to_string()
        })
        .collect();
    match parts.as_slice() {
        [first, second, ..] => l
            .say("activity-why-two")
            .with("first", first.as_str())
            .with("second", second.as_str())
            .to_string(),
        [one] => l
            .say("activity-why-one")
            .with("first", one.as_str())
            .to_string(),
        [] => String::new(),
    }
}

fn unit_key(unit: Unit) -> &'static str {
    match unit {
        Unit::Dials => "activity-rate-dials",
        Unit::Doors => "activity-rate-doors",
        Unit::Conversations => "activity-rate-conversations",
        Unit::Notes => "activity-rate-notes",
        Unit::Minutes => "activity-rate-minutes",
        Unit::CheckIns => "activity-rate-check-ins",
        Unit::Hosting => "activity-rate-hosting",
        Unit::Guests => "activity-rate-guests",
        Unit::Attending => "activity-rate-attending",
        Unit::Recruits => "activity-rate-recruits",
        Unit::Donors => "activity-rate-donors",
        Unit::Dollars => "activity-rate-dollars",
        Unit::Trainings => "activity-rate-trainings",
    }
}

/// "Counts at 50% until somebody confirms it: 12 now."
fn standing(l: &Lang, recorded: &Recorded) -> String {
    let line = &recorded.line;
    let state = recorded.state.as_ref();
    let decided = state.is_some_and(|state| state.decided_by.is_some());
    let others = line.actor != VolunteerId(0) && line.actor != line.volunteer_id;
    let key = match (recorded.verification(), line.reason.as_deref()) {
        (Verification::Unverified, _) => "activity-why-unverified",
        (Verification::Approved, _) if decided => "activity-why-confirmed",
        (Verification::Approved, _) if others => "activity-why-entered",
        (Verification::Approved, _) => "activity-why-full",
        (Verification::Held, Some(TWIN)) if !decided => "activity-why-twin",
        (Verification::Held, Some(OVERLAP)) if !decided => "activity-why-overlap",
        (Verification::Held, _) => "activity-why-held",
        (Verification::Rejected, _) => "activity-why-rejected",
        (Verification::Reversed, _) => "activity-why-reversed",
    };
    let weight = state.map_or(line.weight, |state| state.weight);
    l.say(key)
        .with("percent", (weight + 50) / 100)
        .with("counted", recorded.counted().to_string())
        .with("named", named(recorded))
        .with("name", recorded.name.as_str())
        .to_string()
}

/// Whether there is a name to say.
fn named(recorded: &Recorded) -> &'static str {
    if recorded.name.is_empty() {
        "no"
    } else {
        "yes"
    }
}

/// The sentence of a correcting line.
fn corrected(l: &Lang, recorded: &Recorded) -> String {
    let line = &recorded.line;
    let key = match line.verification() {
        Verification::Approved => "activity-why-correction-approved",
        Verification::Reversed if line.actor == line.volunteer_id => {
            "activity-why-correction-undone"
        }
        Verification::Reversed => "activity-why-correction-reversed",
        _ => "activity-why-correction-rejected",
    };
    let said = l
        .say(key)
        .with("named", named(recorded))
        .with("name", recorded.name.as_str())
        .to_string();
    match line.reason.as_deref().filter(|reason| !reason.is_empty()) {
        Some(reason) => {
            let reason = l.say("activity-why-reason").with("reason", reason);
            format!("{said} {reason}")
        }
        None => said,
    }
}
