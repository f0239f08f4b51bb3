//! What came of a load, counted.

use std::fmt::Write;
use std::time::Duration;

use muster::http::Class;

use super::flood::{Came, Outcome};
use crate::numbers::{quantile, rate, real, short};

/// The outcomes of one load.
pub struct Tally {
    over: Vec<Outcome>,
    time: Duration,
}

impl Tally {
    /// Of a load of `time`.
    pub fn new(over: Vec<Outcome>, time: Duration) -> Self {
        Self { over, time }
    }

    /// Right answers a second that came while the load lasted.
    pub fn throughput(&self) -> f64 {
        let end = self.time.as_micros();
        let within = |one: &&Outcome| u128::from(one.due) + u128::from(one.took) <= end;
        let count = self.came(Came::Answer).filter(within).count() as u64;
        rate(count, self.time)
    }

    fn came(&self, came: Came) -> impl Iterator<Item = &Outcome> {
        self.over.iter().filter(move |one| one.came == came)
    }

    /// How many came to that.
    pub fn count(&self, came: Came) -> u64 {
        self.came(came).count() as u64
    }

    /// Milliseconds within which 99 of 100 of them were over.
    pub fn p99(&self, came: Came) -> f64 {
        millis(self.came(came).map(|one| one.took).collect(), 0.99)
    }

    /// Milliseconds that the load itself was late with 99 of 100.
    pub fn lateness(&self) -> f64 {
        millis(self.over.iter().map(|one| one.late).collect(), 0.99)
    }

    /// The share of a class that was answered rightly, of what was asked.
    pub fn let_in(&self, class: Class) -> f64 {
        let of = || self.over.iter().filter(|one| one.ask.class == class);
        let answered = of().filter(|one| one.came == Came::Answer).count() as u64;
        real(answered) / real(of().count().max(1) as u64)
    }

    /// Numbers of the activities that were acknowledged.
    pub fn acknowledged(&self) -> impl Iterator<Item = u32> {
        self.came(Came::Answer).filter_map(|one| one.ask.activity)
    }

    /// The first second from which on every second has its 99 of 100 within `bound` ms, and nobody
    /// refused; the length of the load where there is none.
    pub fn calm_from(&self, bound: f64) -> f64 {
        let mut from = 0;
        for second in 0..self.time.as_secs() {
            let within = |one: &&Outcome| u64::from(one.due) / 1_000_000 == second;
            let of: Vec<&Outcome> = self.over.iter().filter(within).collect();
            let refused = of.iter().any(|one| one.came != Came::Answer);
            if refused || millis(of.iter().map(|one| one.took).collect(), 0.99) > bound {
                from = second + 1;
            }
        }
        real(from)
    }

    /// Each second: answered, refused, unanswered, and within which time 99 of 100 were answered.
    pub fn seconds(&self) -> String {
        let mut text = String::new();
        for second in 0..self.time.as_secs() {
            let of = |came| {
                let within = move |one: &&Outcome| u64::from(one.due) / 1_000_000 == second;
                let all: Vec<u32> = self.came(came).filter(within).map(|one| one.took).collect();
                (all.len(), millis(all, 0.99))
            };
            let ((answered, late), (refused, soon)) = (of(Came::Answer), of(Came::Refusal));
            let nothing = of(Came::Nothing).0;
            let _ = writeln!(
                text,
                "    {second:>3} s: {answered} answered ({} ms), {refused} refused ({} ms), {nothing} lost",
                short(late),
                short(soon)
            );
        }
        text
    }

    /// A table of the classes, the most urgent first.
    pub fn by_class(&self) -> String {
        let mut text = String::from(
            "| class | asked a second | let in | refused | unanswered | let in: half, 99 of 100 | \
             refused: half, 99 of 100 |\n|---|---|---|---|---|---|---|\n",
        );
        for (class, name) in Class::EVERY.iter().rev() {
            let of = || self.over.iter().filter(|one| one.ask.class == *class);
            let asked = of().count() as u64;
            let part = |came| {
                let count = of().filter(|one| one.came == came).count() as u64;
                format!("{:.1} %", 100.0 * real(count) / real(asked.max(1)))
            };
            let spans = |came| {
                let all = || {
                    of().filter(|one| one.came == came)
                        .map(|one| one.took)
                        .collect()
                };
                let (half, most) = (millis(all(), 0.5), millis(all(), 0.99));
                format!("{}, {} ms", short(half), short(most))
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} | {} | {} |",
                short(rate(asked, self.time)),
                part(Came::Answer),
                part(Came::Refusal),
                part(Came::Nothing),
                spans(Came::Answer),
                spans(Came::Refusal),
            );
        }
        text
    }
}

fn millis(mut micros: Vec<u32>, share: f64) -> f64 {
    micros.sort_unstable();
    f64::from(quantile(&micros, share)) / 1000.0
}
