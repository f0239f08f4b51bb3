//! A crowd of any size and what it did, entry by entry: what a ledger at size is made of, for
//! whoever measures one (`tests/bench/`).
//!
//! People and what they log come from the same chance as the demo's, the lines from the ledger's own
//! composing. What is left out is what only a writing transaction can see: limits of kinds, the same
//! thing said twice, and thanks for recruits.

use std::collections::HashMap;

use super::chance::Chance;
use super::fill::taken_in;
use super::history::{at, drawn, hour};
use super::names;
use super::past::correction;
use super::people::{minutes, person};
use super::places::Home;
use super::simulate::activity;
use crate::activities::{Kind, NewActivity, validate, worth};
use crate::clock::{Duration, Instant};
use crate::ids::VolunteerId;
use crate::ledger::{
    Entry, EntryState, Line, Mission, Person, ScoringConfig, Standing, Week, composed,
};
use crate::region_code::RegionCode;
use crate::volunteers::NewVolunteer;

/// Of all entries, those a captain takes from a paper sheet.
const ON_PAPER: f64 = 0.08;
/// Of the others, those a captain looked at: each makes one more line.
const LOOKED_AT: f64 = 0.1;
/// Of those, the ones that were not believed.
const REJECTED: f64 = 0.025;
/// How long before now the last entry lies at least, in minutes.
const MARGIN: i64 = 3;

/// A crowd of made-up people.
pub struct Crowd {
    members: Vec<Member>,
    /// Sums of the rates of all members up to each, which a draw is looked up in.
    reach: Vec<f64>,
    weeks: Vec<Week>,
    now: Instant,
    chance: Chance,
}

/// Somebody, as far as their entries need it.
struct Member {
    known: Person,
    persona: usize,
    joined_at: Instant,
    captain: usize,
    /// When something was decided about them, and whether they were believed.
    decided: Vec<(Instant, bool)>,
}

/// What the database is told of a crowd besides its entries.
pub struct Roll {
    /// Everybody, in the order in which [`Wrote::who`] counts them.
    pub people: Vec<NewVolunteer>,
    /// Their skills with levels.
    pub skills: Vec<(VolunteerId, String, i32)>,
    /// Who leads which region (a level above the homes).
    pub captains: Vec<(RegionCode, VolunteerId)>,
    /// When the campaign began.
    pub start: Instant,
}

/// An entry that somebody made.
pub struct Wrote {
    /// Whom it credits, by place in [`Roll::people`].
    pub who: usize,
    /// Its line.
    pub line: Line,
    /// Where it stands by now.
    pub state: EntryState,
    /// The line of a captain's decision, if there was one.
    pub correction: Option<Line>,
}

impl Crowd {
    /// `count` people (at most two million) who live in `homes` in turn, and joined in the `weeks`
    /// full weeks before the running one. The same seed, homes and moment make the same crowd.
    pub fn gather(
        homes: &[Home],
        count: usize,
        weeks: usize,
        now: Instant,
        seed: u64,
    ) -> (Self, Roll) {
        let mut chance = Chance::new(seed);
        let zone = homes.first().map_or(chrono_tz::UTC, |home| home.zone);
        let mut last = vec![Week::at(now.utc(), zone)];
        for _ in 0..weeks {
            last.push(last[last.len() - 1].prev());
        }
        last.reverse();
        // The first people came on the weekend before, so that the first Monday finds somebody.
        let start = Instant::from(last[0].start(zone)) - Duration::hours(60);
        let names = names::made_up(&mut chance, count, &[]);
        let mut roll = Roll {
            people: Vec::with_capacity(count),
            skills: Vec::new(),
            captains: Vec::new(),
            start,
        };
        let mut crowd = Self {
            members: Vec::with_capacity(count),
            reach: Vec::with_capacity(count),
            weeks: last,
            now,
            chance: chance.fork(),
        };
        let mut captains: HashMap<RegionCode, usize> = HashMap::new();
        let mut reach = 0.0;
        for (place, (name, home)) in names.into_iter().zip(homes.iter().cycle()).enumerate() {
            let made = person(place, name, home.clone(), start, now, &mut chance);
            reach += made.rate;
            crowd.reach.push(reach);
            let led = home.region.parent().unwrap_or_else(|| home.region.clone());
            let captain = *captains.entry(led).or_insert_with_key(|led| {
                roll.captains.push((led.clone(), made.id));
                place
            });
            crowd.members.push(Member {
                known: Person {
                    id: made.id,
                    region: made.home.region.clone(),
                    zone: made.home.zone,
                    last_active_at: None,
                    approved: 0,
                    rejected: 0,
                },
                persona: made.persona,
                joined_at: made.joined_at,
                captain,
                decided: Vec::new(),
            });
            roll.people.push(taken_in(&made, None));
            let skills = made.skills.into_iter();
            roll.skills
                .extend(skills.map(|(skill, level)| (made.id, skill, level)));
        }
        (crowd, roll)
    }

    /// The weeks of the campaign, the running one last.
    pub fn weeks(&self) -> &[Week] {
        &self.weeks
    }

    /// About `count` entries of everybody, by the time of entering; fewer where nobody was there yet.
    pub fn entries(self, scoring: ScoringConfig, count: u64) -> Entries {
        Entries {
            crowd: self,
            scoring,
            left: count,
            week: 0,
            moments: Vec::new(),
            number: 0,
        }
    }

