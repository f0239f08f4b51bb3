//! What the writer of the ledger tells of its work.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// Counted by the writer and its callers, shown by `metrics`; cheap to clone.
#[derive(Clone)]
pub struct Counts {
    /// Entries of each batch.
    pub batch: Histogram,
    /// Seconds from the first statement of a batch to the end of its commit.
    pub commit: Histogram,
    /// Batches that could not be committed.
    pub failed: Counter,
    /// Entries that found the queue full.
    pub refused: Counter,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            batch: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            commit: Histogram::new(exponential_buckets(0.001, 2.0, 13)),
            failed: Counter::default(),
            refused: Counter::default(),
        }
    }
}
