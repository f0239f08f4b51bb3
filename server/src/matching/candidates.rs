//! People for a task: the same filters and the same score as tasks for a person.

use super::codes::{Caveat, Reason};
use super::features::{Context, PersonView, TaskView};
use super::filter;
use super::reasons;
use super::score::{Scored, score};
use super::why_not::WhyNot;

/// Somebody who might do a task, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Who.
    pub person_id: i64,
    /// Features, chance and rank; `Scored::terms` gives the bars.
    pub scored: Scored,
    /// At most two, the strongest first.
    pub reasons: Vec<Reason>,
    /// What speaks against it.
    pub caveat: Option<Caveat>,
}

/// Everybody asked about, in two lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// Who could, the best first; of equal ones the lower id first.
    pub ranked: Vec<Candidate>,
    /// Who could not, in the order given, each with every filter failed.
    pub ruled_out: Vec<(i64, Vec<WhyNot>)>,
}

/// Sorts people by how well a task suits them; says of all others why not.
pub fn candidates<'p>(
    task: &TaskView,
    people: impl IntoIterator<Item = &'p PersonView>,
    context: &Context,
) -> Candidates {
    let mut sorted = Candidates::default();
    for person in people {
        if let Err(why_not) = filter::check(person, task, context) {
            sorted.ruled_out.push((person.id, why_not));
            continue;
        }
        let scored = score(person, task, context);
        let (reasons, caveat) = reasons::explain(person, task, &scored, context);
        sorted.ranked.push(Candidate {
            person_id: person.id,
            scored,
            reasons,
            caveat,
        });
    }
    sorted.ranked.sort_by(|a, b| {
        b.scored
            .rank
            .total_cmp(&a.scored.rank)
            .then(a.person_id.cmp(&b.person_id))
    });
    sorted
}
