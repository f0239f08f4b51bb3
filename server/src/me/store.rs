//! The SQL of export and erasure: the one place that goes over every table with people in it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::erasures::Erased;
use super::export::{CLASSES, Class, Export};
use crate::clock::Instant;
use crate::db::schema::{
    assignments, captains, comments, declines, follow_ups, invitations, ledger, outbox, posts,
    sign_in_requests, staff, task_events, tasks, volunteer_skills, volunteers,
};
use crate::db::{Conn, dialect};
use crate::ids::{self, VolunteerId};
use crate::scope::Scope;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    row: Option<String>,
}

/// Rows of a table an export holds at most; more than any person has.
const ROWS: i64 = 100_000;

/// Where lines stand is found by the lines: it has no index by person.
const STATES: &str = "entry_states";
const OWN_STATES: &str =
    "entry_id IN (SELECT id FROM ledger WHERE volunteer_id = $1) AND volunteer_id";

/// Every row about the actor. Table and column names are constants of ours, never input.
pub fn export(conn: &mut Conn, scope: &Scope) -> QueryResult<Export> {
    let mut export = Export::default();
    for (table, class) in CLASSES {
        let (Class::Personal(column) | Class::Pseudonym(column)) = class else {
            continue;
        };
        let query = match table {
            STATES => dialect::rows_as_json(conn, table, OWN_STATES),
            _ => dialect::rows_as_json(conn, table, column),
        };
        let Some(query) = query else { continue };
        let rows: Vec<Row> = diesel::sql_query(query)
            .bind::<BigInt, _>(scope.actor().0)
            .bind::<BigInt, _>(ROWS)
            .load(conn)?;
        let rows = rows
            .into_iter()
            .filter_map(|row| serde_json::from_str(&row.row?).ok())
            .map(without_secrets)
            .map(as_elsewhere);
        export.tables.insert(table.to_owned(), rows.collect());
    }
    Ok(export)
}

/// Hashes of secrets say nothing to their owner and much to a thief.
fn without_secrets(mut row: serde_json::Value) -> serde_json::Value {
    if let Some(columns) = row.as_object_mut() {
        columns.retain(|name, _| !name.ends_with("_hash"));
    }
    row
}

/// Columns that hold ids and are not called `id` or `…_id`.
const IDS: [&str; 11] = [
    "invited_by",
    "added_by",
    "named_by",
    "changed_by",
    "closed_by",
    "decided_by",
    "deleted_by",
    "actor",
    "author",
    "corrects",
    "id",
];

/// Ids as the opaque texts and times as the RFC 3339 that every other answer has.
fn as_elsewhere(mut row: serde_json::Value) -> serde_json::Value {
    for (name, value) in row.as_object_mut().into_iter().flatten() {
        let is_id = IDS.contains(&name.as_str()) || name.ends_with("_id");
        let is_time = name.ends_with("_at") || matches!(name.as_str(), "at" | "since");
        if let Some(number) = value.as_i64().filter(|_| is_id) {
            *value = ids::encode(number).into();
        } else if let Some(time) = value.as_str().filter(|_| is_time).and_then(time) {
            *value = time.to_string().into();
        }
    }
    row
}

/// A time as either database writes it into JSON: UTC, with a blank or a `T`.
fn time(text: &str) -> Option<Instant> {
    NaiveDateTime::parse_from_str(&text.replace('T', " "), "%Y-%m-%d %H:%M:%S%.f")
        .ok()
        .map(|naive| Instant::from(naive.and_utc()))
}

