//! HTML pages: a feature's template inside the layout.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use askama::Template;

use super::session::Resolved;
use super::{ApiError, Front, PageError};
use crate::error::Error;
use crate::sessions::Viewer;
use crate::words::Lang;

/// A template answered as a page. Its own title comes first in the window's.
pub struct Page<T> {
    title: String,
    content: T,
    status: StatusCode,
}

impl<T: Template> Page<T> {
    /// 200 with `content` under `title`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a sentence in the making is printed here and done with"
    )]
    pub fn new(title: impl ToString, content: T) -> Self {
        Self {
            title: title.to_string(),
            content,
            status: StatusCode::OK,
        }
    }

    /// The same with another status: 422 for a form shown again.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        self
    }
}

impl<T: Template> Responder for Page<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Some(front) = Front::of(request) else {
            return HttpResponse::InternalServerError().finish();
        };
        let viewer = Resolved::of(request).and_then(|resolved| resolved.viewer.clone());
        let lang = super::session::lang_of(request, front);
        let mut response = HttpResponse::build(self.status);
        finish(
            &mut response,
            front,
            &lang,
            viewer.as_deref(),
            request.path(),
            &self.title,
            &self.content,
        )
    }
}

/// 303 to a path of our own.
pub struct See(pub String);

impl Responder for See {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::SeeOther()
            .insert_header((LOCATION, self.0))
            .finish()
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    l: &'a Lang,
    title: &'a str,
    campaign: &'a str,
    viewer: Option<&'a Viewer>,
    nav: Vec<NavItem>,
    content: String,
}

struct NavItem {
    href: String,
    icon: &'static str,
    text: &'static str,
    here: bool,
}

/// Four or five ways from anywhere: what a volunteer, a captain and HQ each need most.
fn nav(viewer: Option<&Viewer>, path: &str) -> Vec<NavItem> {
    let item = |href: String, icon, text| {
        let here = path == href || (icon == "race" && path.starts_with("/races/"));
        NavItem {
            href,
            icon,
            text,
            here,
        }
    };
    let Some(viewer) = viewer else {
        return vec![
            item("/join".into(), "welcome", "nav-join"),
            item("/sign-in".into(), "me", "nav-sign-in"),
        ];
    };
    // The race people care for first is the one their own county runs in.
    let home = viewer
        .region
        .ancestors_and_self()
        .nth(1)
        .unwrap_or_else(|| viewer.region.clone());
    let mut items = vec![if viewer.staff {
        item("/hq".into(), "hq", "nav-hq")
    } else {
        item("/home".into(), "home", "nav-home")
    }];
    items.push(item(format!("/races/{home}"), "race", "nav-race"));
    items.push(if viewer.is_leader() {
        item("/captain".into(), "captain", "nav-captain")
    } else {
        item(format!("/regions/{home}"), "region", "nav-region")
    });
    items.push(item("/me".into(), "me", "nav-me"));
    items.push(item("/log".into(), "plus", "nav-log"));
    items
}

#[derive(Template)]
#[template(path = "errors/error.html")]
pub(super) struct ErrorPage {
    pub l: Lang,
    pub status: u16,
    pub title: String,
    pub detail: String,
    pub faults: Vec<String>,
    pub name: String,
}

/// Renders `content` into the layout and `response`.
pub(super) fn finish<T: Template>(
    response: &mut HttpResponseBuilder,
    front: &Front,
    lang: &Lang,
    viewer: Option<&Viewer>,
    path: &str,
    title: &str,
    content: &T,
) -> HttpResponse {
    let rendered = content.render().and_then(|content| {
        Layout {
            l: lang,
            title,
            campaign: &front.settings.campaign,
            viewer,
            nav: nav(viewer, path),
            content,
        }
        .render()
    });
    match rendered {
        Ok(html) => response
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CACHE_CONTROL, "no-store"))
            // Templates write plain /static/ addresses; text from people cannot hold a raw quote.
            .body(html.replace("\"/static/", &format!("\"{}", front.assets.path("")))),
        Err(why) => {
            tracing::error!(%why, path, "a template failed");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// What is not in the route table.
pub(super) async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, actix_web::Error> {
    if request.path().starts_with("/api/") {
        Err(ApiError(Error::NotFound).into())
    } else {
        Err(PageError(Error::NotFound).into())
    }
}
