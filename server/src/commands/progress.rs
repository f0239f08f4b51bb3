//! Progress of a long command: a bar on a terminal, plain lines anywhere else.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a count is told where there is no bar.
const EVERY: Duration = Duration::from_secs(5);

/// How far a long command is, on standard error.
#[derive(Clone)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    things: &'static str,
    told: Arc<Mutex<Instant>>,
}

impl Progress {
    /// For a command of `steps` steps.
    pub(super) fn new(steps: u64) -> Self {
        Self::shown("", || {
            let bar = ProgressBar::new(steps);
            styled(bar, "{bar:24} {msg}")
        })
    }

    /// For a command that goes through so many `things` that nobody knows before.
    pub(super) fn counting(things: &'static str) -> Self {
        Self::shown(things, || {
            let bar = ProgressBar::new_spinner();
            bar.set_message(things);
            styled(bar, "{spinner} {human_pos} {msg}")
        })
    }

    fn shown(things: &'static str, bar: impl FnOnce() -> ProgressBar) -> Self {
        let bar = std::io::stderr().is_terminal().then(bar);
        if let Some(bar) = &bar {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self {
            bar,
            things,
            told: Arc::new(Mutex::new(Instant::now())),
        }
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
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= EVERY {
            eprintln!("{count} {} …", self.things);
            *told = Instant::now();
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
