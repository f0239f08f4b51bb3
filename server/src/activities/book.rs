//! What the ledger asks while it writes: times, limits, twins, overlapping shifts, recruits
//! (scoring.md, Points and Fair play R3, R4).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::store::{self, Past};
use super::{Kind, Missions, Scored, Stage, Work, check_time, final_at, limited, sentence, worth};
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::{Error, FieldErrors};
use crate::ids::VolunteerId;
use crate::ledger::{
    Candidate, Entry, Line, Mission, Points, Rulebook, ScoringConfig, Standing, Verification, Week,
};
use crate::regions::{RegionCode, Tree};
use crate::scope::Scope;

/// Why an entry is held: the same person, kind, amount and minute stood there under another key.
pub const TWIN: &str = "twin";
/// Why a shift is held: it overlaps another one.
pub const OVERLAP: &str = "overlap";
/// Two shifts may overlap by so much (scoring.md, R3).
const OVERLAP_FREE: Duration = Duration::minutes(15);

/// The rules of the kinds, for the ledger.
pub struct Book {
    scoring: Arc<ScoringConfig>,
    tree: Arc<Tree>,
    missions: Missions,
}

impl Book {
    /// The rules of a campaign whose people live in `tree`.
    pub fn new(scoring: Arc<ScoringConfig>, tree: Arc<Tree>, missions: Missions) -> Self {
        Self {
            scoring,
            tree,
            missions,
        }
    }

    /// When `week` is final for what counts in `region`: 48 hours after the smallest race it runs in
    /// closed. Larger races close later; but a board that was published stays, so that by then nothing
    /// new may count in it.
    pub fn final_at(&self, week: Week, region: &RegionCode) -> DateTime<Utc> {
        let race = region.parent().filter(|race| self.tree.get(race).is_some());
        let zones = race.map_or_else(|| self.tree.zones(), |race| self.tree.zones_under(&race));
        final_at(&self.scoring.weeks, week.close(zones))
    }

    fn check_time(&self, candidate: &Candidate, now: Instant) -> Result<(), Error> {
        // Until the person's own Sunday is so long ago, the race's, which is dearer to find, is not.
        let own = final_at(&self.scoring.weeks, candidate.week.end(candidate.zone));
        let last = if now.utc() < own {
            own
        } else {
            own.max(self.final_at(candidate.week, &candidate.region))
        };
        check_time(
            &self.scoring.bounds,
            candidate.occurred_at.utc(),
            now.utc(),
            last,
        )
        .map_err(|refusal| {
            let mut faults = FieldErrors::default();
            faults.add(refusal.field, sentence(&refusal));
            faults.into()
        })
    }

    /// What the limits of its kind leave of a candidate's base.
    fn limit(&self, candidate: &mut Candidate, kind: Kind, past: &[&Past]) {
        let Some(work) = Work::of_entry(&candidate.entry) else {
            return;
        };
        let scored = scored(candidate, kind, past);
        let worth = worth(&self.scoring, &work, candidate.entry.mission);
        candidate.entry.base = limited(&self.scoring, kind, worth, &scored).base;
    }
}

impl Rulebook for Book {
    fn looks_back(&self, kind: &str) -> bool {
        kind.parse().is_ok_and(looks_back)
    }

    fn weigh(
        &self,
        conn: &mut Conn,
        candidates: &mut [Candidate],
        now: Instant,
    ) -> Result<(), Error> {
        for candidate in candidates.iter_mut() {
            if candidate.twin.is_some()
                && let Err(error) = self.check_time(candidate, now)
            {
                candidate.refusal = Some(error);
            }
        }
        hold_twins(conn, candidates)?;
        self.missions.price(conn, candidates, now)?;
        let mut past = past(conn, candidates)?;
        for candidate in candidates.iter_mut() {
            let Ok(kind) = candidate.entry.kind.parse::<Kind>() else {
                continue;
            };
            if candidate.refusal.is_some() || !looks_back(kind) {
                continue;
            }
            let own: Vec<&Past> = past
                .iter()
                .filter(|past| {
                    past.volunteer_id == candidate.entry.volunteer
                        && past.kind == candidate.entry.kind
                        && past.key != candidate.entry.key
                })
                .collect();
            match kind {
                Kind::Training if trained(candidate, &own) => {
                    candidate.refusal = Some(Error::field("task", "activity-trained-already"));
                    continue;
                }
                Kind::Shift if overlaps(candidate, &own) => {
                    candidate.entry.standing = Standing::Held(OVERLAP);
                }
                _ => self.limit(candidate, kind, &own),
            }
            past.push(as_past(candidate));
        }
        Ok(())
    }

