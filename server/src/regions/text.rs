//! The names of all regions, kept in one piece of memory.

use std::collections::HashMap;

use super::link::index;

/// A stretch of the tree's text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub start: u32,
    pub len: u32,
}

impl Span {
    pub fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// All texts of the tree behind one another; names that recur, such as cities, stand there once.
#[derive(Default)]
pub(super) struct Text {
    pub all: String,
    seen: HashMap<Box<str>, Span>,
}

impl Text {
    /// Adds a text.
    pub fn push(&mut self, text: &str) -> Span {
        let start = index(self.all.len());
        self.all.push_str(text);
        Span {
            start,
            len: index(text.len()),
        }
    }

    /// Adds a text unless it is there already.
    pub fn once(&mut self, text: &str) -> Span {
        if let Some(&span) = self.seen.get(text) {
            return span;
        }
        let span = self.push(text);
        self.seen.insert(text.into(), span);
        span
    }
}