    /// Somebody, the busier the likelier.
    fn somebody(&mut self) -> usize {
        let all = self.reach.last().copied().unwrap_or(0.0);
        let drawn = self.chance.unit() * all;
        let found = self.reach.partition_point(|reach| *reach <= drawn);
        found.min(self.members.len().saturating_sub(1))
    }
}

/// The entries of a crowd, week by week.
pub struct Entries {
    crowd: Crowd,
    scoring: ScoringConfig,
    left: u64,
    week: usize,
    /// When entries of the week were written and when it was done, the last first.
    moments: Vec<(Instant, Instant)>,
    number: i64,
}

impl Iterator for Entries {
    type Item = Wrote;

    fn next(&mut self) -> Option<Wrote> {
        loop {
            while self.moments.is_empty() {
                self.moments = self.draw(self.week)?;
                self.week += 1;
            }
            let (written, done) = self.moments.pop()?;
            // Whoever was not there yet did nothing: somebody else did.
            let crowd = &mut self.crowd;
            let who = (0..100).find_map(|_| {
                let who = crowd.somebody();
                (crowd.members[who].joined_at < done).then_some(who)
            });
            if let Some(wrote) = who.and_then(|who| self.write(who, written, done)) {
                return Some(wrote);
            }
        }
    }
}

impl Entries {
    /// When things happen in a week; `None` behind the last.
    fn draw(&mut self, at_week: usize) -> Option<Vec<(Instant, Instant)>> {
        let Crowd {
            members,
            weeks,
            now,
            chance,
            ..
        } = &mut self.crowd;
        let monday = weeks.get(at_week)?.monday();
        let zone = members.first()?.known.zone;
        let running = drawn(zone, weeks[weeks.len() - 1].monday(), *now).max(0.005);
        let behind = weeks.len() - at_week - 1;
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
        let share = if behind == 0 {
            1.0
        } else {
            1.0 / (behind as f64 + running)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a share of a count"
        )]
        let count = (self.left as f64 * share).round() as u64;
        self.left -= count.min(self.left);
        let latest = *now - Duration::minutes(MARGIN);
        let mut moments = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        for _ in 0..count {
            // In the running week what is still to come is drawn again.
            let drawn = (0..10_000).find_map(|_| {
                let (day, hour) = hour(chance);
                let done = at(zone, monday, day, hour);
                let written = done + minutes(chance.wait(50.0));
                (written < latest).then_some((written, done))
            });
            moments.extend(drawn);
        }
        moments.sort_unstable_by(|a, b| b.cmp(a));
        Some(moments)
    }

    fn write(&mut self, who: usize, written: Instant, done: Instant) -> Option<Wrote> {
        let Crowd {
            members,
            chance,
            now,
            ..
        } = &mut self.crowd;
        self.number += 1;
        let captain = members[who].captain;
        let by = members[captain].known.id;
        let on_paper =
            captain != who && members[captain].joined_at < written && chance.hit(ON_PAPER);
        let member = &mut members[who];
        let since = written - Duration::days(i64::from(self.scoring.trust.days));
        let said = |word: bool| {
            let about = member
                .decided
                .iter()
                .filter(|(at, believed)| *believed == word && (since..written).contains(at));
            u32::try_from(about.count()).unwrap_or(u32::MAX)
        };
        (member.known.approved, member.known.rejected) = (said(true), said(false));
        let new = NewActivity {
            occurred_at: Some(done),
            volunteer: on_paper.then_some(member.known.id),
            ..activity(member.persona, chance)
        };
        let key = format!("{:015x}{:09x}", chance.whole(0, i64::MAX >> 4), self.number);
        let actor = if on_paper { by } else { member.known.id };
        let entry = entry(&self.scoring, &new, &member.known, actor, &key)?;
        let line = composed(
            entry,
            &member.known,
            &self.scoring.trust,
            self.number,
            written,
        );
        let mut wrote = Wrote {
            who,
            state: EntryState::of(&line),
            line,
            correction: None,
        };
        let decided = written + minutes(60.0 * chance.between(1.0, 60.0));
        if !on_paper && captain != who && decided < *now && chance.hit(LOOKED_AT) {
            let believed = !chance.hit(REJECTED);
            member.decided.push((decided, believed));
            let number = usize::try_from(self.number).unwrap_or(0);
            let (correction, state) = correction(&wrote.line, by, believed, number, decided);
            wrote.state = state;
            wrote.correction = Some(correction);
        }
        Some(wrote)
    }
}

/// What the activity form would have handed to the ledger; `None` for what it would have refused.
fn entry(
    scoring: &ScoringConfig,
    new: &NewActivity,
    whom: &Person,
    actor: VolunteerId,
    key: &str,
) -> Option<Entry> {
    let valid = validate(&scoring.bounds, &new.draft()).ok()?;
    let number = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    let for_another = actor != whom.id;
    debug_assert!(new.kind != Kind::Recruit, "only the system thanks");
    Some(Entry {
        volunteer: whom.id,
        key: Entry::key_of(actor, key),
        fingerprint: new.fingerprint(),
        kind: new.kind.as_str(),
        quantity: number(valid.work.quantity()),
        conversations: number(valid.work.conversations()),
        minutes: number(valid.minutes),
        note: valid.note,
        task: None,
        occurred_at: new.occurred_at,
        mission: Mission::ONE,
        base: worth(scoring, &valid.work, Mission::ONE).base,
        standing: if for_another {
            Standing::Approved
        } else {
            Standing::Trusted
        },
        actor,
        shared_key: for_another,
    })
}

#[cfg(test)]
mod tests;
