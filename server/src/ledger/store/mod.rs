//! The SQL of the ledger and its totals. Statements over many rows are cut into chunks that stay
//! below both databases' limits of bound values (32,766 and 65,535).

pub mod totals;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::upsert::excluded;

use crate::clock::Instant;
use crate::db::schema::{entry_states, ledger, member_weeks, region_weeks, volunteers};
use crate::db::{Conn, dialect, on_backend};
use crate::ids::{ActivityId, VolunteerId};
use crate::ledger::fold::{self, MemberKey, MemberSums, RegionSums};
use crate::ledger::model::{BriefLine, EntryState, Line, MemberWeek, Person, RegionWeek};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Rows of 23 columns that fit one statement.
const LINES: usize = 1_000;
/// Rows of few columns that fit one statement.
const ROWS: usize = 3_000;

/// The people of a batch who exist and are not erased.
pub fn list_people(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<Person>> {
    type Row = (VolunteerId, RegionCode, String, Option<Instant>);
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let mut people = Vec::with_capacity(ids.len());
    for ids in ids.chunks(ROWS) {
        let rows: Vec<Row> = on_backend!(conn => |c| volunteers::table
            .filter(volunteers::id.eq_any(ids))
            .filter(volunteers::erased_at.is_null())
            .select((volunteers::id, volunteers::region, volunteers::zone, volunteers::last_active_at))
            .load(c))?;
        people.extend(
            rows.into_iter()
                .map(|(id, region, zone, last_active_at)| Person {
                    id,
                    region,
                    zone: zone.parse().unwrap_or(chrono_tz::UTC),
                    last_active_at,
                }),
        );
    }
    Ok(people)
}

/// Keeps other writers away from these people until the transaction ends, in the order of their ids.
pub fn lock_people(conn: &mut Conn, scope: &Scope, ids: &[VolunteerId]) -> QueryResult<()> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    match conn {
        // The one writing transaction of SQLite keeps everybody away already.
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => volunteers::table
            .filter(volunteers::id.eq_any(ids))
            .order(volunteers::id)
            .select(volunteers::id)
            .for_no_key_update()
            .load::<VolunteerId>(c)
            .map(|_| ()),
    }
}

/// Waits for whoever else holds one of these numbers, and holds them until the transaction ends.
pub fn take_turns(conn: &mut Conn, numbers: &[i64]) -> QueryResult<()> {
    let all: String = numbers
        .iter()
        .map(|number| dialect::lock(conn, *number) + ";")
        .collect();
    conn.batch_execute(&all)
}

/// Decisions since `since`, by person and state.
pub fn list_decisions(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
    since: Instant,
) -> QueryResult<Vec<(VolunteerId, String, i64)>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let mut counts = Vec::new();
    for ids in ids.chunks(ROWS) {
        counts.append(&mut on_backend!(conn => |c| entry_states::table
            .filter(entry_states::volunteer_id.eq_any(ids))
            .filter(entry_states::decided_at.ge(since))
            .filter(entry_states::decided_by.is_not_null())
            .group_by((entry_states::volunteer_id, entry_states::state))
            .select((entry_states::volunteer_id, entry_states::state, diesel::dsl::count_star()))
            .load(c))?);
    }
    Ok(counts)
}

/// Writes lines whose keys are new; gives the ids of those, by person.
pub fn insert(
    conn: &mut Conn,
    scope: &Scope,
    lines: &[Line],
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let mut new = Vec::with_capacity(lines.len());
    for lines in lines.chunks(LINES) {
        new.append(
            &mut on_backend!(conn => |c| diesel::insert_into(ledger::table)
            .values(lines)
            .on_conflict((ledger::volunteer_id, ledger::key))
            .do_nothing()
            .returning((ledger::volunteer_id, ledger::id))
            .get_results(c))?,
        );
    }
    Ok(new)
}

/// Lines of these people with one of these keys.
pub fn list_by_keys(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
    keys: &[&str],
) -> QueryResult<Vec<Line>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq_any(people))
        .filter(ledger::key.eq_any(keys))
        .select(Line::as_select())
        .load(c))
}

/// Who is credited under one of these keys by somebody else.
pub fn list_behalf(
    conn: &mut Conn,
    scope: &Scope,
    keys: &[&str],
) -> QueryResult<Vec<(String, VolunteerId)>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    on_backend!(conn => |c| ledger::table
        .filter(ledger::key.eq_any(keys))
        .filter(ledger::actor.ne(VolunteerId(0)))
        .filter(ledger::actor.ne(ledger::volunteer_id))
        .select((ledger::key, ledger::volunteer_id))
        .load(c))
}

/// Writes down where new lines stand.
pub fn insert_states(conn: &mut Conn, scope: &Scope, states: &[EntryState]) -> QueryResult<()> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    for states in states.chunks(ROWS) {
        on_backend!(conn => |c| diesel::insert_into(entry_states::table)
            .values(states)
            .execute(c))?;
    }
    Ok(())
}

