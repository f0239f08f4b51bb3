//! Styles, scripts and pictures: compiled in, served under one hashed prefix, cached for good.
//!
//! The prefix is a hash over every file, so that modules can import each other by relative names
//! and a new release changes every address at once.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, Responder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{Front, PageError};
use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "../web/static"]
struct Files;

/// The files by name; cheap to clone.
#[derive(Clone)]
pub struct Assets {
    prefix: Arc<str>,
    files: Arc<HashMap<String, Bytes>>,
}

impl Assets {
    /// Gathers the files, joins the styles in the order of their names' layer statement
    /// (`css/00-….css` first) and writes the campaign's accent colour into a style of its own.
    pub fn embedded(accent: &str) -> Self {
        let mut names: Vec<String> = Files::iter().map(|name| name.to_string()).collect();
        names.sort();
        let mut files = HashMap::new();
        let mut styles = String::new();
        for name in names {
            let Some(file) = Files::get(&name) else {
                continue;
            };
            if name.starts_with("css/") {
                styles.push_str(&String::from_utf8_lossy(&file.data));
                styles.push('\n');
            } else {
                files.insert(name, Bytes::from(file.data.into_owned()));
            }
        }
        files.insert("app.css".into(), Bytes::from(styles));
        files.insert(
            "accent.css".into(),
            Bytes::from(format!(":root{{--accent:{accent}}}\n")),
        );
        let mut sorted: Vec<_> = files.iter().collect();
        sorted.sort();
        let mut hash = Sha256::new();
        for (name, bytes) in sorted {
            hash.update(name.as_bytes());
            hash.update(bytes);
        }
        let prefix = crate::ids::hex(&hash.finalize()[..6]);
        Self {
            prefix: prefix.into(),
            files: Arc::new(files),
        }
    }

    /// The address of a file.
    pub fn path(&self, name: &str) -> String {
        format!("/static/{}/{name}", self.prefix)
    }

    /// `GET /static/{hash}/{name}`.
    #[expect(clippy::unused_async, reason = "a handler is an async function")]
    pub async fn serve(
        front: Data<Front>,
        path: Path<(String, String)>,
    ) -> Result<impl Responder, PageError> {
        let (prefix, name) = path.into_inner();
        let assets = &front.assets;
        let bytes = assets
            .files
            .get(&name)
            .filter(|_| *prefix == *assets.prefix)
            .ok_or(Error::NotFound)?;
        let kind = match name.rsplit_once('.').map(|(_, kind)| kind) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("webmanifest") => "application/manifest+json",
            _ => "application/octet-stream",
        };
        Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, kind))
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(bytes.clone()))
    }
}
