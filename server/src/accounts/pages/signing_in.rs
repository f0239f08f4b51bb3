//! Asking for a link, the button behind it, the code, and signing out.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use super::joining::waiting_page;
use super::{Answer, asker, bound, see};
use crate::accounts::view::LetterPage;
use crate::accounts::{self, Bearer, Entered, SignedInNow, Spent, rules};
use crate::app::App;
use crate::error::{Error, FieldErrors, Sentence};
use crate::http::{Browser, Cookies, Faults, Form, Maybe, Peer, SignedIn};
use crate::ids::SessionId;
use crate::sessions::Viewer;
use crate::words::Lang;

/// The address somebody wants a link at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LinkForm {
    email: String,
    next: String,
}

/// What the sign-in page's own address carries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInQuery {
    token: Option<String>,
    next: Option<String>,
}

/// The token behind the one button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    token: String,
}

/// The code another browser shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    code: String,
}

/// `GET /sign-in`: the form; with a token the page with one button, which spends nothing.
pub async fn sign_in(request: HttpRequest, who: Maybe, lang: Lang) -> HttpResponse {
    let query: SignInQuery = serde_html_form::from_str(request.query_string()).unwrap_or_default();
    if let Some(token) = query.token {
        return LetterPage::button(&lang, token).respond_to(&request);
    }
    let next = query.next.and_then(|next| rules::safe_next(&next));
    if let Some(viewer) = &who.0 {
        return see(next.as_deref().unwrap_or(start(viewer)), &request, &[]);
    }
    let next = next.unwrap_or_default();
    LetterPage::form(&lang, String::new(), next, Faults::default()).respond_to(&request)
}

/// `POST /sign-in/links`
pub async fn link(
    app: Data<App>,
    request: HttpRequest,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    form: Form<LinkForm>,
) -> Answer {
    let LinkForm { email, next } = form.0;
    let asker = asker(&browser, peer, &lang);
    match accounts::ask_link(&app, asker, &email, Some(&next)).await {
        Ok(_) => Ok(see("/sign-in/request", &request, &[bound(&app, &browser)])),
        Err(Error::Invalid(faults)) => {
            let next = rules::safe_next(&next).unwrap_or_default();
            let page = LetterPage::form(&lang, email, next, Faults::new(&faults, &lang));
            Ok(page.with_status(422).respond_to(&request))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-in`: the button behind a link.
pub async fn spend(
    app: Data<App>,
    request: HttpRequest,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    who: Maybe,
    form: Form<TokenForm>,
) -> Answer {
    let by = Bearer::Browser(browser.handle);
    match accounts::spend(&app, by, &form.0.token, &peer.device).await {
        Ok(Spent::SignedIn(now)) => signed_in(&app, &request, &who, now).await,
        Ok(Spent::Code(code)) => {
            let page = LetterPage::code(&lang, code, app.settings.link_minutes);
            Ok(page.respond_to(&request))
        }
        Err(Error::Gone(_)) => Ok(LetterPage::dead(&lang)
            .with_status(410)
            .respond_to(&request)),
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-in/code`: typed in the browser that asked.
pub async fn enter(
    app: Data<App>,
    request: HttpRequest,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    who: Maybe,
    form: Form<CodeForm>,
) -> Answer {
    let by = Bearer::Browser(browser.handle.clone());
    match accounts::enter(&app, by, &form.0.code, &peer.device).await {
        Ok(Entered::SignedIn(now)) => signed_in(&app, &request, &who, now).await,
        Ok(Entered::Wrong { left }) if left > 0 => {
            let why = Sentence::Key("code-wrong", vec![("left", left.to_string())]);
            let mut faults = FieldErrors::default();
            faults.0.push(("code".into(), why));
            let faults = Faults::new(&faults, &lang);
            waiting_page(&app, &request, &browser, &lang, Some((410, faults))).await
        }
        Err(Error::Invalid(faults)) => {
            let faults = Faults::new(&faults, &lang);
            waiting_page(&app, &request, &browser, &lang, Some((422, faults))).await
        }
        Ok(Entered::Wrong { .. }) | Err(Error::Gone(_)) => Ok(LetterPage::dead(&lang)
            .with_status(410)
            .respond_to(&request)),
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-out`
pub async fn sign_out(app: Data<App>, request: HttpRequest, who: Maybe) -> Answer {
    if let Some(viewer) = who.0 {
        accounts::sign_out(&app, &viewer).await?;
    }
    Ok(see("/", &request, &Cookies::closed(&app.front())))
}

/// `POST /me/sessions/deletion`: signs out everywhere, here too.
pub async fn sign_out_everywhere(app: Data<App>, request: HttpRequest, who: SignedIn) -> Answer {
    accounts::end_everywhere(&app, &who.0).await?;
    Ok(see("/", &request, &Cookies::closed(&app.front())))
}

/// `POST /me/sessions/{id}/deletion`: signs out one browser or program; this one leaves the site.
pub async fn end_session(
    app: Data<App>,
    request: HttpRequest,
    who: SignedIn,
    id: Path<String>,
) -> Answer {
    let session: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    accounts::end_session(&app, &who.0, session).await?;
    if session == who.0.session {
        return Ok(see("/", &request, &Cookies::closed(&app.front())));
    }
    Ok(see("/me", &request, &[]))
}

/// A session in this browser; one it had before ends, since its cookies are replaced.
async fn signed_in(app: &App, request: &HttpRequest, before: &Maybe, now: SignedInNow) -> Answer {
    if let Some(viewer) = &before.0 {
        accounts::sign_out(app, viewer).await?;
    }
    let cookies = Cookies::opened(&app.front(), &now.opened)?;
    let (session, at) = (now.opened.session, app.clock.now());
    let viewer = app.sessions.viewer(&app.db, session, at).await?;
    let page = viewer.as_deref().map_or("/home", start);
    Ok(see(now.next.as_deref().unwrap_or(page), request, &cookies))
}

/// Where somebody starts who wanted nothing else: HQ at its own page.
fn start(viewer: &Viewer) -> &'static str {
    if viewer.staff { "/hq" } else { "/home" }
}
