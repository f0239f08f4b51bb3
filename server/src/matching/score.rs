//! How well a task suits a person: seven features, a probability, a rank (matching.md, Score).
//!
//! The same numbers serve "tasks for a person" and "people for a task": there is one formula.

use super::features::{Context, PersonView, TaskView};

/// The seven terms of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Knows what is asked for.
    Skill,
    /// How near.
    Distance,
    /// When.
    Time,
    /// The next step.
    Ladder,
    /// What was taken before.
    Interest,
    /// The language the task would like.
    Language,
    /// Somebody they know goes.
    Known,
}

impl Term {
    /// All of them, in the order of every array of seven here.
    pub const ALL: [Self; 7] = [
        Self::Skill,
        Self::Distance,
        Self::Time,
        Self::Ladder,
        Self::Interest,
        Self::Language,
        Self::Known,
    ];

    /// The key of its name in the catalogue, for the bars that staff see.
    pub fn key(self) -> &'static str {
        match self {
            Self::Skill => "matching-term-skill",
            Self::Distance => "matching-term-distance",
            Self::Time => "matching-term-time",
            Self::Ladder => "matching-term-ladder",
            Self::Interest => "matching-term-interest",
            Self::Language => "matching-term-language",
            Self::Known => "matching-term-known",
        }
    }
}

/// A task judged for a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The features, each in 0..=1, in the order of [`Term::ALL`].
    pub features: [f64; 7],
    /// The chance that they say yes, in 0..=1.
    pub p: f64,
    /// What lists are ordered by: p with the task's need, fill and priority; not below 0.
    pub rank: f64,
    /// How far it is, where both places are known, in km.
    pub km: Option<f64>,
}

impl Scored {
    /// `w·f` of each term: the length of its bar.
    pub fn terms(&self, context: &Context) -> [f64; 7] {
        let weights = context.config.weights.array();
        std::array::from_fn(|term| weights[term] * self.features[term])
    }
}

/// Judges a task for a person. It does not ask whether the task may be offered: `filter` does.
pub fn score(person: &PersonView, task: &TaskView, context: &Context) -> Scored {
    let km = if task.remote {
        None
    } else {
        person.km_to(task)
    };
    let features = [
        skill(person, task, context),
        distance(person, task, km, context),
        time(person, task, context),
        ladder(person, task, context),
        interest(person, &task.kind, context),
        language(person, task, context),
        known(person, task),
    ];
    let weights = context.config.weights.array();
    let sum: f64 = weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum();
    let acceptance = &context.config.acceptance;
    let p = sigmoid(acceptance.intercept + acceptance.slope * sum) * appeal(task, context);
    let p = p.min(1.0);
    Scored {
        features,
        p,
        rank: p * pull(task, context),
        km,
    }
}

/// `Σ i·idf·min(1, have/need) / Σ i·idf`. The "nothing known" value where the person has declared
/// no skills or the task asks none; and the least for somebody who has any skill asked for, so that
/// telling us of a fitting skill never costs anybody.
fn skill(person: &PersonView, task: &TaskView, context: &Context) -> f64 {
    let unknown = context.config.skill.unknown;
    if person.skills.is_empty() || task.skills.is_empty() {
        return unknown;
    }
    let (mut met, mut asked, mut any) = (0.0, 0.0, false);
    for need in &task.skills {
        let weight = positive(need.weight) * context.skills.idf(need.skill);
        let level = person.level(need.skill);
        met += weight * (f64::from(level) / f64::from(need.level.max(1))).min(1.0);
        asked += weight;
        any |= level > 0;
    }
    if asked <= 0.0 {
        return unknown;
    }
    if any {
        (met / asked).clamp(unknown, 1.0)
    } else {
        0.0
    }
}

/// `exp(−d/scale)`; each "too far" answered shortens the scale.
fn distance(person: &PersonView, task: &TaskView, km: Option<f64>, context: &Context) -> f64 {
    let rules = &context.config.distance;
    if task.remote {
        return rules.remote;
    }
    let Some(km) = km else {
        return rules.unknown;
    };
    (-km / scale_km(person, context)).exp()
}

/// The kilometres at which this person's wish to go has fallen to 1/e.
pub(super) fn scale_km(person: &PersonView, context: &Context) -> f64 {
    let rules = &context.config.distance;
    let scale = if person.rural {
        rules.rural_scale_km
    } else {
        rules.scale_km
    };
    if person.too_far == 0 {
        return scale;
    }
    scale
        * rules
            .too_far_factor
            .powf(person.too_far.into())
            .max(rules.too_far_floor)
}

