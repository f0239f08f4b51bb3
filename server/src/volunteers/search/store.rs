//! The SQL of finding people. Nobody's data without a `Scope`.

use diesel::dsl::exists;
use diesel::helper_types::IntoBoxed;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Filter, Found};
use crate::clock::Instant;
use crate::db::schema::{volunteer_skills, volunteers};
use crate::db::{Conn, MultiBackend};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::{Scope, under};
use crate::volunteers::Volunteer;

diesel::define_sql_function! {
    /// Small letters; on SQLite those of ASCII alone.
    fn lower(text: Text) -> Text;
}

type Query<'a> = IntoBoxed<'a, volunteers::table, MultiBackend>;

/// Everybody whom `scope` sees and `filter` lets through.
fn matching<'a>(scope: &Scope, filter: &Filter) -> Query<'a> {
    let mut query = volunteers::table
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .into_boxed();
    if let Some(region) = &filter.region {
        query = query.filter(under(volunteers::region, region));
    }
    if let Some(skill) = filter.skill.clone() {
        query = query.filter(exists(
            volunteer_skills::table
                .filter(volunteer_skills::volunteer_id.eq(volunteers::id))
                .filter(volunteer_skills::skill.eq(skill)),
        ));
    }
    if let Some(third) = filter.third {
        // The column holds one mark for each third; any mark before it, a 1 there, anything after.
        query = query.filter(volunteers::availability.like(format!("{}1%", "_".repeat(third))));
    }
    if let Some(language) = &filter.language {
        let tag = format!("%\"{}\"%", escaped(language));
        query = query.filter(volunteers::languages.like(tag).escape('!'));
    }
    if let Some(text) = &filter.text {
        let part = format!("%{}%", escaped(&text.to_lowercase()));
        query = query.filter(
            volunteers::email
                .like(part.clone())
                .escape('!')
                .or(lower(volunteers::name).like(part).escape('!')),
        );
    }
    query
}

/// Takes their meaning from the characters that `LIKE` gives one to.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let mark = matches!(c, '%' | '_' | '!').then_some('!');
            mark.into_iter().chain(std::iter::once(c))
        })
        .collect()
}

pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<VolunteerId>,
    limit: i64,
) -> QueryResult<Vec<Found>> {
    type Row = (
        (VolunteerId, String, String, RegionCode, String, bool),
        (Option<String>, String, Instant, Option<Instant>),
    );
    let rows: Vec<Row> = matching(scope, filter)
        .filter(volunteers::id.lt(after.map_or(i64::MAX, |id| id.0)))
        .order(volunteers::id.desc())
        .limit(limit)
        .select((
            (
                volunteers::id,
                volunteers::name,
                volunteers::email,
                volunteers::region,
                volunteers::zone,
                volunteers::quiet,
            ),
            (
                volunteers::availability,
                volunteers::languages,
                volunteers::joined_at,
                volunteers::last_active_at,
            ),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(
                (id, name, email, region, zone, quiet),
                (availability, languages, joined_at, last_active_at),
            )| Found {
                id,
                name,
                email,
                region,
                zone,
                quiet,
                availability,
                languages: Volunteer::list(&languages),
                skills: Vec::new(),
                joined_at,
                last_active_at,
            },
        )
        .collect())
}

pub fn count_found(conn: &mut Conn, scope: &Scope, filter: &Filter) -> QueryResult<i64> {
    matching(scope, filter).count().get_result(conn)
}

pub fn list_skills(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, String, i32)>> {
    volunteer_skills::table
        .inner_join(volunteers::table.on(volunteers::id.eq(volunteer_skills::volunteer_id)))
        .filter(volunteers::id.eq_any(people))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .order((volunteer_skills::level.desc(), volunteer_skills::skill))
        .select((
            volunteers::id,
            volunteer_skills::skill,
            volunteer_skills::level,
        ))
        .load(conn)
}

pub fn count(conn: &mut Conn, scope: &Scope, region: &RegionCode) -> QueryResult<i64> {
    volunteers::table
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region))
        .count()
        .get_result(conn)
}
