//! The shape of an export.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Rows by table, each row its columns by name.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Export {
    /// Table name → rows.
    pub tables: BTreeMap<String, Vec<serde_json::Value>>,
}

/// What a table holds about people. A table that is in no class fails the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Rows of one person, by this column: exported, and erased or stripped when they leave.
    Personal(&'static str),
    /// Rows of one person that stay after they left, under a number that names nobody.
    Pseudonym(&'static str),
    /// Nothing about a person.
    Impersonal,
}

/// Every table with its class, in the order of an export.
pub const CLASSES: [(&str, Class); 30] = [
    ("volunteers", Class::Personal("id")),
    ("volunteer_skills", Class::Personal("volunteer_id")),
    ("staff", Class::Personal("volunteer_id")),
    ("captains", Class::Personal("volunteer_id")),
    ("invitations", Class::Personal("volunteer_id")),
    ("sessions", Class::Personal("volunteer_id")),
    ("sign_in_requests", Class::Personal("volunteer_id")),
    ("follow_ups", Class::Personal("volunteer_id")),
    ("assignments", Class::Personal("volunteer_id")),
    ("declines", Class::Personal("volunteer_id")),
    ("task_events", Class::Personal("volunteer_id")),
    ("posts", Class::Personal("author")),
    ("comments", Class::Personal("author")),
    ("ledger", Class::Pseudonym("volunteer_id")),
    ("entry_states", Class::Pseudonym("volunteer_id")),
    ("member_weeks", Class::Pseudonym("volunteer_id")),
    ("audit", Class::Pseudonym("actor")),
    ("outbox", Class::Impersonal),
    ("campaign", Class::Impersonal),
    ("region_weeks", Class::Impersonal),
    ("rosters", Class::Impersonal),
    ("roster_locks", Class::Impersonal),
    ("final_boards", Class::Impersonal),
    ("missions", Class::Impersonal),
    ("tasks", Class::Impersonal),
    ("task_skills", Class::Impersonal),
    ("task_stats", Class::Impersonal),
    ("live_tickets", Class::Personal("volunteer_id")),
    ("__diesel_schema_migrations", Class::Impersonal),
    ("sqlite_sequence", Class::Impersonal),
];