    fn is_final(&self, week: &str, region: &RegionCode, now: Instant) -> bool {
        week.parse::<Week>()
            .is_ok_and(|week| now.utc() >= self.final_at(week, region))
    }

    fn follow(
        &self,
        conn: &mut Conn,
        approved: &[&Line],
        now: Instant,
    ) -> Result<Vec<Entry>, Error> {
        let acted: BTreeSet<VolunteerId> = approved
            .iter()
            .filter(|line| line.kind != Kind::Recruit.as_str())
            .map(|line| line.volunteer_id)
            .collect();
        let acted: Vec<VolunteerId> = acted.into_iter().collect();
        if acted.is_empty() {
            return Ok(Vec::new());
        }
        let rule = &self.scoring.recruit;
        let mut entries = Vec::new();
        for (recruit, inviter) in store::list_inviters(conn, &Scope::System, &acted)? {
            let Some(inviter) = inviter else { continue };
            let actions = store::list_approved(
                conn,
                &Scope::System,
                recruit,
                Kind::Recruit.as_str(),
                i64::from(rule.later_at),
            )?;
            let reached = |count: u32| actions.get(count.saturating_sub(1) as usize).copied();
            let (first, later) = (reached(1), reached(rule.later_at));
            if first.is_some() {
                entries.push(self.recruited(recruit, inviter, Stage::First, now));
            }
            let within = Duration::days(i64::from(rule.later_days));
            if first
                .zip(later)
                .is_some_and(|(first, later)| later - first <= within)
            {
                entries.push(self.recruited(recruit, inviter, Stage::Later, now));
            }
        }
        Ok(entries)
    }
}

impl Book {
    /// The line that thanks an inviter; its key lets each stage score once.
    fn recruited(
        &self,
        recruit: VolunteerId,
        inviter: VolunteerId,
        stage: Stage,
        now: Instant,
    ) -> Entry {
        let work = Work::Recruit(stage);
        let word = match stage {
            Stage::First => "first",
            Stage::Later => "later",
        };
        Entry {
            volunteer: inviter,
            key: Entry::system_key(&format!("recruit:{recruit}:{word}")),
            fingerprint: String::new(),
            kind: Kind::Recruit.as_str(),
            quantity: work.quantity().and_then(|n| i32::try_from(n).ok()),
            conversations: None,
            minutes: None,
            note: None,
            task: None,
            occurred_at: Some(now),
            mission: Mission::ONE,
            base: worth(&self.scoring, &work, Mission::ONE).base,
            standing: Standing::Approved,
            actor: VolunteerId(0),
            shared_key: false,
        }
    }
}

/// Whose reward a recruit's line is about, from its key.
pub fn recruit_of(key: &str) -> Option<VolunteerId> {
    key.strip_prefix("system:recruit:")?
        .split(':')
        .next()?
        .parse()
        .ok()
}

fn looks_back(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ListeningNote | Kind::Donation | Kind::Recruit | Kind::Training | Kind::Shift
    )
}

/// Holds what the same person logs again in the same minute under another key.
fn hold_twins(conn: &mut Conn, candidates: &mut [Candidate]) -> Result<(), Error> {
    let twins: Vec<(VolunteerId, i64)> = candidates
        .iter()
        .filter_map(|c| Some((c.entry.volunteer, c.twin?)))
        .collect();
    if twins.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<i64, HashSet<String>> = HashMap::new();
    for (twin, key) in store::list_twins(conn, &Scope::System, &twins)? {
        if let Some(twin) = twin {
            known.entry(twin).or_default().insert(key);
        }
    }
    for candidate in candidates {
        let Some(twin) = candidate.twin.filter(|_| candidate.refusal.is_none()) else {
            continue;
        };
        let keys = known.entry(twin).or_default();
        if keys.iter().any(|key| *key != candidate.entry.key) {
            candidate.entry.standing = Standing::Held(TWIN);
        }
        keys.insert(candidate.entry.key.clone());
    }
    Ok(())
}

