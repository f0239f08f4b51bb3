//! `/hq/people`: finding people.

use actix_web::Responder;
use actix_web::web::Data;
use askama::Template;
use url::form_urlencoded::Serializer;

use super::super::{PersonView, Sought, find_people};
use crate::app::App;
use crate::error::Error;
use crate::http::{Faults, Leader, Page, PageError, Query};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::volunteers::{Availability, Filter, skills};
use crate::words::Lang;

/// People on one page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "desk/people.html")]
struct People {
    l: Lang,
    zone: chrono_tz::Tz,
    staff: bool,
    sought: Sought,
    faults: Faults,
    places: Vec<(RegionCode, String)>,
    skills: &'static [skills::Skill],
    thirds: Vec<String>,
    rows: Vec<PersonView>,
    all: i64,
    next: Option<String>,
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

    fn skills_of(&self, person: &PersonView) -> String {
        let named = person.skills.iter().take(3).map(|had| {
            let label = skills::find(&had.slug).map_or(had.slug.as_str(), |skill| &skill.label);
            format!("{label} {}", had.level)
        });
        named.collect::<Vec<_>>().join(" · ")
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
            Some(at) => self.l.day(at, self.zone),
            None => self.l.say("desk-never").to_string(),
        }
    }
}

/// `GET /hq/people`.
pub async fn people(
    app: Data<App>,
    Leader(viewer): Leader,
    l: Lang,
    Query(sought): Query<Sought>,
) -> Result<impl Responder, PageError> {
    let after: Option<VolunteerId> = sought.after.as_deref().and_then(|text| text.parse().ok());
    let (filter, faults) = match sought.filter(&app) {
        Ok(filter) => (Some(filter), Faults::default()),
        Err(Error::Invalid(errors)) => (None, Faults::new(&errors, &l)),
        Err(error) => return Err(error.into()),
    };
    let status = if filter.is_some() { 200 } else { 422 };
    let places = places(&app, &viewer.leads, filter.as_ref());
    let (mut rows, all) = match filter {
        Some(filter) => {
            let found = find_people(&app, viewer.scope(), filter, after, PAGE).await?;
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
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        staff: viewer.staff,
        sought,
        faults,
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

/// Regions to choose from: a captain's own; HQ's states; around the one that is chosen.
fn places(app: &App, leads: &[RegionCode], filter: Option<&Filter>) -> Vec<(RegionCode, String)> {
    let mut codes: Vec<RegionCode> = if leads.is_empty() {
        let root = app.tree.root().code;
        app.tree
            .children(root)
            .map(|node| node.code.clone())
            .collect()
    } else {
        leads.to_vec()
    };
    if let Some(region) = filter.and_then(|filter| filter.region.as_ref()) {
        codes.extend(region.ancestors_and_self());
        codes.extend(app.tree.children(region).map(|node| node.code.clone()));
    }
    codes.sort();
    codes.dedup();
    codes
        .into_iter()
        .filter_map(|code| {
            let depth = code.as_str().matches('-').count();
            let name = app.tree.get(&code)?.name;
            Some((
                code,
                format!("{}{name}", "– ".repeat(depth.saturating_sub(1))),
            ))
        })
        .collect()
}
