//! From entries to lines: pure.

use sha2::{Digest, Sha256};

use super::model::{Candidate, Entry, Line, Person, Standing, Verification};
use super::{Trust, Week, Weight};
use crate::clock::Instant;
use crate::ids::{VolunteerId, at};

/// An entry beside what is known about the person it credits.
pub fn candidate(entry: Entry, person: &Person, rule: &Trust, now: Instant) -> Candidate {
    let occurred_at = entry.occurred_at.unwrap_or(now);
    Candidate {
        occurred_at,
        region: person.region.clone(),
        zone: person.zone,
        week: Week::at(occurred_at.utc(), person.zone),
        twin: (entry.actor != VolunteerId(0)).then(|| twin(&entry, occurred_at)),
        trust: rule.weight(person.approved, person.rejected),
        refusal: None,
        entry,
    }
}

/// The line that a candidate becomes.
pub fn line(candidate: Candidate, id: i64, now: Instant) -> Line {
    let entry = candidate.entry;
    let (weight, state, reason) = match entry.standing {
        Standing::Approved => (Weight::ONE, Verification::Approved, None),
        Standing::Held(why) => (Weight::ZERO, Verification::Held, Some(why.to_owned())),
        Standing::Trusted => (candidate.trust, Verification::Unverified, None),
    };
    Line {
        volunteer_id: entry.volunteer,
        id,
        key: entry.key,
        fingerprint: entry.fingerprint,
        kind: entry.kind.to_owned(),
        quantity: entry.quantity,
        conversations: entry.conversations,
        minutes: entry.minutes,
        note: entry.note,
        task_id: entry.task,
        occurred_at: candidate.occurred_at,
        week: candidate.week.to_string(),
        region: candidate.region,
        mission: i32::try_from(entry.mission.ten_thousandths()).unwrap_or(i32::MAX),
        base: entry.base.hundredths(),
        weight: i32::from(weight.ten_thousandths()),
        counted: entry.base.weighted(weight).hundredths(),
        verification: state.as_str().to_owned(),
        corrects: None,
        reason,
        actor: entry.actor,
        twin: candidate.twin,
        created_at: now,
    }
}

/// The line that `entry` becomes when it is written at `now` under this number (its lowest 21 bits)
/// and nothing speaks against it.
pub fn composed(entry: Entry, person: &Person, rule: &Trust, number: i64, now: Instant) -> Line {
    line(candidate(entry, person, rule, now), at(now, number), now)
}

/// The minute in the upper bits, so that the index grows at one end, and 38 bits of a hash over
/// person, kind and amount below (scoring.md, R4). Notes of one minute differ by what they say.
fn twin(entry: &Entry, at: Instant) -> i64 {
    let note = entry
        .note
        .as_deref()
        .filter(|_| entry.quantity.is_none() && entry.minutes.is_none());
    let text = format!(
        "{} {} {:?} {:?} {note:?}",
        entry.volunteer.0, entry.kind, entry.quantity, entry.minutes
    );
    let minute = at.micros().div_euclid(60_000_000) & 0x01ff_ffff;
    (minute << 38) | (number(&text) & 0x3f_ffff_ffff)
}

/// 63 bits of a hash.
pub fn number(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter()
        .take(8)
        .fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte))
        & i64::MAX
}
