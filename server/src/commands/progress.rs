//! Progress of a long command: a bar on a terminal, plain lines anywhere else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a long command is, on standard error.
#[derive(Clone)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For a command of `steps` steps.
    pub(super) fn new(steps: u64) -> Self {
        Self::shown(|| {
            let bar = ProgressBar::new(steps);
            styled(bar, "{bar:24} {msg}")
        })
    }

    /// For a command that goes through so many `things` that nobody knows before.
    pub(super) fn counting(things: &'static str) -> Self {
        Self::shown(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_message(things);
            styled(bar, "{spinner} {human_pos} {msg}")
        })
    }

    fn shown(bar: impl FnOnce() -> ProgressBar) -> Self {
        let bar = std::io::stderr().is_terminal().then(bar);
        if let Some(bar) = &bar {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// The next step begins: `what` in a few words.
    pub(super) fn step(&self, what: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(what.to_owned());
                bar.inc(1);
            }
            None => eprintln!("{what} …"),
        }
    }

    /// So many are done.
    pub(super) fn at(&self, count: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(count);
        }
    }

    /// Everything is done: the bar makes room for what follows.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
