//! What a run was asked for.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::campaign::World;
use crate::numbers::Finding;

/// Clients of every load.
pub const CLIENTS: usize = 64;
/// Live sockets.
pub const SOCKETS: usize = 5_000;

/// A run.
pub struct Plan {
    /// The release binary.
    pub program: PathBuf,
    /// This very program, which serves as a peer too.
    pub itself: PathBuf,
    /// Where databases and nodes live.
    pub folder: PathBuf,
    /// The worlds to measure in.
    pub worlds: Vec<World>,
    /// Rounds of everything.
    pub rounds: u32,
    /// How long one load of a round lasts.
    pub time: Duration,
    /// How long more comes than can be answered.
    pub overload: Duration,
    /// When the run began.
    pub began: Instant,
}

impl Plan {
    /// What `measure` finds where several nodes share a PostgreSQL and a Redis; nothing without them.
    ///
    /// # Errors
    /// One sentence.
    pub fn in_production(
        &self,
        measure: impl FnOnce(&Self, &World) -> Result<Vec<Finding>, String>,
    ) -> Result<Vec<Finding>, String> {
        let production = |world: &&World| matches!(world, World::Production { .. });
        (self.worlds.iter().find(production)).map_or(Ok(Vec::new()), |world| measure(self, world))
    }

    /// A line of progress.
    pub fn say(&self, text: &str) {
        eprintln!("[{:>4} s] {text}", self.began.elapsed().as_secs());
    }
}
