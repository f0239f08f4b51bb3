//! Rows and value types of requests for links.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::db::schema::sign_in_requests;
use crate::ids::{RequestId, VolunteerId};
use crate::region_code::RegionCode;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Taking in a newcomer, or signing in whoever is one already.
    Join,
    /// Signing in.
    SignIn,
    /// The first way in of HQ: printed by the command, for any browser.
    Staff,
    /// The demo's ready links: any browser, as often as wanted.
    Demo,
}

impl Purpose {
    /// As the column has it.
    pub fn column(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::SignIn => "sign_in",
            Self::Staff => "staff",
            Self::Demo => "demo",
        }
    }

    /// From the column; what is not known is taken as signing in, which creates nobody.
    pub fn from_column(text: &str) -> Self {
        match text {
            "join" => Self::Join,
            "staff" => Self::Staff,
            "demo" => Self::Demo,
            _ => Self::SignIn,
        }
    }
}

/// What comes with a request and waits for its confirmation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Kinds of tasks picked while waiting for the mail.
    pub interests: Vec<String>,
    /// Thirds of the week picked, such as `sat-am`; none when nothing was said about time.
    pub availability: Vec<String>,
    /// The page of ours to go on to.
    pub next: Option<String>,
}

/// A request as the table has it; the migration documents every column.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sign_in_requests)]
pub struct Request {
    pub id: RequestId,
    pub purpose: String,
    pub handle_hash: String,
    pub browser_hash: String,
    pub email: String,
    pub zip: Option<String>,
    pub region: Option<RegionCode>,
    pub zone: Option<String>,
    pub name: String,
    pub invite: Option<String>,
    pub choices: String,
    pub asked_at: Instant,
    pub expires_at: Option<Instant>,
    pub spent_at: Option<Instant>,
    pub voided_at: Option<Instant>,
    pub code_hash: Option<String>,
    pub code_tries: i32,
    pub volunteer_id: Option<VolunteerId>,
}

impl Request {
    /// What the link is for.
    pub fn purpose(&self) -> Purpose {
        Purpose::from_column(&self.purpose)
    }

    /// What was picked while waiting.
    pub fn choices(&self) -> Choices {
        serde_json::from_str(&self.choices).unwrap_or_default()
    }
}

/// A request about to be stored; the migration documents every column.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sign_in_requests, treat_none_as_default_value = false)]
pub struct NewRequest {
    pub id: RequestId,
    pub purpose: &'static str,
    pub handle_hash: String,
    pub browser_hash: String,
    pub email: String,
    pub ip: String,
    pub zip: Option<String>,
    pub region: Option<RegionCode>,
    pub zone: Option<String>,
    pub name: String,
    pub invite: Option<String>,
    pub choices: String,
    pub asked_at: Instant,
    pub mailed: bool,
    pub token_hash: Option<String>,
    pub dispatched_at: Option<Instant>,
    pub expires_at: Option<Instant>,
    pub code_tries: i32,
    pub volunteer_id: Option<VolunteerId>,
}
