//! Why this task: the two strongest terms that have something true to say, and one honest caveat
//! (matching.md, Saying why).
//!
//! Nothing is said that was guessed: a term whose value stands for "not known" gives a caveat, and
//! never a reason.

use super::codes::{Caveat, Reason, tenth};
use super::features::{Context, PersonView, TaskView};
use super::score::{Scored, Term, scale_km};

/// Up to two reasons, the strongest first, and at most one caveat: the one that costs most.
pub fn explain(
    person: &PersonView,
    task: &TaskView,
    scored: &Scored,
    context: &Context,
) -> (Vec<Reason>, Option<Caveat>) {
    (
        reasons(person, task, scored, context),
        caveat(person, task, scored, context),
    )
}

fn reasons(
    person: &PersonView,
    task: &TaskView,
    scored: &Scored,
    context: &Context,
) -> Vec<Reason> {
    let terms = scored.terms(context);
    let mut said: Vec<(f64, Reason)> = Term::ALL
        .into_iter()
        .zip(terms)
        .filter_map(|(term, strength)| {
            let reason = reason(term, person, task, scored, context)?;
            // Without a required language the task would not be here at all: that outweighs the
            // small weight of the term.
            let strength = match &reason {
                Reason::Language { required: true, .. } => context.config.weights.skill,
                _ => strength,
            };
            (strength > 0.0).then_some((strength, reason))
        })
        .collect();
    said.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut reasons: Vec<_> = said.into_iter().map(|(_, reason)| reason).collect();
    drop_repetition(&mut reasons, context);
    reasons.truncate(context.config.reasons.count);
    reasons
}

/// Spanish can be both a skill and a language: it is told once.
fn drop_repetition(reasons: &mut Vec<Reason>, context: &Context) {
    let spoken = reasons.iter().find_map(|reason| match reason {
        Reason::Language { language, .. } => context.config.language.skills.get(language),
        _ => None,
    });
    let Some(slug) = spoken.cloned() else {
        return;
    };
    reasons.retain(|reason| !matches!(reason, Reason::Skill { skill, .. } if *skill == slug));
}

/// What is true about one term, if anything worth saying is.
fn reason(
    term: Term,
    person: &PersonView,
    task: &TaskView,
    scored: &Scored,
    context: &Context,
) -> Option<Reason> {
    match term {
        Term::Skill => skill(person, task, context),
        Term::Distance if task.remote => Some(Reason::Home {
            minutes: task.minutes,
        }),
        Term::Distance => {
            let feature = scored.features[Term::Distance as usize];
            let km = scored
                .km
                .filter(|_| feature >= context.config.reasons.near_share)?;
            Some(Reason::Distance { km: tenth(km) })
        }
        Term::Time => time(person, task),
        Term::Ladder => ladder(person, task),
        Term::Interest => interest(person, task),
        Term::Language => language(person, task, context),
        Term::Known => (scored.features[Term::Known as usize] > 0.0).then_some(Reason::KnownPerson),
    }
}

