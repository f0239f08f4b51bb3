//! `/me`.

mod shown;
mod typed;

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::http::{Cookies, Form, Front, Page, PageError, Query, See, SignedIn};
use crate::volunteers::{self, Change};
use crate::words::Lang;
use shown::{Index, Shown};
use typed::{read, values};

/// `GET /me`.
pub async fn index(
    app: Data<App>,
    SignedIn(who): SignedIn,
    l: Lang,
    Query(query): Query<Saved>,
) -> Result<impl Responder, PageError> {
    let saved = query.saved.is_some();
    let profile = volunteers::profile(&app, who.scope(), who.id).await?;
    let page = Index::new(&app, &who, &l, Shown::of(profile), saved).await?;
    Ok(Page::new(l.say("me-title"), page))
}

/// `?saved=1` after a change.
#[derive(Deserialize)]
pub struct Saved {
    saved: Option<String>,
}

/// `POST /me`: the whole form. Lists that are not ticked are empty, which is what the form says.
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    SignedIn(who): SignedIn,
    l: Lang,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let before = volunteers::profile(&app, who.scope(), who.id).await?;
    let change = read(&fields, &before);
    match volunteers::change(&app, who.scope(), who.id, change.clone()).await {
        Ok(_) => Ok(see("/me?saved=1")),
        Err(Error::Invalid(errors)) => {
            let shown = Shown::again(before, &fields, &change, &errors, &l);
            let page = Index::new(&app, &who, &l, shown, false).await?;
            Ok(Page::new(l.say("me-title"), page)
                .with_status(422)
                .respond_to(&request))
        }
        Err(other) => Err(other.into()),
    }
}

/// A name, given by itself.
#[derive(Deserialize)]
pub struct Called {
    name: String,
}

/// `POST /me/name`: what a newcomer wants to be called.
pub async fn call(
    app: Data<App>,
    SignedIn(who): SignedIn,
    Form(called): Form<Called>,
) -> Result<impl Responder, PageError> {
    let change = Change {
        name: Some(called.name),
        ..Change::default()
    };
    volunteers::change(&app, who.scope(), who.id, change).await?;
    Ok(See("/home?said=name".into()))
}

/// `GET /me/export`: the export as a file.
pub async fn export(app: Data<App>, SignedIn(who): SignedIn) -> Result<impl Responder, PageError> {
    let export = super::export(&app, who.scope()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((
            "content-disposition",
            "attachment; filename=\"muster-export.json\"",
        ))
        .json(export))
}

/// `POST /me/deletion`: leaves for good.
pub async fn delete(
    app: Data<App>,
    front: Data<Front>,
    SignedIn(who): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<impl Responder, PageError> {
    if values(&fields, "sure").next() != Some("yes") {
        return Ok(see("/me"));
    }
    super::leave(&app, who.scope()).await?;
    closed(&front)
}

fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}

/// To the start page, without cookies.
fn closed(front: &Front) -> Result<HttpResponse, PageError> {
    let mut response = see("/");
    for cookie in Cookies::closed(front) {
        response
            .add_cookie(&cookie)
            .map_err(|why| Error::Internal(why.to_string()))?;
    }
    Ok(response)
}
