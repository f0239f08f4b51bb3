//! The five tasks a person is shown (matching.md, The list of five).
//!
//! Four places go to the best, taken one after the other with a discount for kinds already there;
//! the fifth explores. A first visit begins with three sorts of task that a newcomer can say yes to.

use chrono::Duration;

use super::codes::{Caveat, Reason};
use super::features::{Context, PersonView, TaskView};
use super::filter;
use super::reasons;
use super::score::{Scored, score};

/// A task offered to a person, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The task.
    pub task_id: i64,
    /// Its rank among this person's tasks: not below 0, higher is better.
    pub score: f64,
    /// Its features and the chance that the person says yes.
    pub scored: Scored,
    /// At most two, the strongest first.
    pub reasons: Vec<Reason>,
    /// What to know before saying yes.
    pub caveat: Option<Caveat>,
    /// The chance with which it came to stand here; 1 unless it was drawn. To be stored.
    pub propensity: f64,
    /// It stands here to learn whether people want it.
    pub explored: bool,
}

/// A task that may be offered.
#[derive(Clone, Copy)]
struct Feasible<'a> {
    task: &'a TaskView,
    rank: f64,
}

/// A task that will be.
#[derive(Clone, Copy)]
struct Pick<'a> {
    chosen: Feasible<'a>,
    propensity: f64,
    explored: bool,
}

/// At most five tasks for a person, in the order of rank; of equal ones the lower id first.
/// `draw` is a number drawn evenly from 0..1 and decides the exploring place; all else is fixed.
pub fn suggest(
    person: &PersonView,
    tasks: &[TaskView],
    context: &Context,
    draw: f64,
) -> Vec<Suggestion> {
    let pool: Vec<_> = tasks
        .iter()
        .filter(|task| filter::passes(person, task, context))
        .map(|task| Feasible {
            task,
            rank: score(person, task, context).rank,
        })
        .collect();
    let rules = &context.config.list;
    let mut list = List {
        pool: &pool,
        picks: Vec::with_capacity(rules.length),
        context,
    };
    if person.first_visit {
        list.welcome(person);
    }
    list.fill(rules.length - 1);
    list.ensure_one_from_home();
    list.fill(rules.length - 1);
    if !person.first_visit {
        list.explore(draw);
    }
    list.fill(rules.length);
    list.picks.sort_by(|a, b| {
        b.chosen
            .rank
            .total_cmp(&a.chosen.rank)
            .then(a.chosen.task.id.cmp(&b.chosen.task.id))
    });
    list.picks
        .iter()
        .map(|pick| suggestion(person, pick, context))
        .collect()
}

fn suggestion(person: &PersonView, pick: &Pick, context: &Context) -> Suggestion {
    let task = pick.chosen.task;
    let scored = score(person, task, context);
    let (reasons, caveat) = reasons::explain(person, task, &scored, context);
    Suggestion {
        task_id: task.id,
        score: scored.rank,
        scored,
        reasons,
        caveat,
        propensity: pick.propensity,
        explored: pick.explored,
    }
}

/// A list in the making.
struct List<'a> {
    pool: &'a [Feasible<'a>],
    picks: Vec<Pick<'a>>,
    context: &'a Context<'a>,
}

impl<'a> List<'a> {
    /// Takes the best that is left, again and again, until `length` are there.
    fn fill(&mut self, length: usize) {
        while self.picks.len() < length {
            let Some(best) = self.best(|_| true) else {
                return;
            };
            self.take(best);
        }
    }

