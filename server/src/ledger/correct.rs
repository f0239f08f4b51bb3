//! Corrections: a decision appends the difference it makes, a reversal the line that cancels
//! (scoring.md, Verification). Both count in the entry's own week; nothing is ever changed.

use serde_json::json;

use super::batch::{self, Terms};
use super::fold::{self, MemberSums};
use super::model::{EntryState, Line, Verification};
use super::moved::Moved;
use super::{Ledger, Points, Weight, store};
use crate::audit;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{ActivityId, VolunteerId, encode, fresh};
use crate::scope::Scope;

/// What somebody decides about another person's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `Approved`, `Rejected` or `Held`.
    pub state: Verification,
    /// Why, for the person and the audit.
    pub reason: Option<String>,
}

/// An entry after a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The line as it was written.
    pub line: Line,
    /// Where it stands now.
    pub state: EntryState,
}

impl Corrected {
    /// What the person sees of it now.
    pub fn base(&self) -> Points {
        match self.state.verification() {
            Verification::Reversed => Points::ZERO,
            _ => self.line.base(),
        }
    }

    /// What of it counts now, before the soft cap.
    pub fn counted(&self) -> Points {
        self.base().weighted(self.state.weight())
    }
}

/// Who takes an entry back.
enum By {
    Staff { reason: String },
    Oneself { within: Duration },
}

impl Ledger {
    /// Approves, rejects or holds an entry. The same decision again changes nothing.
    ///
    /// # Errors
    /// `NotFound` out of scope, `Forbidden` for one's own entry, `Conflict` when it was taken back.
    pub async fn decide(
        &self,
        scope: &Scope,
        id: ActivityId,
        decision: Decision,
    ) -> Result<Corrected, Error> {
        let scope = scope.clone();
        self.correct(move |conn, terms| decide(conn, terms, &scope, id, &decision))
            .await
    }

    /// Takes back another person's entry, as if it had never been. Again changes nothing.
    ///
    /// # Errors
    /// `NotFound` out of scope, `Forbidden` for one's own entry.
    pub async fn reverse(
        &self,
        scope: &Scope,
        id: ActivityId,
        reason: String,
    ) -> Result<Corrected, Error> {
        let scope = scope.clone();
        let by = By::Staff { reason };
        self.correct(move |conn, terms| reverse(conn, terms, &scope, id, &by))
            .await
    }

    /// Takes back one's own entry, which one entered oneself less than `within` ago and nobody has
    /// decided about.
    ///
    /// # Errors
    /// `NotFound` for another person's entry, `Conflict` when it is too late.
    pub async fn withdraw(
        &self,
        who: VolunteerId,
        id: ActivityId,
        within: Duration,
    ) -> Result<Corrected, Error> {
        let by = By::Oneself { within };
        self.correct(move |conn, terms| reverse(conn, terms, &Scope::Own(who), id, &by))
            .await
    }

