//! Rounds, their median and spread, and the table of what was found.

use std::fmt;
use std::time::Duration;

/// The same thing measured once a round.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Adds a round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one; of an even number the lower of the two, and 0 of none.
    pub fn median(&self) -> f64 {
        self.0
            .get(self.0.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or(0.0)
    }

    /// The least and the most; 0 of none.
    pub fn spread(&self) -> (f64, f64) {
        let end = |value: Option<&f64>| value.copied().unwrap_or(0.0);
        (end(self.0.first()), end(self.0.last()))
    }
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are far below 2^52"
)]
pub fn real(count: u64) -> f64 {
    count as f64
}

/// `part` a second over `whole`.
pub fn rate(count: u64, took: Duration) -> f64 {
    real(count) / took.as_secs_f64().max(1e-9)
}

/// The value below which `share` (0 to 1) of sorted `values` lie; 0 of none.
pub fn quantile(values: &[u32], share: f64) -> u32 {
    let last = values.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index between 0 and `last`"
    )]
    let at = (real(last as u64) * share).round() as usize;
    values.get(at).copied().unwrap_or(0)
}

/// What a number should be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// It is told, and nothing is asked of it.
    None,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was measured.
    pub what: String,
    /// Behind the number: `×`, `KiB`, …
    pub unit: &'static str,
    /// A number a round.
    pub rounds: Rounds,
    /// What it should be.
    pub goal: Goal,
    /// What stands behind it, in words.
    pub detail: String,
}

impl Finding {
    /// Whether the median is where it should be.
    pub fn is_met(&self) -> bool {
        match self.goal {
            Goal::AtLeast(least) => self.rounds.median() >= least,
            Goal::AtMost(most) => self.rounds.median() <= most,
            Goal::None => true,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = self.rounds.spread();
        let goal = match self.goal {
            Goal::AtLeast(least) => format!("≥ {} {}", short(least), self.unit),
            Goal::AtMost(most) => format!("≤ {} {}", short(most), self.unit),
            Goal::None => String::new(),
        };
        let verdict = match (self.goal, self.is_met()) {
            (Goal::None, _) => "",
            (_, true) => ", met",
            (_, false) => ", missed",
        };
        write!(
            f,
            "| {} | {} {} | {}–{} | {goal}{verdict} | {} |",
            self.what,
            short(self.rounds.median()),
            self.unit,
            short(least),
            short(most),
            self.detail,
        )
    }
}

/// The head of the table of findings.
pub const HEAD: &str = "| what | median | least–most | goal | behind it |\n|---|---|---|---|---|";

/// With as many digits as say something.
pub fn short(number: f64) -> String {
    if number.abs() >= 1000.0 {
        thousands(number)
    } else if number.abs() >= 100.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else if number.abs() >= 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digit.is_ascii_digit() && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
