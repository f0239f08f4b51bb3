//! One batch of entries in one transaction (architecture.md, "The write path of an activity").
//!
//! Rows are locked in one order everywhere, people first, then ledger keys, member-weeks and
//! region-weeks, each by key: nodes that write at once wait for each other and never in a circle.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use super::compose::{candidate, line, number};
use super::fold::{self, MemberKey, MemberSum, MemberSums, Parts, RegionSums};
use super::model::{Candidate, Entry, Line, Person, Verification, Written};
use super::moved::Moved;
use super::{Rulebook, ScoringConfig, store};
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{VolunteerId, fresh};
use crate::scope::Scope;

/// How often a person's last activity is written down.
const ACTIVE_EVERY: Duration = Duration::hours(1);

/// What the writing of a batch goes by.
pub struct Terms<'a> {
    /// Weights and caps.
    pub scoring: &'a ScoringConfig,
    /// The rules of the kinds.
    pub rules: &'a dyn Rulebook,
    /// The moment of writing.
    pub now: Instant,
}

impl Terms<'_> {
    fn candidate(&self, entry: Entry, person: &Person) -> Candidate {
        candidate(entry, person, &self.scoring.trust, self.now)
    }

    /// What is known of these people; those who are not there are left out.
    fn people(
        &self,
        conn: &mut Conn,
        ids: &[VolunteerId],
    ) -> Result<HashMap<VolunteerId, Person>, Error> {
        let since = self.now - Duration::days(i64::from(self.scoring.trust.days));
        let people = store::list_people(conn, &Scope::System, ids, since)?;
        Ok(people
            .into_iter()
            .map(|person| (person.id, person))
            .collect())
    }
}

/// An answer an entry.
pub type Answers = Vec<Result<Written, Error>>;

/// Writes `entries`; gives an answer each, in their order.
///
/// # Errors
/// When the whole transaction must be undone.
pub fn write(
    conn: &mut Conn,
    terms: &Terms<'_>,
    entries: &[Entry],
) -> Result<(Answers, Moved), Error> {
    // One key scores once: of entries that share one, the first is written and answers for all.
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        first.entry(&entry.key).or_insert(at);
    }
    let alone: Vec<&Entry> = entries
        .iter()
        .enumerate()
        .filter(|(at, entry)| first.get(entry.key.as_str()) == Some(at))
        .map(|(_, entry)| entry)
        .collect();
    let people = people(conn, terms, &alone)?;
    let mut answers: HashMap<&str, Result<Written, Error>> = HashMap::with_capacity(alone.len());
    let taken = keys_of_others(conn, &alone)?;
    let mut candidates = Vec::with_capacity(alone.len());
    for entry in alone {
        match people.get(&entry.volunteer) {
            _ if taken.contains(entry.key.as_str()) => {
                answers.insert(&entry.key, Err(reused()));
            }
            Some(person) => candidates.push(terms.candidate(entry.clone(), person)),
            None => {
                answers.insert(&entry.key, Err(Error::NotFound));
            }
        }
    }
    let mut moved = Moved::default();
    let mut new = settle(conn, terms, candidates, |key, answer| {
        if let Some((&key, _)) = first.get_key_value(key) {
            answers.insert(key, answer);
        }
    })?;
    new.append(&mut follow(conn, terms, &new)?);
    moved.note(&new);
    let mut sums = MemberSums::new();
    for line in &new {
        fold::add_line(&mut sums, line);
    }
    moved.regions = add(conn, terms.scoring, &sums)?;
    let answers = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| match answers.get(entry.key.as_str()) {
            Some(Ok(written)) if written.line.fingerprint != entry.fingerprint => Err(reused()),
            Some(Ok(written)) => Ok(Written {
                line: written.line.clone(),
                replayed: written.replayed || first.get(entry.key.as_str()) != Some(&at),
            }),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::Internal(
                "an entry was left without an answer".into(),
            )),
        })
        .collect();
    Ok((answers, moved))
}

