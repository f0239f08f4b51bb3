//! Rows of a feed, and who reads it.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{comments, posts};
use crate::error::Error;
use crate::ids::{CommentId, PostId, VolunteerId};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::sessions::Viewer;

/// A post that stands.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = posts, treat_none_as_default_value = false)]
pub struct Post {
    /// Its id; later posts have higher ones.
    pub id: PostId,
    /// To whose people it speaks.
    pub region: RegionCode,
    /// Who wrote it.
    pub author: VolunteerId,
    /// Plain text.
    pub body: String,
    /// When.
    pub created_at: Instant,
    /// What the author's program or form calls this request, so that it stands once.
    pub key: Option<String>,
}

/// A comment that stands.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments, treat_none_as_default_value = false)]
pub struct Comment {
    /// Its id; later comments have higher ones.
    pub id: CommentId,
    /// Under which post.
    pub post_id: PostId,
    /// Who wrote it.
    pub author: VolunteerId,
    /// Plain text.
    pub body: String,
    /// When.
    pub created_at: Instant,
    /// What the author's program or form calls this request, so that it stands once.
    pub key: Option<String>,
}

/// Who reads a feed: how far they see, and where they belong.
#[derive(Debug, Clone)]
pub struct FeedScope {
    /// What they lead.
    pub scope: Scope,
    /// Their own region.
    pub home: RegionCode,
}

impl FeedScope {
    /// The signed-in person as a reader.
    pub fn of(viewer: &Viewer) -> Self {
        Self {
            scope: viewer.scope(),
            home: viewer.region.clone(),
        }
    }

    /// Whether the feed of `region` is open to them: they belong under it, or lead it.
    pub fn reads(&self, region: &RegionCode) -> bool {
        self.home.is_under(region) || self.scope.leads(region)
    }

    /// [`FeedScope::reads`] as an error: a closed feed looks like none.
    pub fn must_read(&self, region: &RegionCode) -> Result<(), Error> {
        if self.reads(region) {
            Ok(())
        } else {
            Err(Error::NotFound)
        }
    }

    /// Whether they may take away what `author` wrote in `region`.
    pub fn owns(&self, author: VolunteerId, region: &RegionCode) -> bool {
        author == self.scope.actor() || self.scope.leads(region)
    }

    /// [`FeedScope::owns`] as an error.
    pub fn must_own(&self, author: VolunteerId, region: &RegionCode) -> Result<(), Error> {
        if self.owns(author, region) {
            Ok(())
        } else {
            Err(Error::Forbidden("feed-delete-forbidden".into()))
        }
    }
}