/// How many left for good.
pub fn count_erased(conn: &mut Conn, scope: &Scope) -> QueryResult<i64> {
    volunteers::table
        .filter(volunteers::erased_at.is_not_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .count()
        .get_result(conn)
}

/// Who left for good, and when.
pub fn list_erased(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<Erased>> {
    let rows: Vec<(VolunteerId, Option<Instant>)> = volunteers::table
        .filter(volunteers::erased_at.is_not_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .order(volunteers::erased_at)
        .select((volunteers::id, volunteers::erased_at))
        .load(conn)?;
    let erased = |(who, at): (VolunteerId, Option<Instant>)| Some(Erased { who, at: at? });
    Ok(rows.into_iter().filter_map(erased).collect())
}

/// Strips the actor, whom the caller holds, from every table. The ledger keeps its lines without the
/// notes.
pub fn erase(conn: &mut Conn, scope: &Scope, now: Instant) -> QueryResult<()> {
    let who = scope.actor();
    // Requests for links that were never confirmed hold the address too.
    let email: Option<String> = volunteers::table
        .filter(volunteers::id.eq(who))
        .select(volunteers::email)
        .first(conn)
        .optional()?;
    let email = email.unwrap_or_default();
    diesel::delete(sign_in_requests::table.filter(sign_in_requests::email.eq(&email)))
        .execute(conn)?;
    // So do mails, those that were sent and those that wait.
    diesel::delete(outbox::table.filter(outbox::recipient.eq(&email))).execute(conn)?;
    diesel::update(volunteers::table.filter(volunteers::id.eq(who)))
        .set((
            volunteers::email.eq(format!("erased-{who}")),
            volunteers::name.eq(""),
            volunteers::zip.eq(None::<String>),
            volunteers::quiet.eq(true),
            volunteers::honour_roll.eq(false),
            volunteers::travel_km.eq(None::<i32>),
            volunteers::weekly_hours.eq(None::<i32>),
            volunteers::adult.eq(false),
            volunteers::availability.eq(None::<String>),
            volunteers::languages.eq("[]"),
            volunteers::interests.eq("[]"),
            volunteers::access_needs.eq("[]"),
            volunteers::certificates.eq("[]"),
            volunteers::erased_at.eq(now),
        ))
        .execute(conn)?;
    // Places in tasks that are not over yet become free again.
    let held: Vec<(i64, String)> = assignments::table
        .filter(assignments::volunteer_id.eq(who))
        .order(assignments::task_id)
        .select((assignments::task_id, assignments::state))
        .load(conn)?;
    for (task, state) in held {
        match state.as_str() {
            "accepted" | "assigned" => {
                diesel::update(
                    tasks::table
                        .filter(tasks::id.eq(task))
                        .filter(tasks::taken.gt(0)),
                )
                .set(tasks::taken.eq(tasks::taken - 1))
                .execute(conn)?;
            }
            "invited" => {
                diesel::update(
                    tasks::table
                        .filter(tasks::id.eq(task))
                        .filter(tasks::pending.gt(0)),
                )
                .set(tasks::pending.eq(tasks::pending - 1))
                .execute(conn)?;
            }
            _ => {}
        }
    }
    diesel::delete(assignments::table.filter(assignments::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(volunteer_skills::table.filter(volunteer_skills::volunteer_id.eq(who)))
        .execute(conn)?;
    diesel::delete(staff::table.filter(staff::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(captains::table.filter(captains::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(invitations::table.filter(invitations::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(follow_ups::table.filter(follow_ups::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(declines::table.filter(declines::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(task_events::table.filter(task_events::volunteer_id.eq(who))).execute(conn)?;
    diesel::delete(sign_in_requests::table.filter(sign_in_requests::volunteer_id.eq(who.0)))
        .execute(conn)?;
    diesel::update(
        posts::table
            .filter(posts::author.eq(who))
            .filter(posts::deleted_at.is_null()),
    )
    .set((
        posts::body.eq(""),
        posts::deleted_at.eq(now),
        posts::deleted_by.eq(who.0),
        posts::key.eq(None::<String>),
    ))
    .execute(conn)?;
    diesel::update(
        comments::table
            .filter(comments::author.eq(who))
            .filter(comments::deleted_at.is_null()),
    )
    .set((
        comments::body.eq(""),
        comments::deleted_at.eq(now),
        comments::deleted_by.eq(who.0),
        comments::key.eq(None::<String>),
    ))
    .execute(conn)?;
    // A note may name people; the points do not need it.
    diesel::update(
        ledger::table
            .filter(ledger::volunteer_id.eq(who))
            .filter(ledger::note.is_not_null()),
    )
    .set(ledger::note.eq(None::<String>))
    .execute(conn)?;
    Ok(())
}