/// Adds to the totals of member-weeks and, from what those are then, of regions.
pub fn add(
    conn: &mut Conn,
    scoring: &ScoringConfig,
    sums: &MemberSums,
) -> Result<RegionSums, Error> {
    let after = weeks_after(conn, sums)?;
    let regions = fold::regions_of(&scoring.soft_cap, sums, &after);
    store::add_to_regions(conn, &regions)?;
    Ok(regions)
}

/// Adds `sums` to member-weeks; gives those weeks as they stand then. The values are what the upsert
/// gave back, never an earlier read. Whoever moved in the middle of a week has lines in several
/// regions: then the ledger says how much in each, and the row just written keeps other writers of
/// that week away while it is read.
fn weeks_after(conn: &mut Conn, sums: &MemberSums) -> Result<HashMap<MemberKey, Parts>, Error> {
    let mut after = HashMap::with_capacity(sums.len());
    let mut several = Vec::new();
    for row in store::add_to_members(conn, &Scope::System, sums)? {
        let key = MemberKey {
            volunteer: row.volunteer_id,
            week: row.week,
        };
        let sum = MemberSum {
            net: row.net,
            entries: row.entries,
        };
        match row.region {
            Some(region) => {
                after.insert(key, Parts::from([(region, sum)]));
            }
            None => several.push(key),
        }
    }
    if !several.is_empty() {
        let mut parts = MemberSums::new();
        for line in store::list_weeks(conn, &Scope::System, &several)? {
            fold::add_brief(&mut parts, line);
        }
        after.extend(several.into_iter().filter_map(|key| {
            let parts = parts.remove(&key)?;
            Some((key, parts))
        }));
    }
    Ok(after)
}

/// Lines that follow from those of `lines` that are approved: written too, but not folded yet.
pub fn follow(conn: &mut Conn, terms: &Terms<'_>, lines: &[Line]) -> Result<Vec<Line>, Error> {
    let approved: Vec<&Line> = lines
        .iter()
        .filter(|line| line.verification() == Verification::Approved)
        .collect();
    if approved.is_empty() {
        return Ok(Vec::new());
    }
    let entries = terms.rules.follow(conn, &approved, terms.now)?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let ids = unique(entries.iter().map(|entry| entry.volunteer));
    let people = terms.people(conn, &ids)?;
    let candidates = entries
        .into_iter()
        .filter_map(|entry| {
            let person = people.get(&entry.volunteer)?;
            Some(terms.candidate(entry, person))
        })
        .collect();
    settle(conn, terms, candidates, |_, _| {})
}

/// The people of a batch. Locked are those who were not active lately, whose entries depend on others
/// of theirs, or whose entries carry words, which an erasure at the same time would not find.
fn people(
    conn: &mut Conn,
    terms: &Terms<'_>,
    entries: &[&Entry],
) -> Result<HashMap<VolunteerId, Person>, Error> {
    let ids = unique(entries.iter().map(|entry| entry.volunteer));
    let mut people = terms.people(conn, &ids)?;
    let idle = |id: &VolunteerId| {
        people.get(id).is_some_and(|person| {
            person
                .last_active_at
                .is_none_or(|at| terms.now - at > ACTIVE_EVERY)
        })
    };
    let idle: Vec<VolunteerId> = ids.iter().copied().filter(idle).collect();
    let looked_at = entries
        .iter()
        .filter(|entry| terms.rules.looks_back(entry.kind) || entry.note.is_some())
        .map(|entry| entry.volunteer);
    let locked = unique(looked_at.chain(idle.iter().copied()));
    if !locked.is_empty() {
        let here = store::lock_people(conn, &Scope::System, &locked)?;
        people.retain(|id, _| here.contains(id) || !locked.contains(id));
    }
    if !idle.is_empty() {
        store::update_activity(conn, &Scope::System, &idle, terms.now)?;
    }
    Ok(people)
}

