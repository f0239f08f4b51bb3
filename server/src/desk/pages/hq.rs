//! `/hq`: who is there, where, and ready for what.

use std::collections::BTreeMap;

use actix_web::Responder;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::super::{Counted, Summary, numbers};
use super::missions::{Section, Told};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::http::{Page, PageError, Query, Staff};
use crate::races;
use crate::region_code::RegionCode;
use crate::regions::{self, RegionView};
use crate::sessions::Viewer;
use crate::volunteers::skills;
use crate::words::Lang;

/// Skills shown; the search has them all.
const SKILLS: usize = 12;
/// Days of the grid.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Thirds of a day.
const THIRDS: [&str; 3] = ["am", "pm", "eve"];

/// So few people are no campaign yet.
const FEW: i64 = 5;

/// `?region=&said=`.
#[derive(Deserialize)]
pub struct Asked {
    region: Option<String>,
    /// What counts more was said just now.
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/hq.html")]
pub(super) struct Hq {
    l: Lang,
    now: Instant,
    zone: chrono_tz::Tz,
    summary: Summary,
    all: Counted,
    here_now: Option<u32>,
    /// Whether the campaign is only beginning: nobody beside HQ, nothing to do.
    begins: bool,
    crumbs: Vec<(RegionCode, String)>,
    parts: Vec<Part>,
    skills: Vec<(String, String, i64)>,
    grid: Vec<(&'static str, Vec<Cell>)>,
    days: [&'static str; 7],
    /// On the page of the whole campaign alone.
    missions: Option<Section>,
}

/// A region beneath.
struct Part {
    code: RegionCode,
    name: String,
    /// Whether there is more beneath it.
    deep: bool,
    counted: Counted,
    /// Percent of the largest.
    share: i64,
    pace: Option<f64>,
}

/// People free in a third of the week.
struct Cell {
    third: String,
    people: i64,
    heat: &'static str,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates hand over references"
)]
impl Hq {
    fn whole(&self, number: &i64) -> String {
        self.l
            .whole(i32::try_from(*number).unwrap_or(i32::MAX).into())
    }

    fn pace(&self, pace: &f64) -> String {
        self.l.whole(*pace)
    }

    /// Of a hundred people, how many were active.
    fn percent(&self) -> i64 {
        share(self.all.active, self.all.volunteers)
    }
}

/// `part` of `whole` in percent, 0 to 100; of nothing, nothing.
fn share(part: i64, whole: i64) -> i64 {
    if whole > 0 {
        (part.saturating_mul(100) / whole).clamp(0, 100)
    } else {
        0
    }
}

/// `GET /hq`.
pub async fn hq(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let code = asked.region.as_deref().filter(|code| !code.is_empty());
    let region = match code {
        Some(code) => regions::known(&app.tree, code)?.code.clone(),
        None => app.tree.root().code.clone(),
    };
    let told = Told {
        done: asked.said.is_some(),
        ..Told::default()
    };
    Ok(show(&app, &viewer, &l, region, told).await?)
}

pub(super) async fn show(
    app: &App,
    viewer: &Viewer,
    l: &Lang,
    region: RegionCode,
    told: Told,
) -> Result<Page<Hq>, Error> {
    let missions = if region == *app.tree.root().code {
        Some(Section::new(app, viewer, l, told).await?)
    } else {
        None
    };
    let (house, scope, asked) = (app.clone(), viewer.scope(), region.clone());
    let (summary, all, parts) = app
        .db
        .read(move |conn| numbers(conn, &house, &scope, &asked))
        .await?;
    let path = app.tree.path(&region);
    let page = Hq {
        now: app.clock.now(),
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        crumbs: path
            .iter()
            .take(path.len().saturating_sub(1))
            .map(|node| (node.code.clone(), node.name.to_owned()))
            .collect(),
        parts: rows(app, &region, parts).await?,
        skills: skilled(&summary),
        grid: grid(&summary),
        days: DAYS,
        missions,
        here_now: summary.here_now,
        begins: path.len() == 1 && all.volunteers < FEW && all.tasks == 0,
        summary,
        all,
        l: l.clone(),
    };
    Ok(Page::new(l.say("nav-hq"), page))
}

/// The regions beneath, the most populous first, with their Pace where they race.
async fn rows(
    app: &App,
    region: &RegionCode,
    parts: BTreeMap<RegionCode, Counted>,
) -> Result<Vec<Part>, Error> {
    let paces: BTreeMap<RegionCode, f64> = match races::board(app, region, None).await {
        Ok(ready) => ready
            .board
            .rows
            .iter()
            .filter_map(|row| row.pace.map(|pace| (row, pace)))
            .flat_map(|(row, pace)| row.regions.iter().map(move |code| (code.clone(), pace)))
            .collect(),
        Err(Error::NotFound) => BTreeMap::new(),
        Err(error) => return Err(error),
    };
    let most = parts.values().map(|part| part.volunteers).max();
    let mut rows: Vec<Part> = parts
        .into_iter()
        .map(|(code, counted)| Part {
            name: RegionView::of(&app.tree, &code).name,
            deep: app.tree.children(&code).count() > 0,
            share: share(counted.volunteers, most.unwrap_or(0)),
            pace: paces.get(&code).copied(),
            counted,
            code,
        })
        .collect();
    rows.sort_by(|a, b| {
        let larger = b.counted.volunteers.cmp(&a.counted.volunteers);
        larger.then_with(|| a.name.cmp(&b.name))
    });
    Ok(rows)
}

/// The most frequent skills: slug, label, people.
fn skilled(summary: &Summary) -> Vec<(String, String, i64)> {
    let mut all: Vec<(String, String, i64)> = summary
        .by_skill
        .iter()
        .map(|(slug, people)| {
            let label = skills::find(slug).map_or(slug.as_str(), |skill| skill.label.as_str());
            (slug.clone(), label.to_owned(), *people)
        })
        .collect();
    all.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
    all.truncate(SKILLS);
    all
}

/// The week, a row for each third of a day; the warmer, the more people.
fn grid(summary: &Summary) -> Vec<(&'static str, Vec<Cell>)> {
    let most = summary.by_availability.values().copied().max().unwrap_or(0);
    let cell = |third: String| {
        let people = summary.by_availability.get(&third).copied().unwrap_or(0);
        let heat = match share(people, most) {
            0 => "heat-none",
            1..40 => "heat-a1",
            40..75 => "heat-a2",
            _ => "heat-a3",
        };
        Cell {
            third,
            people,
            heat,
        }
    };
    THIRDS
        .iter()
        .map(|third| {
            let cells = DAYS.iter().map(|day| cell(format!("{day}-{third}")));
            (*third, cells.collect())
        })
        .collect()
}
