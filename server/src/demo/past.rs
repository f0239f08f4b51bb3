//! The past of the demo, through the ledger itself with a clock moved by hand: every line is one
//! that people and captains could have written.

use std::collections::HashMap;
use std::sync::Arc;

use super::history::Deed;
use super::plan::Plan;
use super::store;
use crate::activities::{Book, Kind, NewActivity, Stage, Work, worth};
use crate::app::App;
use crate::clock::{Clock, Duration, Instant};
use crate::error::Error;
use crate::ids::{self, VolunteerId, encode};
use crate::ledger::{
    Entry, EntryState, Ledger, Line, Mission, Size, Standing, Verification, Weight,
};
use crate::scope::Scope;

/// Entries that may wait at once: more than any step has.
const QUEUE: u32 = 1 << 16;

/// Entries and decisions in the order in which they came, step by step of a hand-moved clock.
pub async fn past(app: &App, plan: &Plan) -> Result<(), Error> {
    let now = app.clock.now();
    let clock = Clock::manual(plan.start);
    let book = Book::new(app.scoring.clone(), app.tree.clone(), app.missions.clone());
    let size = Size {
        queue: QUEUE,
        batch: 512,
    };
    let ledger = Ledger::open(
        app.db.clone(),
        app.cluster.clone(),
        clock.clone(),
        app.scoring.clone(),
        Arc::new(book),
        size,
        None,
    )
    .map_err(Error::Internal)?;
    let mut replay = Replay::new(plan);
    while clock.now() < now {
        // Coarse at first, finer for what is still fresh on the pages.
        let left = now - clock.now();
        let step = if left > Duration::hours(36) {
            Duration::hours(8)
        } else {
            Duration::minutes(30)
        };
        clock.advance(step.min(left));
        replay.enter(app, plan, &ledger, clock.now()).await?;
        let (lines, states) = replay.decide(app, plan, clock.now());
        app.db
            .write(move |conn| {
                store::insert_lines(conn, &Scope::System, &lines)?;
                store::update_states(conn, &Scope::System, &states)?;
                Ok(())
            })
            .await?;
    }
    ledger.stop().await;
    Ok(())
}

/// How far the replay is.
struct Replay {
    /// The lines of the deeds entered so far.
    lines: Vec<Line>,
    /// Deeds that were decided about, in the order of the decisions.
    decisions: Vec<usize>,
    decided: usize,
    recruits: Recruits,
}

impl Replay {
    fn new(plan: &Plan) -> Self {
        let when = |at: &usize| plan.deeds[*at].decision.map(|(when, ..)| when);
        let mut decisions: Vec<usize> = (0..plan.deeds.len())
            .filter(|at| when(at).is_some())
            .collect();
        decisions.sort_by_key(when);
        Self {
            lines: Vec::with_capacity(plan.deeds.len()),
            decisions,
            decided: 0,
            recruits: Recruits::default(),
        }
    }

    /// Enters what people did until now.
    async fn enter(
        &mut self,
        app: &App,
        plan: &Plan,
        ledger: &Ledger,
        now: Instant,
    ) -> Result<(), Error> {
        let entered = self.lines.len();
        let upto = plan.deeds.partition_point(|deed| deed.written <= now);
        let mut entries: Vec<Entry> = (entered..upto).map(|at| entry(app, plan, at)).collect();
        entries.append(&mut self.recruits.thanks(app, plan));
        let answers = ledger.write_all(entries).await?;
        for answer in answers.into_iter().take(upto - entered) {
            self.lines.push(answer?.line);
        }
        Ok(())
    }

    /// What captains decided until now.
    fn decide(&mut self, app: &App, plan: &Plan, now: Instant) -> (Vec<Line>, Vec<EntryState>) {
        let (mut corrections, mut states) = (Vec::new(), Vec::new());
        while let Some(at) = self.decisions.get(self.decided).copied() {
            let deed = &plan.deeds[at];
            let due = deed.decision.filter(|(when, ..)| *when <= now);
            // Nobody decides within the hour, so the line is there.
            let (Some((_, by, approved)), Some(line)) = (due, self.lines.get(at)) else {
                break;
            };
            self.decided += 1;
            if approved {
                self.recruits
                    .acted(plan, deed.who, app.scoring.recruit.later_at);
            }
            let by = plan.people.all[by].id;
            let (line, state) = correction(line, by, approved, corrections.len(), now);
            corrections.push(line);
            states.push(state);
        }
        (corrections, states)
    }
}