/// Keys that already stand under another person than the one they would credit now.
fn keys_of_others(conn: &mut Conn, entries: &[&Entry]) -> Result<HashSet<String>, Error> {
    let mut shared: Vec<&&Entry> = entries.iter().filter(|entry| entry.shared_key).collect();
    if shared.is_empty() {
        return Ok(HashSet::new());
    }
    shared.sort_by(|a, b| a.key.cmp(&b.key));
    // No index can hold such a key unique over all people, so its holders take turns.
    let turns: Vec<i64> = shared.iter().map(|entry| number(&entry.key)).collect();
    store::take_turns(conn, &turns)?;
    let keys: Vec<&str> = shared.iter().map(|entry| entry.key.as_str()).collect();
    let actors = unique(shared.iter().map(|entry| entry.actor));
    let mut holders = store::list_behalf(conn, &Scope::System, &keys)?;
    holders.extend(
        store::list_by_keys(conn, &Scope::System, &actors, &keys)?
            .into_iter()
            .map(|line| (line.key, line.volunteer_id)),
    );
    let wanted: HashMap<&str, VolunteerId> = shared
        .iter()
        .map(|entry| (entry.key.as_str(), entry.volunteer))
        .collect();
    Ok(holders
        .into_iter()
        .filter(|(key, holder)| wanted.get(key.as_str()).is_some_and(|who| who != holder))
        .map(|(key, _)| key)
        .collect())
}

/// Weighs candidates, writes them and answers for each by its key; gives the lines that are new.
fn settle(
    conn: &mut Conn,
    terms: &Terms<'_>,
    mut candidates: Vec<Candidate>,
    mut answer: impl FnMut(&str, Result<Written, Error>),
) -> Result<Vec<Line>, Error> {
    terms.rules.weigh(conn, &mut candidates, terms.now)?;
    // By person and key, so that nodes that hold the same entries wait for each other in one order.
    candidates
        .sort_by(|a, b| (a.entry.volunteer, &a.entry.key).cmp(&(b.entry.volunteer, &b.entry.key)));
    let (refused, taken): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|c| c.refusal.is_some());
    let mut ids = HashSet::with_capacity(taken.len());
    let lines: Vec<Line> = taken
        .into_iter()
        .map(|candidate| {
            let id = std::iter::repeat_with(|| fresh(terms.now)).find(|&id| ids.insert(id));
            line(candidate, id.unwrap_or_default(), terms.now)
        })
        .collect();
    let new: HashSet<(VolunteerId, i64)> = store::insert(conn, &Scope::System, &lines)?
        .into_iter()
        .collect();
    let (new, old): (Vec<Line>, Vec<Line>) = lines
        .into_iter()
        .partition(|line| new.contains(&(line.volunteer_id, line.id)));
    for line in &new {
        let written = Written {
            line: line.clone(),
            replayed: false,
        };
        answer(&line.key, Ok(written));
    }
    if old.is_empty() && refused.is_empty() {
        return Ok(new);
    }
    // A key that stood there already gets the first answer again, even if a new one were refused.
    let asked = || {
        let old = old
            .iter()
            .map(|line| (line.volunteer_id, line.key.as_str()));
        let refused = refused
            .iter()
            .map(|c| (c.entry.volunteer, c.entry.key.as_str()));
        old.chain(refused)
    };
    let people = unique(asked().map(|(who, _)| who));
    let keys: Vec<&str> = asked().map(|(_, key)| key).collect();
    let found = store::list_by_keys(conn, &Scope::System, &people, &keys)?;
    let mut found: HashMap<String, Line> = found
        .into_iter()
        .map(|line| (line.key.clone(), line))
        .collect();
    for Line { key, .. } in old {
        let first = found.remove(&key).map(|line| Written {
            line,
            replayed: true,
        });
        answer(&key, first.ok_or(Error::Unavailable { retry_after: 1 }));
    }
    for Candidate { entry, refusal, .. } in refused {
        let first = found.remove(&entry.key).map(|line| Written {
            line,
            replayed: true,
        });
        answer(&entry.key, first.ok_or(refusal.unwrap_or(Error::NotFound)));
    }
    Ok(new)
}

/// The 422 of a key that came with another body before.
fn reused() -> Error {
    Error::field("Idempotency-Key", "ledger-key-reused")
}

fn unique<T: Ord + Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<BTreeSet<T>>().into_iter().collect()
}
