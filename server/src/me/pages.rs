//! `/me`.

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;

use crate::accounts;
use crate::app::App;
use crate::error::Error;
use crate::http::{Cookies, Faults, Form, Front, Page, PageError, Query, SignedIn};
use crate::ids::SessionId;
use crate::sessions::Viewer;
use crate::volunteers::{self, Change, Profile, SkillLevel, skills};
use crate::words::Lang;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const THIRDS: [&str; 3] = ["am", "pm", "eve"];
/// Kilometres in a mile: people here think in miles, the profile stores kilometres.
const KM: f64 = 1.609_344;

#[derive(Template)]
#[template(path = "me/index.html")]
struct Index {
    l: Lang,
    days: [&'static str; 7],
    thirds: [&'static str; 3],
    profile: Profile,
    faults: Faults,
    saved: bool,
    groups: Vec<SkillGroup>,
    counties: Vec<Choice>,
    sessions: Vec<OpenSession>,
    invitation: String,
}

struct SkillGroup {
    name: String,
    open: bool,
    skills: Vec<SkillChoice>,
}

struct SkillChoice {
    slug: &'static str,
    label: &'static str,
    level: i32,
}

struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

struct OpenSession {
    id: SessionId,
    device: String,
    since: String,
    here: bool,
}

impl Index {
    fn on(&self, day: &str, third: &str) -> bool {
        self.profile
            .availability
            .iter()
            .flatten()
            .any(|slot| *slot == format!("{day}-{third}"))
    }

    fn miles(&self) -> String {
        self.profile
            .travel_km
            .map(|km| format!("{:.0}", f64::from(km) / KM))
            .unwrap_or_default()
    }
}

/// `GET /me`.
pub async fn index(
    app: Data<App>,
    SignedIn(who): SignedIn,
    l: Lang,
    Query(query): Query<Saved>,
) -> Result<impl Responder, PageError> {
    let saved = query.saved.is_some();
    let profile = volunteers::profile(&app, who.scope(), who.id).await?;
    let page = page(&app, &who, l.clone(), profile, Faults::default(), saved).await?;
    Ok(Page::new(l.say("me-title"), page))
}

/// `?saved=1` after a change.
#[derive(serde::Deserialize)]
pub struct Saved {
    saved: Option<String>,
}

async fn page(
    app: &App,
    who: &Viewer,
    l: Lang,
    profile: Profile,
    faults: Faults,
    saved: bool,
) -> Result<Index, Error> {
    let sessions = accounts::sessions(app, who).await?;
    let tz = who.zone.parse().unwrap_or(chrono_tz::UTC);
    let sessions = sessions.into_iter().map(|session| OpenSession {
        id: session.id,
        device: session.device(&l),
        since: l.day(session.seen, tz),
        here: session.here,
    });
    Ok(Index {
        days: DAYS,
        thirds: THIRDS,
        sessions: sessions.collect(),
        groups: groups(&l, &profile),
        counties: counties(app, &profile),
        invitation: accounts::invitation_link(app, who).await?,
        l,
        profile,
        faults,
        saved,
    })
}

/// Skills by group; a group with a declared skill stands open.
fn groups(l: &Lang, profile: &Profile) -> Vec<SkillGroup> {
    let mut groups: Vec<SkillGroup> = Vec::new();
    for skill in skills::all() {
        let level = profile
            .skills
            .iter()
            .find(|had| had.slug == skill.slug)
            .map_or(0, |had| had.level);
        let choice = SkillChoice {
            slug: &skill.slug,
            label: &skill.label,
            level,
        };
        let name = l.say(&format!("skill-group-{}", skill.group)).to_string();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => {
                group.open |= level > 0;
                group.skills.push(choice);
            }
            None => groups.push(SkillGroup {
                name,
                open: level > 0,
                skills: vec![choice],
            }),
        }
    }
    if let Some(first) = groups.first_mut() {
        first.open = true;
    }
    groups
}

/// Where the person may move to: counties within reach of their postcode, and where they are.
fn counties(app: &App, profile: &Profile) -> Vec<Choice> {
    let here = &profile.region.code;
    let mut choices = vec![Choice {
        code: here.to_string(),
        name: profile
            .region
            .path
            .iter()
            .skip(1)
            .rev()
            .take(2)
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        chosen: true,
    }];
    if let Some(zip) = &profile.zip {
        choices.extend(
            app.tree
                .moves_from(zip)
                .into_iter()
                .filter(|(node, _)| node.code != here)
                .map(|(node, _)| {
                    let state = node
                        .code
                        .parent()
                        .and_then(|parent| app.tree.get(&parent).map(|node| node.name.to_owned()));
                    Choice {
                        code: node.code.to_string(),
                        name: [node.name.to_owned()]
                            .into_iter()
                            .chain(state)
                            .collect::<Vec<_>>()
                            .join(", "),
                        chosen: false,
                    }
                }),
        );
    }
    choices
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
            let faults = Faults::new(&errors, &l);
            let typed = shown_again(before, &change);
            let page = page(&app, &who, l.clone(), typed, faults, false).await?;
            Ok(Page::new(l.say("me-title"), page)
                .with_status(422)
                .respond_to(&request))
        }
        Err(other) => Err(other.into()),
    }
}

fn values<'a>(fields: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The form as a change. A region that was not touched is not a move.
fn read(fields: &[(String, String)], before: &Profile) -> Change {
    let one = |name: &str| {
        values(fields, name)
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let number = |name: &str| match one(name).as_str() {
        "" => Some(None),
        // What is no number is refused by its range, with the field named.
        text => Some(Some(
            text.parse::<f64>().map_or(-1, |miles| to_int(miles * KM)),
        )),
    };
    let skills = fields.iter().filter_map(|(key, value)| {
        let slug = key.strip_prefix("skill.")?;
        let level = value.parse().ok().filter(|level| *level != 0)?;
        Some(SkillLevel {
            slug: slug.to_owned(),
            level,
        })
    });
    let split = |text: String| {
        text.split([',', ' '])
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let slots: Vec<String> = values(fields, "availability").map(str::to_owned).collect();
    let (zip, region) = (one("zip"), one("region"));
    let zip = (!zip.is_empty() && Some(&zip) != before.zip.as_ref()).then_some(zip);
    // A new postcode decides the region; the list below it was made for the old one.
    let region = (zip.is_none() && !region.is_empty() && region != before.region.code.to_string())
        .then_some(region);
    Change {
        name: Some(one("name")),
        zip,
        region,
        skills: Some(skills.collect()),
        languages: Some(split(one("languages"))),
        availability: Some((!slots.is_empty()).then_some(slots)),
        travel_km: number("travel"),
        quiet: Some(one("quiet") == "on"),
        honour_roll: Some(one("honour_roll") == "on"),
        ..Change::default()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of floats to integers saturates"
)]
fn to_int(number: f64) -> i32 {
    number.round() as i32
}

/// What was typed, over what is stored, so that a refused form loses nothing.
fn shown_again(mut profile: Profile, change: &Change) -> Profile {
    let Change {
        name,
        skills,
        languages,
        availability,
        quiet,
        honour_roll,
        zip,
        ..
    } = change.clone();
    profile.name = name.unwrap_or(profile.name);
    profile.zip = zip.or(profile.zip);
    profile.skills = skills.unwrap_or(profile.skills);
    profile.languages = languages.unwrap_or(profile.languages);
    profile.availability = availability.unwrap_or(profile.availability);
    profile.quiet = quiet.unwrap_or(profile.quiet);
    profile.honour_roll = honour_roll.unwrap_or(profile.honour_roll);
    profile
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
