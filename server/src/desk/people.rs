//! Finding people: for captains among their own, for HQ among all. Each look is written down.

use serde::Deserialize;
use serde_json::json;

use super::model::PersonView;
use super::rules::{Standing, is_ready, is_resting};
use crate::app::App;
use crate::audit;
use crate::clock::Instant;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::prose;
use crate::region_code::RegionCode;
use crate::regions::{self, RegionView};
use crate::scope::Scope;
use crate::volunteers::{self, Availability, Filter, Found, SkillLevel, skills};

/// Letters of a search at most.
const TEXT: usize = 100;

/// What is asked for; blanks filter nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    /// At or under this region.
    pub region: Option<String>,
    /// Has this skill.
    pub skill: Option<String>,
    /// Free in this third of the week, as `sat-am`.
    pub availability: Option<String>,
    /// Speaks this.
    pub language: Option<String>,
    /// Name or address contains this.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// Rows wanted.
    pub limit: Option<i64>,
}

impl Sought {
    /// The filter, checked.
    ///
    /// # Errors
    /// `NotFound` for a region that does not exist; `Invalid` on `skill`, `availability`,
    /// `language` or `q`.
    pub fn filter(&self, app: &App) -> Result<Filter, Error> {
        let given = |text: &Option<String>| {
            text.as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let mut filter = Filter::default();
        if let Some(code) = given(&self.region) {
            filter.region = Some(regions::known(&app.tree, &code)?.code.clone());
        }
        if let Some(skill) = given(&self.skill) {
            let known =
                skills::find(&skill).ok_or_else(|| Error::field("skill", "desk-skill-unknown"))?;
            filter.skill = Some(known.slug.clone());
        }
        if let Some(third) = given(&self.availability) {
            let place = Availability::names().position(|name| name == third);
            filter.third =
                Some(place.ok_or_else(|| Error::field("availability", "availability-unknown"))?);
        }
        if let Some(language) = given(&self.language) {
            filter.language = Some(prose::tidy("language", &language, 35)?.to_lowercase());
        }
        if let Some(text) = given(&self.q) {
            filter.text = Some(prose::tidy("q", &text, TEXT)?);
        }
        Ok(filter)
    }
}

/// People found, and how many there are in all.
#[derive(Debug, Clone)]
pub struct People {
    /// One page of them, newest first, and one more where there are more.
    pub rows: Vec<PersonView>,
    /// All of them.
    pub all: i64,
}

/// People whom `scope` may see and `filter` lets through, below `after`. One line of the audit log
/// tells who looked for what and how many they saw.
///
/// # Errors
/// `NotFound` when the filter's region is not led by `scope`.
pub async fn find_people(
    app: &App,
    scope: Scope,
    filter: Filter,
    after: Option<VolunteerId>,
    limit: i64,
) -> Result<People, Error> {
    let (now, asking) = (app.clock.now(), scope.clone());
    let (found, all, read) = app
        .db
        .read(move |conn| {
            let found = volunteers::search(conn, &asking, &filter, after, limit + 1)?;
            let all = volunteers::count_found(conn, &asking, &filter)?;
            let read = looked_for(&filter, found.len());
            Ok((found, all, read))
        })
        .await?;
    audit::append_look(&app.db, scope, "people_read", read, now).await?;
    Ok(People {
        rows: found
            .into_iter()
            .map(|person| view(app, person, now))
            .collect(),
        all,
    })
}

/// What the log keeps of a look: never the words, which may be a name.
fn looked_for(filter: &Filter, seen: usize) -> serde_json::Value {
    json!({
        "region": filter.region.as_ref().map(RegionCode::as_str),
        "skill": filter.skill,
        "third": filter.third,
        "language": filter.language,
        "by_text": filter.text.is_some(),
        "people": seen,
    })
}

fn view(app: &App, person: Found, now: Instant) -> PersonView {
    let days = app.scoring.weeks.resting_days;
    let standing = Standing {
        availability: person.availability.as_deref(),
        zone: person.zone.parse().unwrap_or(chrono_tz::UTC),
        quiet: person.quiet,
        joined: person.joined_at,
        active: person.last_active_at,
    };
    PersonView {
        id: person.id,
        region: RegionView::of(&app.tree, &person.region),
        ready_now: is_ready(standing, &app.matcher.config().time, days, now),
        resting: is_resting(person.joined_at, person.last_active_at, days, now),
        availability: person
            .availability
            .as_deref()
            .map(|column| Availability::from_column(column).chosen()),
        name: person.name,
        email: person.email,
        skills: person
            .skills
            .into_iter()
            .map(|(slug, level)| SkillLevel { slug, level })
            .collect(),
        languages: person.languages,
        joined_at: person.joined_at,
        last_active_at: person.last_active_at,
    }
}
