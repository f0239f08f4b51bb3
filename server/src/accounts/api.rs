//! Registration, links and sessions over JSON (contract.md, "JSON API").

use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Asker, Bearer, Entered, Registration, SignedInNow, Spent};
use crate::app::App;
use crate::error::{Error, FieldErrors, Sentence};
use crate::http::{Accepted, ApiError, Body, Browser, Created, NoContent, Peer, SignedIn};
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::sessions::{Audience, Opened, TOKEN_LIFE};
use crate::volunteers::{self, Profile};
use crate::words::Lang;

/// Somebody who wants to join.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistration {
    /// Their address.
    pub email: String,
    /// Their postcode.
    pub zip: String,
    /// The name shown to others, at most 80 letters.
    #[serde(default)]
    pub name: Option<String>,
    /// The code of a member's invitation link.
    #[serde(default)]
    pub invite: Option<String>,
}

/// The same for every address.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Registered {
    /// The secret that goes with the mailed token, or with the code.
    pub request: String,
    /// Where the postcode belongs.
    pub region: RegionView,
}

/// Somebody who wants a link.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// Their address.
    pub email: String,
}

/// The same for every address.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Requested {
    /// The secret that goes with the mailed token, or with the code.
    pub request: String,
}

/// What a link or a code is traded in with: one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// What was given when the link was asked for.
    pub request: String,
    /// The token in the mailed link.
    #[serde(default)]
    pub token: Option<String>,
    /// The code another browser showed.
    #[serde(default)]
    pub code: Option<String>,
}

/// A session whose token runs out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The last one given; good once. One that was used before ends the session.
    pub refresh_token: String,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Grant {
    /// The bearer token.
    pub access_token: String,
    /// Seconds it is good for.
    pub expires_in: i64,
    /// Gets the next one.
    pub refresh_token: String,
    /// Who is signed in.
    pub volunteer: Profile,
}

/// `POST /api/v1/registrations`
pub async fn register(
    app: Data<App>,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    body: Body<NewRegistration>,
) -> Result<Accepted<Registered>, ApiError> {
    let wanted = Registration {
        email: body.0.email,
        zip: body.0.zip,
        name: body.0.name.unwrap_or_default(),
        invite: body.0.invite,
    };
    let asked = super::register(&app, asker(browser, peer, &lang), wanted).await?;
    Ok(Accepted(Registered {
        request: asked.request,
        region: RegionView::of(&app.tree, &asked.place.region),
    }))
}

/// `POST /api/v1/sign-in-links`
pub async fn link(
    app: Data<App>,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    body: Body<NewLink>,
) -> Result<Accepted<Requested>, ApiError> {
    let asker = asker(browser, peer, &lang);
    let request = super::ask_link(&app, asker, &body.0.email, None).await?;
    Ok(Accepted(Requested { request }))
}

fn asker(browser: Browser, peer: Peer, lang: &Lang) -> Asker {
    Asker {
        browser: browser.known.then_some(browser.handle),
        ip: peer.ip,
        lang: lang.tag().to_owned(),
    }
}

/// `POST /api/v1/sessions`
pub async fn open(
    app: Data<App>,
    peer: Peer,
    body: Body<NewSession>,
) -> Result<Created<Grant>, ApiError> {
    let NewSession {
        request,
        token,
        code,
    } = body.0;
    let by = Bearer::Program(request);
    let gone = || Error::Gone("link-dead".into());
    let SignedInNow { opened, .. } = match (token, code) {
        (Some(token), None) => match super::spend(&app, by, &token, &peer.device).await? {
            Spent::SignedIn(who) => who,
            Spent::Code(_) => return Err(gone().into()),
        },
        (None, Some(code)) => match super::enter(&app, by, &code, &peer.device).await? {
            Entered::SignedIn(who) => who,
            Entered::Wrong { left } => {
                let sentence = Sentence::Key("code-wrong", vec![("left", left.to_string())]);
                return Err(Error::Gone(sentence).into());
            }
        },
        _ => return Err(FieldErrors::one("token", "token-or-code").into()),
    };
    Ok(Created(grant(&app, opened).await?))
}

/// `POST /api/v1/sessions/refresh`
pub async fn refresh(
    app: Data<App>,
    peer: Peer,
    body: Body<Refresh>,
) -> Result<Json<Grant>, ApiError> {
    let opened = super::refresh(&app, &body.0.refresh_token, &peer.device).await?;
    Ok(Json(grant(&app, opened).await?))
}

/// `DELETE /api/v1/sessions/current`
pub async fn sign_out(app: Data<App>, who: SignedIn) -> Result<NoContent, ApiError> {
    super::sign_out(&app, &who.0).await?;
    Ok(NoContent)
}

async fn grant(app: &App, opened: Opened) -> Result<Grant, Error> {
    let who = opened.volunteer;
    Ok(Grant {
        access_token: app
            .sessions
            .token(opened.session, Audience::Api, app.clock.now())?,
        expires_in: TOKEN_LIFE.num_seconds(),
        refresh_token: opened.refresh,
        volunteer: volunteers::profile(app, Scope::Own(who), who).await?,
    })
}
