//! Finding a region by the beginning of its name.

use std::cmp::Reverse;

use super::node::Node;
use super::tree::Tree;

impl Tree {
    /// At most `limit` regions whose name or postcode begins with `text`, case and accents aside:
    /// higher levels first, then the more populous. Nothing for a blank text.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Node<'_>> {
        let wanted: String = folded(text.trim()).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<Node<'_>> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| {
                begins(entry.name.of(&self.text), &wanted)
                    || begins(entry.postcode.of(&self.text), &wanted)
            })
            .map(|(at, _)| self.node(at))
            .collect();
        found.sort_by_key(|node| (node.level.depth, Reverse(node.population), node.code));
        found.truncate(limit);
        found
    }
}

fn begins(name: &str, wanted: &str) -> bool {
    let mut name = folded(name);
    wanted.chars().all(|c| name.next() == Some(c))
}

/// Small letters without the accents of the languages of the Americas and Western Europe.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase).map(|c| match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    })
}
