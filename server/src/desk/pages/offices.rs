//! `/hq/staff`: captains and HQ, naming and unnaming.

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use askama::Template;
use serde::Deserialize;

use super::super::{add_staff, end_captaincy, name_captain_by_email, offices};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::http::{Faults, Form, Page, PageError, Query, See, Staff};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::regions::{RegionView, Tree};
use crate::sessions::Viewer;
use crate::volunteers::Holder;
use crate::words::Lang;

/// What was done just now.
#[derive(Default, Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/staff.html")]
struct Offices {
    l: Lang,
    zone: chrono_tz::Tz,
    me: VolunteerId,
    done: bool,
    typed: Named,
    faults: Faults,
    captains: Vec<(RegionView, Holder)>,
    staff: Vec<Holder>,
}

impl Offices {
    fn since(&self, holder: &Holder) -> String {
        self.l.day(holder.since, self.zone)
    }
}

/// A person and, for a captain, a region, as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    email: String,
    region: String,
    /// `captain` or `staff`: which of the two forms it was.
    office: String,
}

/// A captaincy to end.
#[derive(Deserialize)]
pub struct Ended {
    region: String,
    volunteer: VolunteerId,
}

/// `GET /hq/staff`.
pub async fn index(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let done = asked.done.is_some();
    Ok(show(&app, &viewer, l, done, Named::default(), Faults::default()).await?)
}

/// `POST /hq/staff`: names a captain, or takes somebody into HQ.
pub async fn create(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Form(typed): Form<Named>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let named = if typed.office == "staff" {
        add_staff(&app, viewer.scope(), &typed.email)
            .await
            .map(drop)
    } else {
        match region(&app.tree, &typed.region) {
            Ok(region) => name_captain_by_email(&app, viewer.scope(), &region, &typed.email)
                .await
                .map(drop),
            Err(error) => Err(error),
        }
    };
    match named {
        Ok(()) => Ok(See("/hq/staff?done=1".into()).respond_to(&request)),
        Err(Error::Invalid(errors)) => {
            let faults = Faults::new(&errors, &l);
            let page = show(&app, &viewer, l, false, typed, faults).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /hq/staff/captains/deletion`.
pub async fn delete(
    app: Data<App>,
    Staff(viewer): Staff,
    Form(ended): Form<Ended>,
) -> Result<See, PageError> {
    let region = RegionCode::parse(&ended.region).map_err(|_| Error::NotFound)?;
    end_captaincy(&app, viewer.scope(), &region, ended.volunteer).await?;
    Ok(See("/hq/staff?done=1".into()))
}

/// The region meant by a code, a postcode, or a name that only one region has.
pub(super) fn region(tree: &Tree, typed: &str) -> Result<RegionCode, Error> {
    let typed = typed.trim();
    let by_code = RegionCode::parse(&typed.to_lowercase()).ok();
    if let Some(node) = by_code.and_then(|code| tree.get(&code).map(|node| node.code.clone())) {
        return Ok(node);
    }
    if let Some(place) = tree.place(typed).ok().filter(|place| place.exact) {
        return Ok(place.region);
    }
    let found = tree.search(typed, 2);
    match found.as_slice() {
        [one] => Ok(one.code.clone()),
        [first, second] if first.level != second.level => Ok(first.code.clone()),
        _ => {
            let name: String = typed.chars().take(60).collect();
            Err(FieldErrors::with("region", "desk-region-unclear", vec![("name", name)]).into())
        }
    }
}

async fn show(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    done: bool,
    typed: Named,
    faults: Faults,
) -> Result<Page<Offices>, Error> {
    let (captains, staff) = offices(app, viewer.scope()).await?;
    let page = Offices {
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        me: viewer.id,
        done,
        typed,
        faults,
        captains: captains
            .into_iter()
            .map(|(region, holder)| (RegionView::of(&app.tree, &region), holder))
            .collect(),
        staff,
        l: l.clone(),
    };
    Ok(Page::new(l.say("desk-offices"), page))
}
