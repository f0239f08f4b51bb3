//! The start page, the join form, and the page where a browser waits for its mail.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, Responder};
use serde::Deserialize;

use super::{Answer, asker, bound, see};
use crate::accounts::view::{Day, JoinPage, LetterPage, WaitingPage, Welcome};
use crate::accounts::{self, INTERESTS, Registration};
use crate::app::App;
use crate::error::Error;
use crate::http::{Browser, Faults, Form, Maybe, Page, Peer};
use crate::races::{self, StripView};
use crate::region_code::RegionCode;
use crate::regions::RegionView;
use crate::words::Lang;

/// The fields of the join form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    email: String,
    zip: String,
    name: String,
    invite: String,
}

/// What was picked while waiting.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChoicesForm {
    name: Option<String>,
    interests: Vec<String>,
    availability: Vec<String>,
}

/// `GET /`
pub async fn welcome(app: Data<App>, request: HttpRequest, who: Maybe, lang: Lang) -> Answer {
    if who.0.is_some() {
        return Ok(see("/home", &request, &[]));
    }
    let content = Welcome {
        campaign: app.settings.campaign.clone(),
        race: race(&app, &lang, app.tree.root().code).await?,
        l: lang.clone(),
    };
    Ok(Page::new(lang.say("welcome-title"), content).respond_to(&request))
}

/// `GET /join`
pub async fn join(app: Data<App>, request: HttpRequest, who: Maybe, lang: Lang) -> Answer {
    if who.0.is_some() {
        return Ok(see("/home", &request, &[]));
    }
    let form = JoinForm::default();
    let page = join_page(&app, &lang, form, None, Faults::default()).await?;
    Ok(page.respond_to(&request))
}

/// `GET /i/{code}`: the join page with the inviter remembered. A code nobody has joins as well.
pub async fn invitation(
    app: Data<App>,
    request: HttpRequest,
    lang: Lang,
    code: Path<String>,
) -> Answer {
    let Some(inviter) = accounts::inviter(&app, &code).await? else {
        return Ok(see("/join", &request, &[]));
    };
    let form = JoinForm {
        invite: code.into_inner(),
        ..JoinForm::default()
    };
    let page = join_page(&app, &lang, form, Some(inviter), Faults::default()).await?;
    Ok(page.respond_to(&request))
}

/// `POST /join`
pub async fn register(
    app: Data<App>,
    request: HttpRequest,
    browser: Browser,
    peer: Peer,
    lang: Lang,
    form: Form<JoinForm>,
) -> Answer {
    let form = form.0;
    let wanted = Registration {
        email: form.email.clone(),
        zip: form.zip.clone(),
        name: form.name.clone(),
        invite: Some(form.invite.clone()),
    };
    match accounts::register(&app, asker(&browser, peer, &lang), wanted).await {
        Ok(_) => Ok(see("/join/request", &request, &[bound(&app, &browser)])),
        Err(Error::Invalid(faults)) => {
            let inviter = accounts::inviter(&app, &form.invite).await?;
            let mut form = form;
            if inviter.is_none() {
                // The second press joins without it.
                form.invite.clear();
            }
            let faults = Faults::new(&faults, &lang);
            let page = join_page(&app, &lang, form, inviter, faults).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /join/request` and `GET /sign-in/request`: where a browser waits for its mail.
pub async fn waiting(
    app: Data<App>,
    request: HttpRequest,
    who: Maybe,
    browser: Browser,
    lang: Lang,
) -> Answer {
    if who.0.is_some() {
        return Ok(see("/home", &request, &[]));
    }
    waiting_page(&app, &request, &browser, &lang, None).await
}

/// `POST /join/request`: keeps what was picked, until the mail is confirmed.
pub async fn choices(
    app: Data<App>,
    request: HttpRequest,
    browser: Browser,
    lang: Lang,
    form: Form<ChoicesForm>,
) -> Answer {
    let ChoicesForm {
        name,
        interests,
        availability,
    } = form.0;
    match accounts::keep_choices(&app, &browser.handle, name, interests, availability).await {
        Ok(()) => Ok(see("/join/request?kept=yes", &request, &[])),
        Err(Error::Invalid(faults)) => {
            let faults = Faults::new(&faults, &lang);
            waiting_page(&app, &request, &browser, &lang, Some((422, faults))).await
        }
        Err(Error::NotFound) => Ok(see("/join", &request, &[])),
        Err(other) => Err(other.into()),
    }
}

/// The race that people of `region` care for first; where nobody has begun it, the one above.
async fn race(app: &App, lang: &Lang, region: &RegionCode) -> Result<Option<StripView>, Error> {
    let mut strip = races::strip(app, region).await?;
    if let Some(begun) = strip.as_ref().filter(|strip| strip.entries == 0)
        && begun.board.code.parent().is_some()
    {
        strip = races::strip(app, &begun.board.code).await?;
    }
    Ok(strip.map(|strip| StripView::new(lang, &strip, &app.scoring.doors)))
}

async fn join_page(
    app: &App,
    lang: &Lang,
    form: JoinForm,
    inviter: Option<String>,
    faults: Faults,
) -> Result<Page<JoinPage>, Error> {
    let content = JoinPage {
        campaign: app.settings.campaign.clone(),
        race: race(app, lang, app.tree.root().code).await?,
        email: form.email,
        zip: form.zip,
        name: form.name,
        invite: form.invite,
        inviter,
        faults,
        l: lang.clone(),
    };
    Ok(Page::new(lang.say("join-title"), content))
}

/// The page of the request this browser made last; `wrong` with a status and what was wrong: its
/// code, or what was picked.
pub(super) async fn waiting_page(
    app: &App,
    request: &HttpRequest,
    browser: &Browser,
    lang: &Lang,
    wrong: Option<(u16, Faults)>,
) -> Answer {
    let Some(waiting) = accounts::waiting(app, &browser.handle).await? else {
        let back = if request.path().starts_with("/join") {
            "/join"
        } else {
            "/sign-in"
        };
        return Ok(see(back, request, &[]));
    };
    let (status, faults) = wrong.unwrap_or((200, Faults::default()));
    let minutes = app.settings.link_minutes;
    if !waiting.joins {
        let page = LetterPage::mailed(lang, waiting.email, minutes, faults);
        return Ok(page.with_status(status).respond_to(request));
    }
    let place = app.tree.place(&waiting.zip).map_err(|_| Error::NotFound)?;
    let path = app.tree.path(&place.region);
    let county = path.get(2).or(path.last()).map(|node| node.name.to_owned());
    let content = WaitingPage {
        county: county.unwrap_or_default(),
        race: race(app, lang, &place.region).await?,
        region: RegionView::of(&app.tree, &place.region),
        new_zip: !place.exact,
        zip: place.postcode,
        email: waiting.email,
        name: waiting.name,
        minutes,
        kept: request.query_string().contains("kept=yes"),
        interests: INTERESTS
            .iter()
            .map(|(kind, icon)| {
                let on = waiting
                    .choices
                    .interests
                    .iter()
                    .any(|chosen| chosen == kind);
                (*kind, *icon, on)
            })
            .collect(),
        days: Day::grid(&waiting.choices.availability),
        faults,
        l: lang.clone(),
    };
    let title = lang
        .say("waiting-title")
        .with("region", &content.county)
        .to_string();
    Ok(Page::new(title, content)
        .with_status(status)
        .respond_to(request))
}
