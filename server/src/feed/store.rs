//! The SQL of feeds. Nothing is read without a `FeedScope`, which carries the scope.

use diesel::prelude::*;

use super::{Comment, FeedScope, Post};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{comments, posts, volunteers};
use crate::ids::{CommentId, PostId};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Posts of those of `regions` that `reader` may read, newest first, with their authors' names.
pub fn list_posts(
    conn: &mut Conn,
    reader: &FeedScope,
    regions: &[RegionCode],
    before: Option<PostId>,
    limit: i64,
) -> QueryResult<Vec<(Post, String)>> {
    let open: Vec<&RegionCode> = regions.iter().filter(|code| reader.reads(code)).collect();
    posts::table
        .inner_join(volunteers::table.on(volunteers::id.eq(posts::author)))
        .filter(posts::region.eq_any(open))
        .filter(posts::deleted_at.is_null())
        .filter(posts::id.lt(before.map_or(i64::MAX, |post| post.0)))
        .order(posts::id.desc())
        .limit(limit)
        .select((Post::as_select(), volunteers::name))
        .load(conn)
}

/// Comments under posts that `reader` was given, oldest first, with their authors' names.
pub fn list_comments(
    conn: &mut Conn,
    reader: &FeedScope,
    under: &[PostId],
) -> QueryResult<Vec<(Comment, String)>> {
    let rows: Vec<(Comment, String, RegionCode)> = comments::table
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .inner_join(volunteers::table.on(volunteers::id.eq(comments::author)))
        .filter(comments::post_id.eq_any(under))
        .filter(comments::deleted_at.is_null())
        .order(comments::id)
        .select((Comment::as_select(), volunteers::name, posts::region))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter(|(_, _, region)| reader.reads(region))
        .map(|(comment, name, _)| (comment, name))
        .collect())
}

pub fn find_post(conn: &mut Conn, reader: &FeedScope, id: PostId) -> QueryResult<Option<Post>> {
    let post: Option<Post> = posts::table
        .filter(posts::id.eq(id))
        .filter(posts::deleted_at.is_null())
        .select(Post::as_select())
        .first(conn)
        .optional()?;
    Ok(post.filter(|post| reader.reads(&post.region) || post.author == reader.scope.actor()))
}

/// The comment with its post's region, if `reader` may read it or wrote it.
pub fn find_comment(
    conn: &mut Conn,
    reader: &FeedScope,
    id: CommentId,
) -> QueryResult<Option<(Comment, RegionCode)>> {
    let row: Option<(Comment, RegionCode)> = comments::table
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .filter(comments::id.eq(id))
        .filter(comments::deleted_at.is_null())
        .select((Comment::as_select(), posts::region))
        .first(conn)
        .optional()?;
    Ok(row
        .filter(|(comment, region)| reader.reads(region) || comment.author == reader.scope.actor()))
}

/// What the reader wrote as a post under `key`, without its text if it was taken away since.
pub fn find_post_by_key(
    conn: &mut Conn,
    reader: &FeedScope,
    key: Option<&str>,
) -> QueryResult<Option<Post>> {
    let Some(key) = key else { return Ok(None) };
    posts::table
        .filter(posts::author.eq(reader.scope.actor()))
        .filter(posts::key.eq(key))
        .select(Post::as_select())
        .first(conn)
        .optional()
}

/// The same for a comment.
pub fn find_comment_by_key(
    conn: &mut Conn,
    reader: &FeedScope,
    key: Option<&str>,
) -> QueryResult<Option<Comment>> {
    let Some(key) = key else { return Ok(None) };
    comments::table
        .filter(comments::author.eq(reader.scope.actor()))
        .filter(comments::key.eq(key))
        .select(Comment::as_select())
        .first(conn)
        .optional()
}

/// Comments under `post`, and those the reader wrote anywhere since `since`.
pub fn count_comments(
    conn: &mut Conn,
    reader: &FeedScope,
    post: PostId,
    since: Instant,
) -> QueryResult<(i64, i64)> {
    let here = comments::table
        .filter(comments::post_id.eq(post))
        .filter(comments::deleted_at.is_null())
        .count()
        .get_result(conn)?;
    let lately = comments::table
        .filter(comments::author.eq(reader.scope.actor()))
        .filter(comments::created_at.gt(since))
        .count()
        .get_result(conn)?;
    Ok((here, lately))
}

/// The newest posts, those taken away since included: their regions and ids.
pub fn list_new_posts(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, PostId)>> {
    debug_assert!(scope.is_everything(), "regions and ids of all");
    posts::table
        .order(posts::id.desc())
        .limit(limit)
        .select((posts::region, posts::id))
        .load(conn)
}

/// The newest comments, those taken away since included: their posts' regions and their ids.
pub fn list_new_comments(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, CommentId)>> {
    debug_assert!(scope.is_everything(), "regions and ids of all");
    comments::table
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .order(comments::id.desc())
        .limit(limit)
        .select((posts::region, comments::id))
        .load(conn)
}

/// What was taken away last, posts and then comments: their regions, and when.
pub fn list_deleted(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, Option<Instant>)>> {
    debug_assert!(scope.is_everything(), "regions and times of all");
    let mut deleted = posts::table
        .filter(posts::deleted_at.is_not_null())
        .order(posts::deleted_at.desc())
        .limit(limit)
        .select((posts::region, posts::deleted_at))
        .load(conn)?;
    let mut under: Vec<(RegionCode, Option<Instant>)> = comments::table
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .filter(comments::deleted_at.is_not_null())
        .order(comments::deleted_at.desc())
        .limit(limit)
        .select((posts::region, comments::deleted_at))
        .load(conn)?;
    deleted.append(&mut under);
    Ok(deleted)
}

pub fn insert_post(conn: &mut Conn, reader: &FeedScope, post: &Post) -> QueryResult<usize> {
    debug_assert!(reader.scope.leads(&post.region), "leaders post");
    diesel::insert_into(posts::table)
        .values(post.clone())
        .execute(conn)
}

/// Gives the author's name.
pub fn insert_comment(
    conn: &mut Conn,
    reader: &FeedScope,
    comment: &Comment,
) -> QueryResult<String> {
    debug_assert_eq!(comment.author, reader.scope.actor());
    diesel::insert_into(comments::table)
        .values(comment.clone())
        .execute(conn)?;
    volunteers::table
        .filter(volunteers::id.eq(comment.author))
        .select(volunteers::name)
        .first(conn)
}

/// Nothing of the text stays. The caller has made sure that `reader` may do it.
pub fn delete_post(
    conn: &mut Conn,
    reader: &FeedScope,
    id: PostId,
    now: Instant,
) -> QueryResult<usize> {
    diesel::update(comments::table.filter(comments::post_id.eq(id)))
        .set((comments::body.eq(""), comments::deleted_at.eq(now)))
        .execute(conn)?;
    diesel::update(posts::table.filter(posts::id.eq(id)))
        .set((
            posts::body.eq(""),
            posts::deleted_at.eq(now),
            posts::deleted_by.eq(reader.scope.actor()),
        ))
        .execute(conn)
}

/// Nothing of the text stays. The caller has made sure that `reader` may do it.
pub fn delete_comment(
    conn: &mut Conn,
    reader: &FeedScope,
    id: CommentId,
    now: Instant,
) -> QueryResult<usize> {
    diesel::update(comments::table.filter(comments::id.eq(id)))
        .set((
            comments::body.eq(""),
            comments::deleted_at.eq(now),
            comments::deleted_by.eq(reader.scope.actor()),
        ))
        .execute(conn)
}
