//! The events, in the past tense.

use serde::{Deserialize, Serialize};

use crate::ids::{SessionId, TaskId, VolunteerId};
use crate::region_code::RegionCode;

/// Something that happened and is committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Totals of these regions moved in these weeks (`2026-W47`).
    ScoresMoved {
        /// Every region whose total moved, ancestors included.
        regions: Vec<RegionCode>,
        /// The weeks.
        weeks: Vec<String>,
        /// What moved them most, for the board's "what moved it".
        deeds: Vec<DeedMoved>,
    },
    /// These sessions ended.
    SessionsEnded {
        /// Which.
        sessions: Vec<SessionId>,
    },
    /// A person's offices or region changed: what is cached about people is stale.
    RolesChanged {
        /// Whose.
        volunteer: VolunteerId,
    },
    /// A region's feed changed.
    FeedMoved {
        /// Which region.
        region: RegionCode,
    },
    /// Something of these people's own changed: points, commitments.
    PeopleMoved {
        /// Whose.
        volunteers: Vec<VolunteerId>,
    },
    /// A task changed, or who is on it.
    TaskMoved {
        /// Which.
        task: TaskId,
    },
    /// The queues of captains changed under these regions.
    QueuesMoved {
        /// Where.
        regions: Vec<RegionCode>,
    },
}

/// One deed that moved a board. Says nothing about who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeedMoved {
    /// The leaf it counted for.
    pub region: RegionCode,
    /// The activity's kind.
    pub kind: String,
    /// Points in hundredths.
    pub points: i64,
}
