//! What a region says to its people: posts, answers, recent deeds and the honour roll.
//!
//! Captains and HQ post; everybody who belongs to the region may read and answer. Texts are plain:
//! nothing in them is ever markup.

pub mod api;
mod model;
pub mod pages;
mod roll;
mod rules;
mod standing;
mod store;
mod view;

use serde_json::json;

pub use model::{Comment, FeedScope, Post};
pub use roll::{Deed, Named, active, deeds, honour_roll};
pub use rules::{COMMENTS, LENGTH};
pub use standing::standing;
pub use view::{Author, CommentView, PostView, Role};

use crate::app::App;
use crate::audit;
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{CommentId, PostId};
use crate::prose;
use crate::region_code::RegionCode;
use crate::regions::Tree;
use crate::scope::Scope;
use crate::volunteers;

/// Posts of `regions` older than `before`, newest first, with their comments; regions that `reader`
/// may not read give nothing.
pub fn posts(
    conn: &mut Conn,
    tree: &Tree,
    reader: &FeedScope,
    regions: &[RegionCode],
    before: Option<PostId>,
    limit: i64,
) -> Result<Vec<PostView>, Error> {
    let posts = store::list_posts(conn, reader, regions, before, limit)?;
    let ids: Vec<PostId> = posts.iter().map(|(post, _)| post.id).collect();
    let comments = store::list_comments(conn, reader, &ids)?;
    let people: Vec<_> = posts
        .iter()
        .map(|(post, _)| post.author)
        .chain(comments.iter().map(|(comment, _)| comment.author))
        .collect();
    let offices = volunteers::offices_of(conn, &people)?;
    Ok(posts
        .into_iter()
        .map(|(post, name)| {
            let under = comments
                .iter()
                .filter(|(comment, _)| comment.post_id == post.id);
            PostView::of(tree, reader, &offices, &post, name, under)
        })
        .collect())
}

/// What somebody wrote, and whether it stood there already under the same key.
pub struct Stands<T> {
    /// As its author sees it.
    pub view: T,
    /// True when nothing was written now.
    pub replayed: bool,
}

/// Whether what was written under a key can answer for what comes under it again.
fn stands_still(body: &str, same: bool) -> Result<(), Error> {
    if body.is_empty() {
        // Taken away since: nothing of the text stays.
        Err(Error::NotFound)
    } else if same {
        Ok(())
    } else {
        Err(Error::field("Idempotency-Key", "ledger-key-reused"))
    }
}

/// Writes a post to a region, once for each `key`.
///
/// # Errors
/// `Invalid` on `text`, or for a key that came with another text; `NotFound` too for a key whose post was
/// taken away; `NotFound` for a reader to whom the region is closed; `Forbidden` for one
/// who may read but does not lead it.
pub async fn post(
    app: &App,
    reader: FeedScope,
    region: &RegionCode,
    text: &str,
    key: Option<String>,
) -> Result<Stands<PostView>, Error> {
    reader.must_read(region)?;
    if !reader.scope.leads(region) {
        return Err(Error::Forbidden("feed-post-forbidden".into()));
    }
    let (now, tree) = (app.clock.now(), app.tree.clone());
    let post = Post {
        id: PostId::fresh(now),
        region: region.clone(),
        author: reader.scope.actor(),
        body: prose::needed("text", text, LENGTH)?,
        created_at: now,
        key,
    };
    let stands = app
        .db
        .write(move |conn| {
            // Who writes twice at once waits here, so that the second finds what the first wrote.
            volunteers::hold(conn, &Scope::System, post.author)?;
            if let Some(first) = store::find_post_by_key(conn, &reader, post.key.as_deref())? {
                let same = (&first.region, &first.body) == (&post.region, &post.body);
                stands_still(&first.body, same)?;
                let view = one(conn, &tree, &reader, &first)?;
                return Ok(Stands {
                    view,
                    replayed: true,
                });
            }
            store::insert_post(conn, &reader, &post)?;
            let line = json!({"post": post.id, "region": post.region});
            audit::append(conn, &reader.scope, "post_written", &line, now)?;
            let view = one(conn, &tree, &reader, &post)?;
            Ok(Stands {
                view,
                replayed: false,
            })
        })
        .await?;
    moved(app, region.clone());
    Ok(stands)
}