    async fn correct(
        &self,
        work: impl FnOnce(&mut Conn, &Terms<'_>) -> Result<(Corrected, Moved), Error> + Send + 'static,
    ) -> Result<Corrected, Error> {
        let desk = self.desk.clone();
        let (corrected, moved) = self
            .desk
            .db
            .write(move |conn| {
                let terms = Terms {
                    scoring: &desk.scoring,
                    rules: &*desk.rules,
                    now: desk.clock.now(),
                };
                work(conn, &terms)
            })
            .await?;
        moved.publish(&self.desk.cluster);
        Ok(corrected)
    }
}

fn decide(
    conn: &mut Conn,
    terms: &Terms<'_>,
    scope: &Scope,
    id: ActivityId,
    decision: &Decision,
) -> Result<(Corrected, Moved), Error> {
    let (line, state) = open(conn, scope, id)?;
    not_own(scope, &line)?;
    match state.verification() {
        Verification::Reversed => return Err(Error::Conflict("activity-reversed".into())),
        same if same == decision.state => {
            return Ok((Corrected { line, state }, Moved::default()));
        }
        _ => {}
    }
    let after_final = is_final(terms, &line, terms.now);
    let weight = match decision.state {
        // What was still held when its week became final stays without points.
        Verification::Approved if after_final && was_held(conn, terms, &line)? => Weight::ZERO,
        Verification::Approved => Weight::ONE,
        _ => Weight::ZERO,
    };
    let counted = line.base().weighted(weight) - line.base().weighted(state.weight());
    let step = Step {
        state: decision.state,
        weight,
        base: Points::ZERO,
        counted,
        reason: decision.reason.clone(),
        actor: scope.actor(),
    };
    let (state, moved) = append(conn, terms, scope, &line, state, step)?;
    let detail = json!({
        "activity": id, "state": decision.state, "reason": decision.reason,
        "counted": counted, "after_final": after_final,
    });
    audit::append(conn, scope, "activity_decided", &detail, terms.now)?;
    Ok((Corrected { line, state }, moved))
}

fn reverse(
    conn: &mut Conn,
    terms: &Terms<'_>,
    scope: &Scope,
    id: ActivityId,
    by: &By,
) -> Result<(Corrected, Moved), Error> {
    let (line, state) = open(conn, scope, id)?;
    if let By::Staff { .. } = by {
        not_own(scope, &line)?;
    }
    if state.verification() == Verification::Reversed {
        return Ok((Corrected { line, state }, Moved::default()));
    }
    if let By::Oneself { within } = by {
        let fresh = line.actor == scope.actor() && terms.now - line.created_at <= *within;
        if !fresh || state.decided_by.is_some() {
            return Err(Error::Conflict("activity-too-late".into()));
        }
    }
    let reason = match by {
        By::Staff { reason } => Some(reason.clone()),
        By::Oneself { .. } => None,
    };
    let counted = -line.base().weighted(state.weight());
    let step = Step {
        state: Verification::Reversed,
        weight: Weight::ZERO,
        base: -line.base(),
        counted,
        reason: reason.clone(),
        actor: scope.actor(),
    };
    let (state, moved) = append(conn, terms, scope, &line, state, step)?;
    if reason.is_some() {
        let after_final = is_final(terms, &line, terms.now);
        let detail = json!({
            "activity": id, "reason": reason, "counted": counted, "after_final": after_final,
        });
        audit::append(conn, scope, "activity_reversed", &detail, terms.now)?;
    }
    Ok((Corrected { line, state }, moved))
}

/// The original line and where it stands, locked.
fn open(conn: &mut Conn, scope: &Scope, id: ActivityId) -> Result<(Line, EntryState), Error> {
    let state = store::lock_state(conn, scope, id)?.ok_or(Error::NotFound)?;
    let line = store::find(conn, &Scope::System, id)?.ok_or(Error::NotFound)?;
    Ok((line, state))
}

fn is_final(terms: &Terms<'_>, line: &Line, at: Instant) -> bool {
    terms.rules.is_final(&line.week, &line.region, at)
}

/// Whether an entry was held when its week became final, whatever was said about it since.
fn was_held(conn: &mut Conn, terms: &Terms<'_>, line: &Line) -> Result<bool, Error> {
    let said = store::list_said(conn, &Scope::System, line)?;
    let mut in_time = said
        .into_iter()
        .filter(|(at, _)| !is_final(terms, line, *at))
        .map(|(_, word)| word);
    let last = in_time
        .next_back()
        .unwrap_or_else(|| line.verification.clone());
    Ok(Verification::of(&last) == Verification::Held)
}

/// Nobody verifies themselves (scoring.md, R9).
fn not_own(scope: &Scope, line: &Line) -> Result<(), Error> {
    if line.volunteer_id == scope.actor() {
        return Err(Error::Forbidden("activity-own".into()));
    }
    Ok(())
}

/// One correction.
struct Step {
    state: Verification,
    weight: Weight,
    base: Points,
    counted: Points,
    reason: Option<String>,
    actor: VolunteerId,
}

/// Appends the correcting line, notes the new state and folds what moved.
fn append(
    conn: &mut Conn,
    terms: &Terms<'_>,
    scope: &Scope,
    line: &Line,
    state: EntryState,
    step: Step,
) -> Result<(EntryState, Moved), Error> {
    let id = fresh(terms.now);
    let correction = Line {
        id,
        key: format!("correction:{}", encode(id)),
        fingerprint: String::new(),
        quantity: None,
        conversations: None,
        minutes: None,
        note: None,
        base: step.base.hundredths(),
        weight: i32::from(step.weight.ten_thousandths()),
        counted: step.counted.hundredths(),
        verification: step.state.as_str().to_owned(),
        corrects: Some(line.id),
        reason: step.reason,
        actor: step.actor,
        twin: None,
        created_at: terms.now,
        ..line.clone()
    };
    let lines = [correction];
    store::insert(conn, &Scope::System, &lines)?;
    let state = EntryState {
        state: step.state.as_str().to_owned(),
        weight: i32::from(step.weight.ten_thousandths()),
        decided_by: Some(step.actor),
        decided_at: Some(terms.now),
        ..state
    };
    store::update_state(conn, scope, &state)?;
    let mut new = lines.to_vec();
    new.append(&mut batch::follow(conn, terms, &lines)?);
    let mut moved = Moved::default();
    moved.note(&new);
    let mut sums = MemberSums::new();
    for line in &new {
        fold::add_line(&mut sums, line);
    }
    moved.regions = batch::add(conn, terms.scoring, &sums)?;
    Ok((state, moved))
}