/// The lines that the limits of these candidates look at, without what was taken back.
fn past(conn: &mut Conn, candidates: &[Candidate]) -> Result<Vec<Past>, Error> {
    let (mut people, mut kinds, mut weeks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut trained, mut tasks) = (BTreeSet::new(), BTreeSet::new());
    for candidate in candidates.iter().filter(|c| c.refusal.is_none()) {
        let entry = &candidate.entry;
        match entry.kind.parse::<Kind>() {
            Ok(Kind::Training) => {
                trained.insert(entry.volunteer);
                tasks.extend(entry.task);
            }
            Ok(kind) if looks_back(kind) => {
                people.insert(entry.volunteer);
                kinds.insert(entry.kind);
                weeks.insert(candidate.week);
                if kind == Kind::Shift {
                    // A shift may begin in one week and end in the next.
                    weeks.insert(candidate.week.prev());
                    weeks.insert(candidate.week.next());
                }
            }
            _ => {}
        }
    }
    let mut past = Vec::new();
    if !people.is_empty() {
        let people: Vec<VolunteerId> = people.into_iter().collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        past = store::list_past(conn, &Scope::System, &people, &kinds, &weeks)?;
    }
    if !trained.is_empty() {
        let (people, tasks): (Vec<_>, Vec<_>) =
            (trained.into_iter().collect(), tasks.into_iter().collect());
        let kind = Kind::Training.as_str();
        past.append(&mut store::list_for_tasks(
            conn,
            &Scope::System,
            &people,
            kind,
            &tasks,
        )?);
    }
    // The last word about a line decides: corrections come in the order of their ids.
    let mut said: HashMap<(VolunteerId, i64), bool> = HashMap::new();
    for past in &past {
        if let Some(about) = past.corrects {
            let gone = matches!(
                Verification::of(&past.verification),
                Verification::Reversed | Verification::Rejected
            );
            said.insert((past.volunteer_id, about), gone);
        }
    }
    past.retain(|past| {
        past.corrects.is_none() && said.get(&(past.volunteer_id, past.id)) != Some(&true)
    });
    Ok(past)
}

/// A candidate about to be written, as those behind it see it.
fn as_past(candidate: &Candidate) -> Past {
    let entry = &candidate.entry;
    Past {
        volunteer_id: entry.volunteer,
        id: 0,
        key: entry.key.clone(),
        kind: entry.kind.to_owned(),
        minutes: entry.minutes,
        task_id: entry.task,
        occurred_at: candidate.occurred_at,
        week: candidate.week.to_string(),
        base: entry.base.hundredths(),
        verification: String::new(),
        corrects: None,
    }
}

/// What already scored of a person's lines of one kind.
fn scored(candidate: &Candidate, kind: Kind, past: &[&Past]) -> Scored {
    let week = candidate.week.to_string();
    let day = candidate.occurred_at.local(candidate.zone).date_naive();
    let scoring = |past: &&&Past| past.base > 0;
    let in_week = || past.iter().filter(|past| past.week == week);
    let mut scored = Scored::default();
    match kind {
        Kind::ListeningNote => {
            let today = past
                .iter()
                .filter(scoring)
                .filter(|past| past.occurred_at.local(candidate.zone).date_naive() == day)
                .count();
            scored.notes_today = u32::try_from(today).unwrap_or(u32::MAX);
        }
        Kind::Donation => {
            scored.donations = in_week()
                .map(|past| Points::from_hundredths(past.base))
                .sum();
        }
        Kind::Recruit => {
            let about = recruit_of(&candidate.entry.key);
            let others: HashSet<VolunteerId> = in_week()
                .filter(scoring)
                .filter_map(|past| recruit_of(&past.key))
                .filter(|recruit| Some(*recruit) != about)
                .collect();
            scored.recruits = u32::try_from(others.len()).unwrap_or(u32::MAX);
        }
        _ => {}
    }
    scored
}

fn trained(candidate: &Candidate, past: &[&Past]) -> bool {
    past.iter().any(|past| past.task_id == candidate.entry.task)
}

/// Whether a shift lies on another one by more than a quarter of an hour.
fn overlaps(candidate: &Candidate, past: &[&Past]) -> bool {
    let span = |start: Instant, minutes: Option<i32>| {
        let minutes = TimeDelta::minutes(i64::from(minutes.unwrap_or(0)));
        (start, start + minutes)
    };
    let (start, end) = span(candidate.occurred_at, candidate.entry.minutes);
    past.iter().any(|past| {
        let (other_start, other_end) = span(past.occurred_at, past.minutes);
        end.min(other_end) - start.max(other_start) > OVERLAP_FREE
    })
}