/// Answers a post, once for each `key`.
///
/// # Errors
/// `Invalid` on `text`, or for a key that came with another text; `NotFound` too for a key whose comment was
/// taken away; `NotFound` when the post is not there for `reader`; `Conflict` when the
/// discussion is full; `TooMany` for somebody who writes faster than people do.
pub async fn comment(
    app: &App,
    reader: FeedScope,
    post: PostId,
    text: &str,
    key: Option<String>,
) -> Result<Stands<CommentView>, Error> {
    let body = prose::needed("text", text, LENGTH)?;
    let now = app.clock.now();
    let (stands, region) = app
        .db
        .write(move |conn| {
            volunteers::hold(conn, &Scope::System, reader.scope.actor())?;
            let post = found(conn, &reader, post)?;
            if let Some(first) = store::find_comment_by_key(conn, &reader, key.as_deref())? {
                let same = (first.post_id, &first.body) == (post.id, &body);
                stands_still(&first.body, same)?;
                let name = volunteers::find(conn, &Scope::System, first.author)?.name;
                let offices = volunteers::offices_of(conn, &[first.author])?;
                let view = CommentView::of(&reader, &offices, &post.region, &first, name);
                return Ok((
                    Stands {
                        view,
                        replayed: true,
                    },
                    post.region,
                ));
            }
            let (here, lately) = store::count_comments(conn, &reader, post.id, now - rules::SPAN)?;
            rules::may_comment(here, lately)?;
            let comment = Comment {
                id: CommentId::fresh(now),
                post_id: post.id,
                author: reader.scope.actor(),
                body,
                created_at: now,
                key,
            };
            let name = store::insert_comment(conn, &reader, &comment)?;
            let offices = volunteers::offices_of(conn, &[comment.author])?;
            let view = CommentView::of(&reader, &offices, &post.region, &comment, name);
            Ok((
                Stands {
                    view,
                    replayed: false,
                },
                post.region,
            ))
        })
        .await?;
    moved(app, region);
    Ok(stands)
}

/// Takes a post away, with what stands under it: its author, the region's captain or HQ.
///
/// # Errors
/// `NotFound` when it is not there for `reader`, `Forbidden` when it is somebody else's.
pub async fn delete_post(app: &App, reader: FeedScope, post: PostId) -> Result<RegionCode, Error> {
    let now = app.clock.now();
    let region = app
        .db
        .write(move |conn| {
            let post = found(conn, &reader, post)?;
            reader.must_own(post.author, &post.region)?;
            store::delete_post(conn, &reader, post.id, now)?;
            let line = json!({"post": post.id, "region": post.region, "author": post.author});
            audit::append(conn, &reader.scope, "post_deleted", &line, now)?;
            Ok(post.region)
        })
        .await?;
    moved(app, region.clone());
    Ok(region)
}

/// Takes a comment away: its author, the region's captain or HQ.
///
/// # Errors
/// `NotFound` when it is not there for `reader`, `Forbidden` when it is somebody else's.
pub async fn delete_comment(
    app: &App,
    reader: FeedScope,
    post: PostId,
    comment: CommentId,
) -> Result<RegionCode, Error> {
    let now = app.clock.now();
    let region = app
        .db
        .write(move |conn| {
            let found = store::find_comment(conn, &reader, comment)?;
            let (comment, region) = found
                .filter(|(comment, _)| comment.post_id == post)
                .ok_or(Error::NotFound)?;
            reader.must_own(comment.author, &region)?;
            store::delete_comment(conn, &reader, comment.id, now)?;
            if comment.author != reader.scope.actor() {
                let line = json!({"comment": comment.id, "author": comment.author});
                audit::append(conn, &reader.scope, "comment_deleted", &line, now)?;
            }
            Ok(region)
        })
        .await?;
    moved(app, region.clone());
    Ok(region)
}

/// The region a post speaks to, if it is there for `reader`.
pub async fn region_of(app: &App, reader: FeedScope, post: PostId) -> Result<RegionCode, Error> {
    app.db
        .read(move |conn| Ok(found(conn, &reader, post)?.region))
        .await
}

fn found(conn: &mut Conn, reader: &FeedScope, post: PostId) -> Result<Post, Error> {
    store::find_post(conn, reader, post)?.ok_or(Error::NotFound)
}

fn one(conn: &mut Conn, tree: &Tree, reader: &FeedScope, post: &Post) -> Result<PostView, Error> {
    let offices = volunteers::offices_of(conn, &[post.author])?;
    let name = volunteers::find(conn, &reader.scope, post.author)?.name;
    Ok(PostView::of(tree, reader, &offices, post, name, [].iter()))
}

fn moved(app: &App, region: RegionCode) {
    app.cluster.publish(Event::FeedMoved { region });
}
