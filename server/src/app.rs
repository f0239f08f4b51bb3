//! Everything a use case needs, built once and handed around; no globals.

use std::sync::Arc;

use crate::activities::Missions;
use crate::clock::Clock;
use crate::cluster::Cluster;
use crate::db::Db;
use crate::http::{Assets, Front};
use crate::ledger::{Ledger, ScoringConfig};
use crate::live::Hub;
use crate::mailer::Mailer;
use crate::matching::Matcher;
use crate::me::Erasures;
use crate::races::Boards;
use crate::regions::Tree;
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::trace::Tracer;
use crate::words::Words;

/// The house; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The settings, `public_url` filled in.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// The other nodes.
    pub cluster: Cluster,
    /// The live sockets of this node.
    pub hub: Hub,
    /// The boards of this node.
    pub boards: Boards,
    /// Mail.
    pub mailer: Mailer,
    /// Who is signed in.
    pub sessions: Sessions,
    /// The message catalogue.
    pub words: Words,
    /// The region tree.
    pub tree: Arc<Tree>,
    /// The weights and caps of scores.
    pub scoring: Arc<ScoringConfig>,
    /// What counts more in which week.
    pub missions: Missions,
    /// The only writer of points.
    pub ledger: Ledger,
    /// Which task for whom.
    pub matcher: Matcher,
    /// The list of who left.
    pub erasures: Erasures,
    /// Where traces go, where they are wanted.
    pub tracer: Option<Tracer>,
    /// Styles, scripts and pictures.
    pub assets: Assets,
}

impl App {
    /// What the HTTP layer needs of the house.
    pub fn front(&self) -> Front {
        Front {
            sessions: self.sessions.clone(),
            db: self.db.clone(),
            clock: self.clock.clone(),
            words: self.words.clone(),
            settings: self.settings.clone(),
            assets: self.assets.clone(),
        }
    }

    /// The address of a page, for links in mails: from the settings, never from a request.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url.trim_end_matches('/'))
    }
}
