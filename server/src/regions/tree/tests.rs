//! The tree as a whole: the default one, made-up others, and broken files.

mod broken;
mod elsewhere;
mod us;

use super::*;

fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

fn codes<'t>(nodes: impl IntoIterator<Item = Node<'t>>) -> Vec<&'t str> {
    nodes.into_iter().map(|node| node.code.as_str()).collect()
}
