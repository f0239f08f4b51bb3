//! What came of the drills, for a terminal and for `docs/DRILLS.md`.

use std::fmt::{self, Write};
use std::time::Duration;

/// How a drill ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every promise was kept.
    Passed,
    /// What was not as promised.
    Failed(Vec<String>),
    /// Why it cannot run on this machine.
    NotRunnable(String),
}

/// A drill that was run, or could not be.
#[derive(Debug, Clone)]
pub struct Row {
    /// `R1`.
    pub promise: &'static str,
    /// Its name on the command line.
    pub name: &'static str,
    /// What is done and expected.
    pub says: &'static str,
    /// What was measured.
    pub figures: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

impl Row {
    /// Whether a promise was broken.
    pub fn failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_))
    }

    /// Whether it could not run.
    pub fn left_out(&self) -> bool {
        matches!(self.verdict, Verdict::NotRunnable(_))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, more) = match &self.verdict {
            Verdict::Passed => ("passed", String::new()),
            Verdict::Failed(faults) => ("FAILED", format!("\n    - {}", faults.join("\n    - "))),
            Verdict::NotRunnable(why) => ("not run", format!("\n    - {why}")),
        };
        let (promise, name, took) = (self.promise, self.name, self.took.as_secs());
        write!(
            f,
            "{word:8} {promise:3} {name} ({took} s)\n    {}{more}",
            self.figures
        )
    }
}

/// A duration as people read it.
pub fn spoken(span: Duration) -> String {
    match span.as_millis() {
        0..100 => format!("{:.1} ms", span.as_secs_f64() * 1e3),
        100..1_000 => format!("{} ms", span.as_millis()),
        _ => format!("{:.2} s", span.as_secs_f64()),
    }
}

/// Milliseconds from `took`, sorted: the middle, 99 of 100, the longest.
pub fn spread(took: &[Duration]) -> String {
    let at = |percent| spoken(muster_tests::drill::Figures::quantile(took, percent));
    format!(
        "half within {}, 99 of 100 within {}, the longest {}",
        at(50),
        at(99),
        at(100)
    )
}

/// The report as a document.
pub fn document(rows: &[Row]) -> String {
    let mut text = String::from(INTRODUCTION);
    let _ = writeln!(
        text,
        "\n## The last run\n\nWritten by `tests/run faults` on {}, {}.\n",
        muster::clock::Clock::System.now().utc().format("%-d %B %Y"),
        machine()
    );
    text.push_str(
        "| | drill | what is done, and what must hold | what was seen | |\n|---|---|---|---|---|\n",
    );
    for row in rows {
        let verdict = match &row.verdict {
            Verdict::Passed => "passed".to_owned(),
            Verdict::Failed(faults) => format!("**failed**: {}", faults.join("; ")),
            Verdict::NotRunnable(why) => format!("not run here: {why}"),
        };
        let (promise, name, says) = (row.promise, row.name, row.says);
        let _ = writeln!(
            text,
            "| {promise} | `{name}` | {says} | {} | {verdict} |",
            row.figures
        );
    }
    text
}

/// The machine, as far as it matters.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory
        .split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok());
    let gib = kib.unwrap_or_default().div_ceil(1 << 20);
    format!(
        "on a machine with {cores} cores and {gib} GiB of memory, which nodes, services and load shared"
    )
}

const INTRODUCTION: &str = "# Drills

Campaigns bet an election day on Muster: what was acknowledged is never lost, and no score is ever wrong. Each promise is proven by a drill that anyone can run:

```
tests/run faults                    # all of them, about an hour; writes this document
tests/run faults --short redis      # a tenth of those whose name contains a word, to try them
tests/run gameday --minutes 60      # faults mixed at random against three nodes; prints its seed
```

A drill starts real nodes (the release build, a process each), a PostgreSQL and a Redis of its own, and people who log what they did through proxies that fail on purpose: late, slow, cut in the middle of an answer, the answer swallowed after the commit, half-open. Every operation and its answer go into a log. At the end a judge reads the ledger:

- what was acknowledged stands there, under the id that was told;
- no key stands there twice, nothing that nobody sent, and what was sent is what is stored;
- every total is the fold of the ledger, and every board of every node shows it;
- every page that followed a board over its socket got each frame after the one before, or the whole board anew;
- no node ended that was not ended, and none panicked.

A drill that cannot run on a machine says so and does not count as passed. A short form of the first ones runs in every `tests/run`.
";