/// The weightiest skill asked for that the person has at its level.
fn skill(person: &PersonView, task: &TaskView, context: &Context) -> Option<Reason> {
    let met = task.skills.iter().filter(|need| {
        let level = person.level(need.skill);
        level > 0 && level >= need.level
    });
    let best = met.max_by(|a, b| {
        let weight = |need: &&super::features::SkillNeed| {
            (need.required, need.weight * context.skills.idf(need.skill))
        };
        let (a, b) = (weight(a), weight(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    })?;
    Some(Reason::Skill {
        skill: context.skills.slug(best.skill).to_owned(),
        required: best.required,
    })
}

fn time(person: &PersonView, task: &TaskView) -> Option<Reason> {
    let Some(span) = task.when.span() else {
        return Some(Reason::AnyTime);
    };
    let free = person.declared_slots()?;
    let all = span.slots.first_outside(free).is_none();
    all.then_some(Reason::Time { slot: span.first })
}

fn ladder(person: &PersonView, task: &TaskView) -> Option<Reason> {
    if task.rung == person.rung.saturating_add(1) {
        if person.rung == 0 {
            return Some(Reason::FirstStep);
        }
        // Of two kinds done equally often, the first by name.
        let (kind, history) = person
            .kinds
            .iter()
            .rev()
            .max_by_key(|(_, history)| history.done)?;
        let count = history.done;
        return (count > 0).then(|| Reason::NextStep {
            kind: kind.clone(),
            count,
        });
    }
    let count = person.kinds.get(&task.kind)?.done;
    (task.rung <= person.rung && count > 0).then(|| Reason::DoneBefore {
        kind: task.kind.clone(),
        count,
    })
}

fn interest(person: &PersonView, task: &TaskView) -> Option<Reason> {
    let kind = || task.kind.clone();
    let history = person.kinds.get(&task.kind).copied().unwrap_or_default();
    if history.not_my_thing > 0 {
        return None;
    }
    if person.interests.contains(&task.kind) {
        return Some(Reason::Enjoys { kind: kind() });
    }
    let count = history.accepted;
    (count > 0).then(|| Reason::SaidYes {
        kind: kind(),
        count,
    })
}

/// A declared language at its level; the campaign's own goes without saying.
fn language(person: &PersonView, task: &TaskView, context: &Context) -> Option<Reason> {
    let default = &context.config.language.default;
    let met = task.languages.iter().filter(|need| {
        need.language != *default
            && person
                .languages
                .get(&need.language)
                .is_some_and(|level| *level >= need.level.max(1))
    });
    let best = met.max_by_key(|need| need.required)?;
    Some(Reason::Language {
        language: best.language.clone(),
        required: best.required,
    })
}

fn caveat(
    person: &PersonView,
    task: &TaskView,
    scored: &Scored,
    context: &Context,
) -> Option<Caveat> {
    let weights = context.config.weights.array();
    let said = Term::ALL.into_iter().filter_map(|term| {
        let lost = weights[term as usize] * (1.0 - scored.features[term as usize]);
        Some((lost, doubt(term, person, task, scored, context)?))
    });
    said.max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, caveat)| caveat)
}

/// What is guessed or amiss about one term, if anything is.
fn doubt(
    term: Term,
    person: &PersonView,
    task: &TaskView,
    scored: &Scored,
    context: &Context,
) -> Option<Caveat> {
    match term {
        Term::Skill if task.skills.is_empty() => None,
        Term::Skill if person.skills.is_empty() => Some(Caveat::SkillsUnknown),
        Term::Skill => {
            let lacking = task
                .skills
                .iter()
                .filter(|need| person.level(need.skill) < need.level);
            let worst = lacking.max_by(|a, b| {
                let weight = |need: &super::features::SkillNeed| {
                    need.weight * context.skills.idf(need.skill)
                };
                weight(a).total_cmp(&weight(b))
            })?;
            Some(Caveat::SkillMissing {
                skill: context.skills.slug(worst.skill).to_owned(),
            })
        }
        Term::Distance if task.remote => None,
        Term::Distance => {
            let Some(km) = scored.km else {
                return Some(Caveat::DistanceUnknown);
            };
            match person.travel_km {
                Some(own) => (km > own).then(|| Caveat::Farther { km: tenth(km) }),
                None => (km > scale_km(person, context))
                    .then(|| Caveat::TravelGuessed { km: tenth(km) }),
            }
        }
        Term::Time => {
            let guessed = task.when.span().is_some() && person.declared_slots().is_none();
            guessed.then_some(Caveat::TimeGuessed)
        }
        Term::Ladder => (task.rung > person.rung.saturating_add(1)).then_some(Caveat::BigStep),
        Term::Interest | Term::Known => None,
        Term::Language => {
            let default = &context.config.language.default;
            let spoken = |need: &super::features::LanguageNeed| {
                person.speaks(&need.language, default) >= need.level.max(1)
            };
            if task.languages.iter().any(spoken) {
                return None;
            }
            let wanted = task.languages.first()?;
            Some(Caveat::LanguageWanted {
                language: wanted.language.clone(),
            })
        }
    }
}

#[cfg(test)]
mod tests;