/// What the activity form would have handed to the ledger.
fn entry(app: &App, plan: &Plan, at: usize) -> Entry {
    let Deed {
        who,
        work,
        minutes,
        note,
        task,
        at: done,
        paper,
        ..
    } = &plan.deeds[at];
    let person = &plan.people.all[*who];
    let actor = paper.map_or(person.id, |captain| plan.people.all[captain].id);
    let new = NewActivity {
        quantity: work.quantity().map(i64::from),
        conversations: work.conversations().map(i64::from),
        minutes: minutes.map(i64::from),
        occurred_at: Some(*done),
        task: *task,
        note: note.clone(),
        volunteer: paper.map(|_| person.id),
        ..NewActivity::new(work.kind())
    };
    let number = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    Entry {
        volunteer: person.id,
        key: Entry::key_of(actor, &format!("demo-{at}")),
        fingerprint: new.fingerprint(),
        kind: work.kind().as_str(),
        quantity: number(work.quantity()),
        conversations: number(work.conversations()),
        minutes: number(*minutes),
        note: note.clone(),
        task: *task,
        occurred_at: Some(*done),
        mission: Mission::ONE,
        base: worth(&app.scoring, work, Mission::ONE).base,
        standing: if paper.is_some() {
            Standing::Approved
        } else {
            Standing::Trusted
        },
        actor,
        shared_key: paper.is_some(),
    }
}

/// The line and the state that a captain's decision leaves behind (scoring.md, Verification).
pub fn correction(
    line: &Line,
    by: VolunteerId,
    approved: bool,
    number: usize,
    at: Instant,
) -> (Line, EntryState) {
    let (state, weight) = if approved {
        (Verification::Approved, Weight::ONE)
    } else {
        (Verification::Rejected, Weight::ZERO)
    };
    let id = ids::at(at, i64::try_from(number).unwrap_or(0));
    let weight_column = i32::from(weight.ten_thousandths());
    let correcting = Line {
        id,
        key: format!("correction:{}", encode(id)),
        fingerprint: String::new(),
        quantity: None,
        conversations: None,
        minutes: None,
        note: None,
        base: 0,
        weight: weight_column,
        counted: (line.base().weighted(weight) - line.counted()).hundredths(),
        verification: state.as_str().to_owned(),
        corrects: Some(line.id),
        reason: (!approved).then(|| "The walk list was already handed in.".to_owned()),
        actor: by,
        twin: None,
        created_at: at,
        ..line.clone()
    };
    let state = EntryState {
        state: state.as_str().to_owned(),
        weight: weight_column,
        decided_by: Some(by),
        decided_at: Some(at),
        ..EntryState::of(line)
    };
    (correcting, state)
}

/// Who is to be thanked for a recruit that was seen to act (scoring.md, Points).
#[derive(Default)]
struct Recruits {
    acted: HashMap<usize, u32>,
    due: Vec<(usize, Stage)>,
}

impl Recruits {
    /// An entry of a person was approved.
    fn acted(&mut self, plan: &Plan, who: usize, later_at: u32) {
        if plan.people.all[who].invited_by.is_none() {
            return;
        }
        let count = self.acted.entry(who).or_default();
        *count += 1;
        if *count == 1 {
            self.due.push((who, Stage::First));
        } else if *count == later_at {
            self.due.push((who, Stage::Later));
        }
    }

    /// The system's own entries for their inviters.
    fn thanks(&mut self, app: &App, plan: &Plan) -> Vec<Entry> {
        self.due
            .drain(..)
            .filter_map(|(who, stage)| {
                let recruit = &plan.people.all[who];
                let inviter = plan.people.all[recruit.invited_by?].id;
                let work = Work::Recruit(stage);
                let word = match stage {
                    Stage::First => "first",
                    Stage::Later => "later",
                };
                Some(Entry {
                    volunteer: inviter,
                    key: Entry::system_key(&format!("recruit:{}:{word}", recruit.id)),
                    fingerprint: String::new(),
                    kind: Kind::Recruit.as_str(),
                    quantity: work.quantity().and_then(|n| i32::try_from(n).ok()),
                    conversations: None,
                    minutes: None,
                    note: None,
                    task: None,
                    occurred_at: None,
                    mission: Mission::ONE,
                    base: worth(&app.scoring, &work, Mission::ONE).base,
                    standing: Standing::Approved,
                    actor: VolunteerId(0),
                    shared_key: false,
                })
            })
            .collect()
    }
}
