//! How soon work on the database is needed. It goes with the task, so that no use case has to hand
//! it on.

use std::future::Future;

/// How soon: the most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// In its turn: what nothing else was said of.
    Usual,
    /// Before everybody else: saving what was done, signing in, and finding out who asks.
    Soon,
}

tokio::task_local! {
    static URGENCY: Urgency;
}

impl Urgency {
    /// All of them, the most urgent first.
    pub(super) const EVERY: [Self; 2] = [Self::Soon, Self::Usual];

    /// Of the work of this task.
    pub(super) fn of_task() -> Self {
        URGENCY.try_get().unwrap_or(Self::Usual)
    }
}

/// Does `work`, whose every use of the database comes before that of others. What it spawns is
/// again like everything else.
pub async fn urgently<F: Future>(work: F) -> F::Output {
    URGENCY.scope(Urgency::Soon, work).await
}
