//! The region's page: its feed, its deeds, its honour roll.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, Responder};
use askama::Template;
use serde::Deserialize;

use super::{Deed, FeedScope, Named, PostView, Role};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::http::{Faults, Form, Page, PageError, Query, See, SignedIn};
use crate::ids::{CommentId, PostId, secret};
use crate::region_code::RegionCode;
use crate::regions::{self, RegionView};
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::volunteers;
use crate::words::Lang;

/// Posts on one page.
const PAGE: i64 = 20;

/// Characters of a form's key at most.
const KEY: usize = 200;

/// `?after=` of older posts.
#[derive(Deserialize)]
pub struct Older {
    after: Option<String>,
}

/// A text typed into a form, and the region whose page it stands on.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    text: String,
    at: Option<RegionCode>,
    /// The form's own, so that what is sent twice stands once.
    #[serde(default)]
    key: String,
}

impl Typed {
    fn key(&self) -> Option<String> {
        let usable = (1..=KEY).contains(&self.key.len());
        (usable && self.key.bytes().all(|byte| byte.is_ascii_graphic())).then(|| self.key.clone())
    }
}

/// What was typed into which form and cannot be used.
#[derive(Default)]
struct Draft {
    /// `None`: the form for a new post.
    under: Option<PostId>,
    text: String,
    faults: Faults,
}

impl Draft {
    fn is_under(&self, post: &PostView) -> bool {
        self.under == Some(post.id)
    }
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts the page is drawn from"
)]
#[derive(Template)]
#[template(path = "feed/region.html")]
struct Region {
    l: Lang,
    now: Instant,
    zone: chrono_tz::Tz,
    place: RegionView,
    crumbs: Vec<(RegionCode, String)>,
    has_children: bool,
    open: bool,
    leads: bool,
    quiet: bool,
    me: String,
    captains: Vec<String>,
    members: i64,
    active: i64,
    posts: Vec<PostView>,
    older: Option<PostId>,
    deeds: Vec<Deed>,
    roll: Vec<Named>,
    draft: Draft,
    /// What the keys of this page's forms begin with.
    key: String,
}

impl Region {
    fn moment(&self, at: &Instant) -> String {
        self.l.lately(*at, self.now, self.zone)
    }
}

/// `GET /regions/{code}`.
pub async fn region(
    app: Data<App>,
    who: SignedIn,
    l: Lang,
    code: Path<String>,
    older: Query<Older>,
) -> Result<impl Responder, PageError> {
    let region = regions::known(&app.tree, &code)?.code.clone();
    let before = older.0.after.and_then(|text| text.parse().ok());
    Ok(show(&app, &who.0, l, region, before, Draft::default()).await?)
}

/// `POST /regions/{code}/posts`.
pub async fn create_post(
    app: Data<App>,
    who: SignedIn,
    l: Lang,
    code: Path<String>,
    typed: Form<Typed>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let region = regions::known(&app.tree, &code)?.code.clone();
    let (reader, key) = (FeedScope::of(&who.0), typed.0.key());
    match super::post(&app, reader, &region, &typed.0.text, key).await {
        Ok(post) => Ok(see(&region, post.view.id).respond_to(&request)),
        Err(error) => {
            let draft = draft(error, None, typed.0.text, &l)?;
            let page = show(&app, &who.0, l, region, None, draft).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
    }
}

/// `POST /posts/{id}/comments`.
pub async fn create_comment(
    app: Data<App>,
    who: SignedIn,
    l: Lang,
    id: Path<String>,
    typed: Form<Typed>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let post: PostId = id.parse().map_err(|_| Error::NotFound)?;
    let reader = FeedScope::of(&who.0);
    let key = typed.0.key();
    let region = match typed.0.at.filter(|at| reader.reads(at)) {
        Some(at) => at,
        None => super::region_of(&app, reader.clone(), post).await?,
    };
    match super::comment(&app, reader, post, &typed.0.text, key).await {
        Ok(_) => Ok(see(&region, post).respond_to(&request)),
        Err(error) => {
            let draft = draft(error, Some(post), typed.0.text, &l)?;
            let page = show(&app, &who.0, l, region, None, draft).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
    }
}

/// `POST /posts/{id}/deletion`.
pub async fn delete_post(
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
) -> Result<See, PageError> {
    let post: PostId = id.parse().map_err(|_| Error::NotFound)?;
    let region = super::delete_post(&app, FeedScope::of(&who.0), post).await?;
    Ok(See(format!("/regions/{region}")))
}

/// `POST /posts/{id}/comments/{comment}/deletion`.
pub async fn delete_comment(
    app: Data<App>,
    who: SignedIn,
    ids: Path<(String, String)>,
) -> Result<See, PageError> {
    let post: PostId = ids.0.parse().map_err(|_| Error::NotFound)?;
    let comment: CommentId = ids.1.parse().map_err(|_| Error::NotFound)?;
    let region = super::delete_comment(&app, FeedScope::of(&who.0), post, comment).await?;
    Ok(see(&region, post))
}

fn see(region: &RegionCode, post: PostId) -> See {
    See(format!("/regions/{region}#post-{post}"))
}

/// What to show again, if the error is about what was typed.
fn draft(error: Error, under: Option<PostId>, text: String, l: &Lang) -> Result<Draft, PageError> {
    match error {
        Error::Invalid(faults) => Ok(Draft {
            under,
            text,
            faults: Faults::new(&faults, l),
        }),
        other => Err(other.into()),
    }
}

async fn show(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    region: RegionCode,
    before: Option<PostId>,
    draft: Draft,
) -> Result<Page<Region>, Error> {
    let (now, reader) = (app.clock.now(), FeedScope::of(viewer));
    let (tree, scoring, me) = (app.tree.clone(), app.scoring.clone(), viewer.id);
    let place = RegionView::of(&tree, &region);
    let title = place.name.clone();
    let path = tree.path(&region);
    let mut page = Region {
        l,
        now,
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        crumbs: path
            .iter()
            .take(path.len().saturating_sub(1))
            .map(|node| (node.code.clone(), node.name.to_owned()))
            .collect(),
        has_children: tree.children(&region).next().is_some(),
        open: reader.reads(&region),
        leads: reader.scope.leads(&region),
        quiet: false,
        me: String::new(),
        place,
        captains: Vec::new(),
        members: 0,
        active: 0,
        posts: Vec::new(),
        older: None,
        deeds: Vec::new(),
        roll: Vec::new(),
        draft,
        key: secret(16),
    };
    let page = app
        .db
        .read(move |conn| {
            let person = volunteers::find(conn, &Scope::Own(me), me)?;
            (page.quiet, page.me) = (person.quiet, person.name);
            page.captains = volunteers::captain_names(conn, &Scope::System, &region)?;
            page.members = volunteers::count(conn, &Scope::System, &region)?;
            page.active = super::active(conn, &tree, &region, now)?;
            if page.open {
                // What is said to a region above is said to this one's people too.
                let heard: Vec<RegionCode> = region.ancestors_and_self().collect();
                page.posts = super::posts(conn, &tree, &reader, &heard, before, PAGE + 1)?;
                page.roll =
                    super::honour_roll(conn, &tree, &scoring.soft_cap, &reader, &region, now)?;
                page.deeds = super::deeds(conn, &tree, &reader, &region, now)?;
            }
            let most = usize::try_from(PAGE).unwrap_or(0);
            if page.posts.len() > most {
                page.posts.truncate(most);
                page.older = page.posts.last().map(|post| post.id);
            }
            Ok(page)
        })
        .await?;
    Ok(Page::new(title, page))
}
