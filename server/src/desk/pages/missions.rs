//! `/hq`, "What counts more": HQ says it for a week to come, without script.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use serde::Deserialize;

use super::hq::show;
use crate::activities::{self, Kind, MissionView};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::http::{Form, PageError, See, Staff};
use crate::ledger::{Mission, Week};
use crate::sessions::Viewer;
use crate::words::Lang;

/// Weeks to come that something can be said about.
const WEEKS: usize = 4;

/// The form, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub(super) week: String,
    pub(super) kind: String,
    pub(super) weight: String,
}

/// What became of the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// It was taken.
    pub done: bool,
    /// Why it was not, and what was typed.
    pub refused: Option<(String, Typed)>,
}

/// A week and what counts more or less in it.
pub(super) struct Shown {
    /// `2026-W48`.
    pub code: String,
    /// "Week 48, from Nov 23".
    pub name: String,
    /// Until when something can be said; none for a week that has begun.
    pub until: Option<String>,
    /// "Doors count 1.5× in week 48."
    pub said: Vec<String>,
}

/// The section of the page.
pub(super) struct Section {
    pub weeks: Vec<Shown>,
    pub kinds: [Kind; 11],
    pub typed: Typed,
    pub done: bool,
    pub refusal: Option<String>,
}

impl Section {
    /// This week and those to come, as stored, beside what was typed.
    pub async fn new(app: &App, viewer: &Viewer, l: &Lang, told: Told) -> Result<Self, Error> {
        let zone = viewer.zone.parse().unwrap_or(chrono_tz::UTC);
        let now = app.clock.now();
        let present = Week::at(now.utc(), zone);
        let to_come = |week: &Week| now < app.missions.stands_from(*week);
        let weeks = std::iter::once(present).chain(
            std::iter::successors(Some(present.next()), |week| Some(week.next()))
                .filter(to_come)
                .take(WEEKS),
        );
        let weeks = activities::weights_of(app, weeks.collect()).await?;
        let shown = |(week, weights): (Week, Arc<activities::Weights>)| Shown {
            code: week.to_string(),
            name: l
                .say("desk-mission-week")
                .with("week", activities::week_number(week))
                .with("day", l.day(Instant::from(week.start(zone)), zone))
                .to_string(),
            until: to_come(&week).then(|| l.moment(app.missions.stands_from(week), zone)),
            said: weights
                .iter()
                .map(|(kind, weight)| MissionView::new(l, week, kind, weight).text)
                .collect(),
        };
        let weeks: Vec<Shown> = weeks.into_iter().map(shown).collect();
        let (refusal, typed) = told.refused.unzip();
        Ok(Self {
            weeks,
            kinds: Kind::ALL,
            typed: typed.unwrap_or_else(|| Typed {
                kind: Kind::Doors.to_string(),
                weight: "1.5".into(),
                ..Typed::default()
            }),
            done: told.done,
            refusal,
        })
    }
}

/// `POST /hq/missions`.
pub async fn create(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Form(typed): Form<Typed>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let (status, refusal) = match set(&app, &viewer, &typed).await {
        Ok(()) => return Ok(See("/hq?said=1#missions".into()).respond_to(&request)),
        Err(Error::Conflict(why)) => (409, l.sentence(&why)),
        Err(Error::Invalid(faults)) => {
            let faults = faults.0.iter().map(|(_, why)| l.sentence(why));
            (422, faults.collect::<Vec<_>>().join(" "))
        }
        Err(error) => return Err(error.into()),
    };
    let told = Told {
        done: false,
        refused: Some((refusal, typed)),
    };
    let page = show(&app, &viewer, &l, app.tree.root().code.clone(), told).await?;
    Ok(page.with_status(status).respond_to(&request))
}

async fn set(app: &App, viewer: &Viewer, typed: &Typed) -> Result<(), Error> {
    let week = typed.week.parse::<Week>();
    let week = week.map_err(|_| Error::field("week", "activity-week"))?;
    let kind = typed.kind.parse::<Kind>();
    let kind = kind.map_err(|_| Error::field("kind", "activity-kind"))?;
    let weight = typed.weight.trim().replace(',', ".").parse().ok();
    let weight = weight
        .and_then(Mission::parse)
        .ok_or_else(|| Error::field("weight", "mission-weight-decimals"))?;
    activities::set_mission(app, viewer.scope(), week, kind, weight).await
}
