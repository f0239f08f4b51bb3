//! The feed over the JSON API.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, Responder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeedScope, Stands};
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Body, Key, Listing, MaybeKey, NoContent, Paging, Query, SignedIn};
use crate::ids::{CommentId, PostId};
use crate::regions;

/// A post or comment to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Plain text of at most 2,000 characters.
    pub text: String,
}

/// `GET /api/v1/regions/{code}/posts`.
pub async fn posts(
    app: Data<App>,
    who: SignedIn,
    code: Path<String>,
    paging: Query<Paging>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &code)?.code.clone();
    let (limit, before) = (paging.0.limit()?, paging.0.after()?.map(PostId));
    let (reader, tree) = (FeedScope::of(&who.0), app.tree.clone());
    reader.must_read(&region)?;
    let posts = app
        .db
        .read(move |conn| super::posts(conn, &tree, &reader, &[region], before, limit + 1))
        .await?;
    Ok(Listing::page(posts, limit, |post| post.id.0))
}

/// `POST /api/v1/regions/{code}/posts`.
pub async fn create_post(
    app: Data<App>,
    who: SignedIn,
    code: Path<String>,
    key: MaybeKey,
    body: Body<Written>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &code)?.code;
    let reader = FeedScope::of(&who.0);
    Ok(created(
        super::post(&app, reader, region, &body.0.text, key.0).await?,
    ))
}

fn created<T: Serialize>(stands: Stands<T>) -> HttpResponse {
    let mut response = HttpResponse::Created();
    if stands.replayed {
        response.insert_header(Key::replayed());
    }
    response.json(stands.view)
}

/// `DELETE /api/v1/posts/{id}`.
pub async fn delete_post(
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
) -> Result<impl Responder, ApiError> {
    let id: PostId = id.parse().map_err(|_| Error::NotFound)?;
    super::delete_post(&app, FeedScope::of(&who.0), id).await?;
    Ok(NoContent)
}

/// `POST /api/v1/posts/{id}/comments`.
pub async fn create_comment(
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
    key: MaybeKey,
    body: Body<Written>,
) -> Result<impl Responder, ApiError> {
    let id: PostId = id.parse().map_err(|_| Error::NotFound)?;
    let reader = FeedScope::of(&who.0);
    Ok(created(
        super::comment(&app, reader, id, &body.0.text, key.0).await?,
    ))
}

/// `DELETE /api/v1/posts/{id}/comments/{comment}`.
pub async fn delete_comment(
    app: Data<App>,
    who: SignedIn,
    ids: Path<(String, String)>,
) -> Result<impl Responder, ApiError> {
    let post: PostId = ids.0.parse().map_err(|_| Error::NotFound)?;
    let comment: CommentId = ids.1.parse().map_err(|_| Error::NotFound)?;
    super::delete_comment(&app, FeedScope::of(&who.0), post, comment).await?;
    Ok(NoContent)
}

/// `GET /api/v1/regions/{code}/honour-roll`.
pub async fn honour_roll(
    app: Data<App>,
    who: SignedIn,
    code: Path<String>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &code)?.code.clone();
    let (reader, now) = (FeedScope::of(&who.0), app.clock.now());
    let (tree, scoring) = (app.tree.clone(), app.scoring.clone());
    let roll = app
        .db
        .read(move |conn| super::honour_roll(conn, &tree, &scoring.soft_cap, &reader, &region, now))
        .await?;
    Ok(Json(roll))
}