    /// The best by discounted rank among those left that are `wanted`.
    fn best(&self, wanted: impl Fn(&TaskView) -> bool) -> Option<Feasible<'a>> {
        let mut best: Option<(f64, Feasible)> = None;
        for candidate in self.pool {
            // Most fail here, before anything is compared by name: a discount never raises a rank.
            if best.is_some_and(|(value, _)| candidate.rank < value) || !wanted(candidate.task) {
                continue;
            }
            let Some(value) = self.discounted(candidate) else {
                continue;
            };
            let wins = best.is_none_or(|(most, other)| {
                value > most || (value >= most && candidate.task.id < other.task.id)
            });
            if wins {
                best = Some((value, *candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// The rank less what its kind costs; none if it is in the list or its kind has its share.
    fn discounted(&self, candidate: &Feasible) -> Option<f64> {
        let rules = &self.context.config.list;
        let mut value = candidate.rank;
        let mut same = 0;
        for pick in &self.picks {
            if pick.chosen.task.id == candidate.task.id {
                return None;
            }
            if pick.chosen.task.kind == candidate.task.kind {
                same += 1;
                value *= rules.same_kind_factor;
            }
        }
        (same < rules.same_kind_max).then_some(value)
    }

    fn take(&mut self, chosen: Feasible<'a>) {
        self.picks.push(Pick {
            chosen,
            propensity: 1.0,
            explored: false,
        });
    }

    /// One from home, one nearby beginner shift with a named host, one to bring a friend to.
    fn welcome(&mut self, person: &PersonView) {
        let context = self.context;
        let rules = &context.config.first_visit;
        let near = |task: &TaskView| person.km_to(task).is_some_and(|km| km <= rules.nearby_km);
        let free = |task: &TaskView| task.free(context.config.equity.pending_share);
        let wanted: [&dyn Fn(&TaskView) -> bool; 3] = [
            &|task| from_home(task, context),
            &|task| {
                let shift = !task.remote && task.when.span().is_some();
                shift && task.rung <= rules.beginner_rung && task.host_named && near(task)
            },
            &|task| {
                let to_bring = rules.friend_kinds.contains(&task.kind);
                to_bring && free(task) >= f64::from(rules.friend_places)
            },
        ];
        for wanted in wanted {
            if self.picks.len() < context.config.list.length
                && let Some(best) = self.best(wanted)
            {
                self.take(best);
            }
        }
    }

    /// If nothing in the list is done from home in a quarter of an hour, the best such task takes
    /// the place of the last of its kind where that has its share, else of the last one.
    fn ensure_one_from_home(&mut self) {
        let context = self.context;
        if self
            .picks
            .iter()
            .any(|pick| from_home(pick.chosen.task, context))
        {
            return;
        }
        let rules = &context.config.list;
        let at_home = self
            .pool
            .iter()
            .filter(|c| from_home(c.task, context))
            .copied();
        // Neither the list nor its kinds bar it: it will take the place of what does.
        let home = at_home.max_by(|a, b| a.rank.total_cmp(&b.rank).then(b.task.id.cmp(&a.task.id)));
        let Some(home) = home else {
            return;
        };
        let same_kind = |pick: &Pick| pick.chosen.task.kind == home.task.kind;
        if self.picks.iter().filter(|pick| same_kind(pick)).count() >= rules.same_kind_max {
            if let Some(last) = self.picks.iter().rposition(same_kind) {
                self.picks.remove(last);
            }
        } else if self.picks.len() + 1 >= rules.length {
            self.picks.pop();
        }
        self.take(home);
    }

    /// The last place: a starving task that is not too bad for this person, else the least-shown
    /// per free place among those at least half as good as the best. Several least-shown ones are
    /// drawn in proportion to their rank, and the chance of the one drawn is kept.
    fn explore(&mut self, draw: f64) {
        let context = self.context;
        let rules = &context.config.list;
        if self.picks.len() + 1 != rules.length {
            return;
        }
        let best = self
            .pool
            .iter()
            .map(|candidate| candidate.rank)
            .fold(0.0, f64::max);
        let left = |floor: f64| {
            let good = self
                .pool
                .iter()
                .filter(move |c| c.rank > 0.0 && c.rank >= floor * best);
            good.filter(|c| self.discounted(c).is_some())
        };
        let mut field: Vec<_> = left(rules.starving_floor)
            .filter(|c| starves(c.task, context))
            .collect();
        if field.is_empty() {
            field = left(rules.explore_floor).collect();
        }
        let Some(least) = field
            .iter()
            .map(|c| showings(c.task, context))
            .min_by(f64::total_cmp)
        else {
            return;
        };
        field.retain(|c| showings(c.task, context) <= least);
        let total: f64 = field.iter().map(|c| c.rank).sum();
        let mut passed = 0.0;
        let drawn = field.iter().find(|c| {
            passed += c.rank;
            passed > draw * total
        });
        // Rounding, or a draw outside 0..1, may run past the end.
        if let Some(chosen) = drawn.or(field.last()) {
            let pick = Pick {
                chosen: **chosen,
                propensity: chosen.rank / total,
                explored: true,
            };
            self.picks.push(pick);
        }
    }
}

/// Whether it is done from home within a quarter of an hour.
fn from_home(task: &TaskView, context: &Context) -> bool {
    task.remote && task.minutes <= context.config.list.home_minutes
}

/// Whether nobody has seen it for a day.
fn starves(task: &TaskView, context: &Context) -> bool {
    let patience = Duration::hours(context.config.list.starving_hours.into());
    task.unseen_since
        .is_some_and(|since| context.now - since >= patience)
}

/// Showings per free place.
fn showings(task: &TaskView, context: &Context) -> f64 {
    let free = task.free(context.config.equity.pending_share);
    f64::from(task.shown) / free.max(0.5)
}

#[cfg(test)]
mod tests;
