//! Posts and comments as answers and pages show them.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Comment, FeedScope, Post};
use crate::clock::Instant;
use crate::ids::{CommentId, PostId, VolunteerId};
use crate::region_code::RegionCode;
use crate::regions::{RegionView, Tree};
use crate::volunteers::Holders;

/// What an author is to the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Belongs to it.
    Member,
    /// Captain of it or of a region above.
    Captain,
    /// HQ.
    Staff,
}

/// Who wrote something: no more than what they call themselves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Author {
    /// Their display name; may be empty.
    pub name: String,
    /// What they are to the region now.
    pub role: Role,
    /// Whether it is the reader.
    pub me: bool,
}

impl Author {
    fn of(
        reader: &FeedScope,
        holders: &Holders,
        region: &RegionCode,
        id: VolunteerId,
        name: String,
    ) -> Self {
        let role = if holders.is_staff(id) {
            Role::Staff
        } else if holders.leads(id, region) {
            Role::Captain
        } else {
            Role::Member
        };
        Self {
            name,
            role,
            me: id == reader.scope.actor(),
        }
    }
}

/// A post with what stands under it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PostView {
    /// Its id.
    pub id: PostId,
    /// To whose people it speaks.
    pub region: RegionView,
    /// Who wrote it.
    pub author: Author,
    /// Plain text.
    pub text: String,
    /// When.
    pub created_at: Instant,
    /// Whether the reader may take it away.
    pub deletable: bool,
    /// Oldest first.
    pub comments: Vec<CommentView>,
}

impl PostView {
    pub(super) fn of<'c>(
        tree: &Tree,
        reader: &FeedScope,
        holders: &Holders,
        post: &Post,
        name: String,
        comments: impl Iterator<Item = &'c (Comment, String)>,
    ) -> Self {
        Self {
            id: post.id,
            region: RegionView::of(tree, &post.region),
            author: Author::of(reader, holders, &post.region, post.author, name),
            text: post.body.clone(),
            created_at: post.created_at,
            deletable: reader.owns(post.author, &post.region),
            comments: comments
                .map(|(comment, name)| {
                    CommentView::of(reader, holders, &post.region, comment, name.clone())
                })
                .collect(),
        }
    }
}

/// A comment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: Author,
    /// Plain text.
    pub text: String,
    /// When.
    pub created_at: Instant,
    /// Whether the reader may take it away.
    pub deletable: bool,
}

impl CommentView {
    pub(super) fn of(
        reader: &FeedScope,
        holders: &Holders,
        region: &RegionCode,
        comment: &Comment,
        name: String,
    ) -> Self {
        Self {
            id: comment.id,
            author: Author::of(reader, holders, region, comment.author, name),
            text: comment.body.clone(),
            created_at: comment.created_at,
            deletable: reader.owns(comment.author, region),
        }
    }
}