/// A member-week's region while it has only one.
const SAME_REGION: &str =
    "CASE WHEN member_weeks.region = excluded.region THEN excluded.region END";

/// Adds to member-weeks in the order of their keys; gives the rows as they stand then.
pub fn add_to_members(
    conn: &mut Conn,
    scope: &Scope,
    sums: &MemberSums,
) -> QueryResult<Vec<MemberWeek>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let rows: Vec<MemberWeek> = sums
        .iter()
        .map(|(key, parts)| {
            let whole = fold::whole(parts);
            MemberWeek {
                volunteer_id: key.volunteer,
                week: key.week.clone(),
                region: fold::region(parts).cloned(),
                net: whole.net,
                entries: whole.entries,
                version: 1,
            }
        })
        .collect();
    let mut after = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ROWS) {
        after.append(
            &mut on_backend!(conn => |c| diesel::insert_into(member_weeks::table)
            .values(rows)
            .on_conflict((member_weeks::volunteer_id, member_weeks::week))
            .do_update()
            .set((
                member_weeks::region.eq(sql::<Nullable<Text>>(SAME_REGION)),
                member_weeks::net.eq(member_weeks::net + excluded(member_weeks::net)),
                member_weeks::entries.eq(member_weeks::entries + excluded(member_weeks::entries)),
                member_weeks::version.eq(member_weeks::version + 1),
            ))
            .returning(MemberWeek::as_returning())
            .get_results(c))?,
        );
    }
    Ok(after)
}

/// Every line of these member-weeks.
pub fn list_weeks(
    conn: &mut Conn,
    scope: &Scope,
    keys: &[MemberKey],
) -> QueryResult<Vec<BriefLine>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let mut lines = Vec::new();
    for key in keys {
        lines.append(
            &mut ledger::table
                .filter(ledger::volunteer_id.eq(key.volunteer))
                .filter(ledger::week.eq(&key.week))
                .select(BriefLine::as_select())
                .load(conn)?,
        );
    }
    Ok(lines)
}

/// Adds to region-weeks in the order of their keys.
pub fn add_to_regions(conn: &mut Conn, sums: &RegionSums) -> QueryResult<()> {
    let rows: Vec<RegionWeek> = sums
        .iter()
        .map(|((region, week), sum)| RegionWeek {
            region: region.clone(),
            week: week.clone(),
            points: sum.points,
            active: sum.active,
            version: 1,
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        on_backend!(conn => |c| diesel::insert_into(region_weeks::table)
            .values(rows)
            .on_conflict((region_weeks::region, region_weeks::week))
            .do_update()
            .set((
                region_weeks::points.eq(region_weeks::points + excluded(region_weeks::points)),
                region_weeks::active.eq(region_weeks::active + excluded(region_weeks::active)),
                region_weeks::version.eq(region_weeks::version + 1),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Notes that these people did something.
pub fn update_activity(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
    now: Instant,
) -> QueryResult<()> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    for ids in ids.chunks(ROWS) {
        on_backend!(conn => |c| diesel::update(volunteers::table.filter(volunteers::id.eq_any(ids)))
            .set(volunteers::last_active_at.eq(now))
            .execute(c))?;
    }
    Ok(())
}

/// The line with this id, if `scope` may see it.
pub fn find(conn: &mut Conn, scope: &Scope, id: ActivityId) -> QueryResult<Option<Line>> {
    ledger::table
        .filter(ledger::volunteer_id.eq(id.volunteer))
        .filter(ledger::id.eq(id.entry))
        .filter(scope.sees(ledger::region, ledger::volunteer_id))
        .select(Line::as_select())
        .first(conn)
        .optional()
}

/// Where a line stands; nobody else may change that until the transaction ends.
pub fn lock_state(
    conn: &mut Conn,
    scope: &Scope,
    id: ActivityId,
) -> QueryResult<Option<EntryState>> {
    let row = entry_states::table
        .filter(entry_states::volunteer_id.eq(id.volunteer))
        .filter(entry_states::entry_id.eq(id.entry));
    // The one writing transaction of SQLite keeps everybody away already.
    if let Conn::Postgres(c) = conn {
        row.select(entry_states::entry_id)
            .for_update()
            .load::<i64>(c)?;
    }
    let found = row.select(EntryState::as_select()).first(conn).optional()?;
    Ok(found.filter(|state| scope.covers(state.volunteer_id, &state.region)))
}

/// Notes where a line stands from now on.
pub fn update_state(conn: &mut Conn, scope: &Scope, state: &EntryState) -> QueryResult<usize> {
    diesel::update(
        entry_states::table
            .filter(entry_states::volunteer_id.eq(state.volunteer_id))
            .filter(entry_states::entry_id.eq(state.entry_id))
            .filter(scope.sees(entry_states::region, entry_states::volunteer_id)),
    )
    .set((
        entry_states::state.eq(state.state.clone()),
        entry_states::weight.eq(state.weight),
        entry_states::decided_by.eq(state.decided_by),
        entry_states::decided_at.eq(state.decided_at),
    ))
    .execute(conn)
}
