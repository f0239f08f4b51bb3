//! Reference data about people over the JSON API.

use actix_web::Responder;
use actix_web::web::Json;

use super::skills;

/// `GET /api/v1/skills`.
pub async fn skills() -> impl Responder {
    Json(skills::all())
}
