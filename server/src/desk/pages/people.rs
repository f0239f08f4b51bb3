//! `/hq/people`: finding people; for HQ also moving them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, Responder};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::super::{PersonView, Sought, find_people};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::http::{Faults, Form, Leader, Page, PageError, Query, See, Staff};
use crate::ids::VolunteerId;
use crate::matching;
use crate::region_code::RegionCode;
use crate::regions;
use crate::sessions::Viewer;
use crate::volunteers::{self, Availability, Destination, skills};
use crate::words::Lang;

/// People on one page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "desk/people.html")]
struct People {
    l: Lang,
    now: Instant,
    zone: chrono_tz::Tz,
    staff: bool,
    sought: Sought,
    faults: Faults,
    moving: Moving,
    /// The region asked for, as it is called.
    region: String,
    places: Vec<String>,
    skills: &'static [skills::Skill],
    thirds: Vec<String>,
    rows: Vec<PersonView>,
    all: i64,
    next: Option<String>,
}

/// Moving somebody from this page: what was refused, or that it is done.
#[derive(Default)]
struct Moving {
    who: Option<VolunteerId>,
    to: String,
    faults: Faults,
    done: bool,
}

#[expect(
    clippy::unused_self,
    clippy::ref_option,
    reason = "templates call methods with references"
)]
impl People {
    fn is(&self, asked: &Option<String>, value: &str) -> bool {
        asked.as_deref() == Some(value)
    }

    fn text<'a>(&self, asked: &'a Option<String>) -> &'a str {
        asked.as_deref().unwrap_or_default()
    }

    /// "Saturday morning".
    fn third(&self, name: &str) -> String {
        self.l.say("matching-slot").with("slot", name).to_string()
    }

    /// Whether it is this person's move that was refused.
    fn refused(&self, person: &PersonView) -> bool {
        self.moving.who == Some(person.id)
    }

    /// The field of the move that was refused.
    fn field(&self) -> String {
        let who = self.moving.who.map(|who| who.to_string());
        format!("to-{}", who.unwrap_or_default())
    }

    fn skills_of(&self, person: &PersonView) -> String {
        let named = person.skills.iter().take(3).map(|had| {
            let label = skills::find(&had.slug).map_or(had.slug.as_str(), |skill| &skill.label);
            format!("{label} {}", had.level)
        });
        named.collect::<Vec<_>>().join(" · ")
    }

    /// How many were found: "2,000".
    fn found(&self) -> String {
        self.l
            .whole(i32::try_from(self.all).unwrap_or(i32::MAX).into())
    }

    /// "Spanish".
    fn tongue(&self, tag: &str) -> String {
        matching::language_name(&self.l, tag)
    }

    fn speaks(&self, person: &PersonView) -> String {
        matching::language_names(&self.l, &person.languages)
    }

    fn free(&self, person: &PersonView) -> String {
        let thirds = person.availability.as_deref().unwrap_or_default();
        let shown: Vec<String> = thirds.iter().take(3).map(|name| self.third(name)).collect();
        if thirds.len() > shown.len() {
            let more = thirds.len() - shown.len();
            return self
                .l
                .say("desk-free-more")
                .with("shown", shown.join(", "))
                .with("more", more)
                .to_string();
        }
        shown.join(", ")
    }

    fn active(&self, person: &PersonView) -> String {
        match person.last_active_at {
            Some(at) => self.l.lately_day(at, self.now, self.zone),
            None => self.l.say("desk-never").to_string(),
        }
    }
}

/// What is looked for, and whether somebody was moved just now.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    region: Option<String>,
    skill: Option<String>,
    availability: Option<String>,
    language: Option<String>,
    q: Option<String>,
    after: Option<String>,
    moved: Option<String>,
}

/// `GET /hq/people`.
pub async fn people(
    app: Data<App>,
    Leader(viewer): Leader,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let sought = Sought {
        region: asked.region,
        skill: asked.skill,
        availability: asked.availability,
        language: asked.language,
        q: asked.q,
        after: asked.after,
        limit: None,
    };
    let moving = Moving {
        done: asked.moved.is_some(),
        ..Moving::default()
    };
    Ok(show(&app, &viewer, l, sought, moving).await?)
}

/// Where to, as typed: a postcode, a region's code or its name.
#[derive(Deserialize)]
pub struct Typed {
    to: String,
}

