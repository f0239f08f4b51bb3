//! Boards as they are computed, sent and kept.

use diesel::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::schema::rosters;
use crate::ledger::{Points, Week};
use crate::region_code::RegionCode;
use crate::regions::RegionView;

/// Where a board is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Rows stand by points; nobody is ranked.
    WarmingUp,
    /// At least three rows are ranked.
    Live,
    /// The week is over for good; nothing on this board changes any more.
    Final,
}

impl Status {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::WarmingUp => "warming_up",
            Self::Live => "live",
            Self::Final => "final",
        }
    }
}

/// One row of a board (contract.md, `GET /api/v1/races/{region}`). Rank, Pace and their bounds are
/// null for an unranked row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoardRow {
    /// The region's code.
    pub region: RegionCode,
    /// The codes this entry stands for.
    pub regions: Vec<RegionCode>,
    /// Its name.
    pub name: String,
    /// From 1; equal Paces share one.
    pub rank: Option<u32>,
    /// Best likely rank.
    pub rank_low: Option<u32>,
    /// Worst likely rank.
    pub rank_high: Option<u32>,
    /// To a tenth; 100 for a typical region on par.
    pub pace: Option<f64>,
    /// Lower end of the likely Pace.
    pub pace_low: Option<f64>,
    /// Upper end.
    pub pace_high: Option<f64>,
    /// Points so far.
    #[schemars(with = "f64")]
    pub points: Points,
    /// Par of the whole week, in points; 0 without members.
    #[schemars(with = "f64")]
    pub par: Points,
    /// The roster of Monday 00:00.
    pub members: u32,
    /// People with an entry this week.
    pub active: u32,
    /// Whether the points have reached par.
    pub made_par: bool,
    /// Points to catch the next better rank; null for the first and the unranked.
    #[schemars(with = "Option<f64>")]
    pub to_next: Option<Points>,
}

/// The board over a region's children in one week.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Board {
    /// Whose children race.
    pub region: RegionView,
    /// The ISO week.
    #[schemars(with = "String")]
    pub week: Week,
    /// Where it is in its life.
    pub status: Status,
    /// Names the node that answers and its start.
    pub epoch: String,
    /// The last frame of this board that node sent over sockets.
    pub seq: u64,
    /// Ranked rows by Pace, then the others by points.
    pub rows: Vec<BoardRow>,
}

/// What a child of the board has done, as the totals say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Points.
    pub points: Points,
    /// People with an entry.
    pub active: u32,
    /// Its roster.
    pub members: u32,
    /// The version of its row: what is newer has a higher one. 0 without a row.
    pub version: i64,
}

/// A roster about to be added to.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = rosters, treat_none_as_default_value = false)]
pub struct RosterPart {
    /// Which region.
    pub region: RegionCode,
    /// Which week.
    pub week: String,
    /// How many members more.
    pub members: i64,
}

/// A deed that moved a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// When this node heard of it.
    pub at: crate::clock::Instant,
    /// Which child of the board it counted for.
    pub child: RegionCode,
    /// The activity's kind.
    pub kind: String,
    /// Its points.
    pub points: Points,
}
