//! Ties sorted regions into a tree, and sums up what parents have of their children.

use super::distance::Middle;
use super::format::{Plan, Source, TreeError};
use super::node::Entry;

/// A region and the line it was read from, for errors found later.
pub(super) type Draft = (Entry, u64);

/// Gives every region its parent and the end of what lies beneath it.
///
/// # Errors
/// A region that is there twice, or whose parent is not there or of no higher level.
pub(super) fn link(
    plan: &Plan,
    source: &Source<'_>,
    drafts: &mut [Draft],
) -> Result<(), TreeError> {
    let mut above: Vec<usize> = Vec::new();
    for at in 0..drafts.len() {
        let (entry, line) = &drafts[at];
        let (code, level, line) = (entry.code.clone(), usize::from(entry.level), *line);
        let file = plan.levels[level].file.as_deref().unwrap_or("tree.toml");
        let refuse = |what| Err(TreeError::new(&source.title(file), Some(line), what));
        if at > 0 && drafts[at - 1].0.code == code {
            return refuse(format!("the region {code} is there twice"));
        }
        while let Some(&top) = above.last() {
            if code.is_under(&drafts[top].0.code) {
                break;
            }
            drafts[top].0.end = index(at);
            above.pop();
        }
        if at > 0 {
            let parent = above
                .last()
                .copied()
                .filter(|&top| Some(&drafts[top].0.code) == code.parent().as_ref());
            let Some(parent) = parent else {
                return refuse(format!("the region {code} has no parent in the tree"));
            };
            if usize::from(drafts[parent].0.level) >= level {
                return refuse(format!(
                    "the region {code} lies beneath one of its own or a lower level"
                ));
            }
            drafts[at].0.parent = index(parent);
        }
        above.push(at);
    }
    let end = index(drafts.len());
    for open in above {
        drafts[open].0.end = end;
    }
    Ok(())
}

/// Gives parents the people and the weighted middle of their children, where the data has none.
pub(super) fn sum_up(entries: &mut [Entry]) {
    let mut people = vec![0_u32; entries.len()];
    let mut middles = vec![Middle::default(); entries.len()];
    for at in (0..entries.len()).rev() {
        let entry = &mut entries[at];
        let population = *entry.population.get_or_insert(people[at]);
        if let Some(point) = entry.point {
            // Nobody counted is a very little weight, so that empty places alone still have a middle.
            middles[at] = Middle::default();
            middles[at].add(point, f64::from(population) + 0.001);
        } else {
            entry.point = middles[at].point();
        }
        if at > 0 {
            let parent = entry.parent as usize;
            people[parent] = people[parent].saturating_add(population);
            let middle = middles[at];
            middles[parent].join(middle);
        }
    }
}

/// An index as the tree keeps it; a tree of four thousand million regions is refused elsewhere by
/// memory.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