/// `POST /hq/people/{volunteer}/region`.
pub async fn relocate(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    person: Path<String>,
    Form(typed): Form<Typed>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let person: VolunteerId = person.parse().map_err(|_| Error::NotFound)?;
    let to = if app.tree.place(&typed.to).is_ok() {
        Ok(Destination {
            zip: Some(typed.to.clone()),
            region: None,
        })
    } else {
        regions::meant(&app.tree, "to", &typed.to).map(|code| Destination {
            zip: None,
            region: Some(code.to_string()),
        })
    };
    let scope = viewer.scope();
    let moved = match to {
        Ok(to) => volunteers::relocate(&app, scope, person, to).await,
        Err(error) => Err(error),
    };
    match moved {
        Ok(person) => {
            let mut query = Serializer::new(String::new());
            query
                .append_pair("q", &person.email)
                .append_pair("moved", "1");
            Ok(See(format!("/hq/people?{}", query.finish())).respond_to(&request))
        }
        Err(Error::Invalid(errors)) => {
            let profile = volunteers::profile(&app, viewer.scope(), person).await?;
            let sought = Sought {
                q: Some(profile.email),
                ..Sought::default()
            };
            let moving = Moving {
                who: Some(person),
                to: typed.to,
                faults: Faults::new(&errors, &l),
                done: false,
            };
            let page = show(&app, &viewer, l, sought, moving).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    mut sought: Sought,
    moving: Moving,
) -> Result<Page<People>, Error> {
    let after: Option<VolunteerId> = sought.after.as_deref().and_then(|text| text.parse().ok());
    let asked = sought.region.as_deref().unwrap_or_default().trim();
    let region = match asked {
        "" => Ok(String::new()),
        typed => regions::meant(&app.tree, "region", typed).map(|code| code.to_string()),
    };
    let called = asked.to_owned();
    let filter = region.and_then(|code| {
        sought.region = Some(code);
        sought.filter(app)
    });
    let (filter, faults) = match filter {
        Ok(filter) => (Some(filter), Faults::default()),
        Err(Error::Invalid(errors)) => (None, Faults::new(&errors, &l)),
        Err(error) => return Err(error),
    };
    let status = if filter.is_some() { 200 } else { 422 };
    let named = filter.as_ref().and_then(|filter| filter.region.as_ref());
    let region = named.map_or(called, |code| regions::called(&app.tree, code));
    let places = places(app, &viewer.leads, named);
    let (mut rows, all) = match filter {
        Some(filter) => {
            let found = find_people(app, viewer.scope(), filter, after, PAGE).await?;
            (found.rows, found.all)
        }
        None => (Vec::new(), 0),
    };
    let most = usize::try_from(PAGE).unwrap_or(0);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|last| {
        let mut query = Serializer::new(String::new());
        for (name, asked) in [
            ("region", &sought.region),
            ("skill", &sought.skill),
            ("availability", &sought.availability),
            ("language", &sought.language),
            ("q", &sought.q),
        ] {
            if let Some(text) = asked.as_deref().filter(|text| !text.is_empty()) {
                query.append_pair(name, text);
            }
        }
        query.append_pair("after", &last.id.to_string());
        query.finish()
    });
    let page = People {
        now: app.clock.now(),
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        staff: viewer.staff,
        sought,
        faults,
        moving,
        region,
        places,
        skills: skills::all(),
        thirds: Availability::names().collect(),
        rows,
        all,
        next,
        l: l.clone(),
    };
    Ok(Page::new(l.say("desk-people"), page).with_status(status))
}

/// Regions to suggest: a captain's own; HQ's states; beneath the one that is chosen.
fn places(app: &App, leads: &[RegionCode], chosen: Option<&RegionCode>) -> Vec<String> {
    let name = |node: regions::Node<'_>| node.name.to_owned();
    match chosen {
        Some(region) => {
            let above = app.tree.get(region).map(name).unwrap_or_default();
            let beneath = app.tree.children(region);
            beneath
                .map(|node| format!("{}, {above}", node.name))
                .collect()
        }
        None if leads.is_empty() => {
            let states = app.tree.children(app.tree.root().code);
            states.map(name).collect()
        }
        None => leads
            .iter()
            .map(|code| regions::called(&app.tree, code))
            .collect(),
    }
}