fn time(person: &PersonView, task: &TaskView, context: &Context) -> f64 {
    let rules = &context.config.time;
    match (task.when.span(), person.declared_slots()) {
        (None, _) => rules.flexible,
        // A task outside what was declared is filtered out before; judged all the same, it gets 0.
        (Some(span), Some(free)) if span.slots.first_outside(free).is_some() => 0.0,
        (Some(_), Some(_)) => rules.declared,
        (Some(_), None) if task.remote => rules.flexible,
        (Some(_), None) => rules.undeclared,
    }
}

fn ladder(person: &PersonView, task: &TaskView, context: &Context) -> f64 {
    let rules = &context.config.ladder;
    let top = rules.rungs;
    match i16::from(task.rung.min(top)) - i16::from(person.rung.min(top)) {
        ..0 => rules.below,
        0 => rules.same,
        1 => rules.next,
        2 => rules.two_up,
        _ => rules.more,
    }
}

/// `(accepted of this kind + 6·p̄)/(shown + 6)`, clipped at .5, divided by .5. A declared interest
/// counts as offers taken, "not my thing" as offers passed over: both are answers, given at once.
fn interest(person: &PersonView, kind: &str, context: &Context) -> f64 {
    let rules = &context.config.interest;
    let history = person.kinds.get(kind).copied().unwrap_or_default();
    let declared = if person.interests.contains(kind) {
        rules.declared_accepts
    } else {
        0.0
    };
    let accepted = f64::from(history.accepted) + declared;
    // Accepted from an invitation, a task may never have been shown in a list.
    let shown = f64::from(history.shown.max(history.accepted))
        + declared
        + rules.not_my_thing_shows * f64::from(history.not_my_thing);
    let rate = (accepted + rules.prior_weight * rules.prior_rate) / (shown + rules.prior_weight);
    rate.min(rules.clip) / rules.clip
}

/// 1 speaks a language the task asks for, ½ less well than asked or none is asked, 0 does not.
fn language(person: &PersonView, task: &TaskView, context: &Context) -> f64 {
    let rules = &context.config.language;
    if task.languages.is_empty() {
        return rules.neutral;
    }
    let judged =
        task.languages
            .iter()
            .map(|need| match person.speaks(&need.language, &rules.default) {
                0 => rules.lacks,
                level if level < need.level => rules.neutral,
                _ => rules.speaks,
            });
    judged.fold(0.0, f64::max)
}

fn known(person: &PersonView, task: &TaskView) -> f64 {
    let somebody =
        !person.knows.is_empty() && task.going.iter().any(|id| person.knows.contains(id));
    f64::from(u8::from(somebody))
}

/// A: whether people take this task more or less often than foreseen.
fn appeal(task: &TaskView, context: &Context) -> f64 {
    let smoothing = context.config.acceptance.smoothing;
    (positive(task.accepts) + smoothing) / (positive(task.expected) + smoothing)
}

/// `(1 + ½·need)·ψ(x)^½·priority`: what the task adds to everybody's p alike.
fn pull(task: &TaskView, context: &Context) -> f64 {
    let rules = &context.config.equity;
    let slots = f64::from(task.slots.max(1));
    let free = task.free(rules.pending_share);
    let need = ((free - positive(task.exposure)) / slots).clamp(0.0, 1.0);
    let filled = (f64::from(task.accepted) / slots).min(1.0);
    (1.0 + rules.need_boost * need)
        * openness(filled).powf(rules.fill_exponent)
        * priority(task, context)
}

/// `ψ(x) = (1 − e^(x−1))/(1 − e^(−1))`: 1 for an empty task, 0 for a full one (`SmartSort`, Manshadi
/// and others).
fn openness(filled: f64) -> f64 {
    (1.0 - (filled - 1.0).exp()) / (1.0 - (-1.0_f64).exp())
}

/// HQ's priority times `1 + ½·σ((48 − hours left)/12)`; nothing is urgent that has no deadline.
fn priority(task: &TaskView, context: &Context) -> f64 {
    let rules = &context.config.equity;
    let set = if task.priority.is_nan() {
        1.0
    } else {
        task.priority
    };
    let set = set.clamp(rules.priority_min, rules.priority_max);
    let Some(deadline) = task.when.deadline() else {
        return set;
    };
    let hours_left = (deadline - context.now).as_seconds_f64() / 3600.0;
    let pressing = sigmoid((rules.urgency_hours - hours_left) / rules.urgency_scale_hours);
    set * (1.0 + rules.urgency_boost * pressing)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A number that can be counted with: not below 0, not endless, never NaN.
fn positive(value: f64) -> f64 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1e9)
    }
}

#[cfg(test)]
mod tests;
