//! The SQL of the ledger and its totals. Statements over many rows are cut into chunks that stay
//! below both databases' limits of bound values (32,766 and 65,535).

mod statements;
pub mod totals;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use statements::{
    AddToMemberSqlite, AddToMembersPg, AddToRegionSqlite, AddToRegionsPg, InsertPg,
    InsertStateSqlite, PeoplePg, PeopleSqlite,
};

use crate::clock::Instant;
use crate::db::schema::{entry_states, ledger, volunteers};
use crate::db::{Conn, dialect, on_backend};
use crate::ids::{ActivityId, VolunteerId};
use crate::ledger::Week;
use crate::ledger::fold::{self, MemberKey, MemberSums, RegionSums};
use crate::ledger::model::{BriefLine, EntryState, Line, MemberWeek, Person};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Rows of few columns that fit one statement.
const ROWS: usize = 3_000;

/// The people of a batch who exist and are not erased, with what was decided about them since `since`.
pub fn list_people(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
    since: Instant,
) -> QueryResult<Vec<Person>> {
    type Row = (VolunteerId, RegionCode, String, Option<Instant>, i64, i64);
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let since = &since;
    let rows: Vec<Row> = match conn {
        Conn::Sqlite(c) => {
            let ids = dialect::json_numbers(ids.iter().map(|id| id.0));
            PeopleSqlite { since, ids: &ids }.load(c)
        }
        Conn::Postgres(c) => PeoplePg { since, ids }.load(c),
    }?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(
            |(id, region, zone, last_active_at, approved, rejected)| Person {
                id,
                region,
                zone: zone.parse().unwrap_or(chrono_tz::UTC),
                last_active_at,
                approved: count(approved),
                rejected: count(rejected),
            },
        )
        .collect())
}

/// Keeps other writers away from these people until the transaction ends, in the order of their ids;
/// gives those who were not erased while one waited.
pub fn lock_people(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<VolunteerId>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    match conn {
        // The one writing transaction of SQLite keeps everybody away already.
        Conn::Sqlite(_) => Ok(ids.to_vec()),
        Conn::Postgres(c) => volunteers::table
            .filter(volunteers::id.eq_any(ids))
            .filter(volunteers::erased_at.is_null())
            .order(volunteers::id)
            .select(volunteers::id)
            .for_no_key_update()
            .load(c),
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

/// Writes lines whose keys are new, and where those stand that correct nothing; gives the ids of the
/// new ones, by person.
pub fn insert(
    conn: &mut Conn,
    scope: &Scope,
    lines: &[Line],
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    match conn {
        Conn::Sqlite(c) => {
            let mut new = Vec::with_capacity(lines.len());
            for line in lines {
                let written = diesel::insert_into(ledger::table)
                    .values(line)
                    .on_conflict((ledger::volunteer_id, ledger::key))
                    .do_nothing()
                    .execute(c)?;
                if written == 0 {
                    continue;
                }
                new.push((line.volunteer_id, line.id));
                if line.corrects.is_none() {
                    InsertStateSqlite {
                        volunteer_id: &line.volunteer_id,
                        entry_id: &line.id,
                        region: &line.region,
                        week: &line.week,
                        state: &line.verification,
                        weight: &line.weight,
                        created_at: &line.created_at,
                    }
                    .execute(c)?;
                }
            }
            Ok(new)
        }
        Conn::Postgres(c) => InsertPg {
            volunteer_id: &column(lines, |line| line.volunteer_id),
            id: &column(lines, |line| line.id),
            key: &column(lines, |line| line.key.as_str()),
            fingerprint: &column(lines, |line| line.fingerprint.as_str()),
            kind: &column(lines, |line| line.kind.as_str()),
            quantity: &column(lines, |line| line.quantity),
            conversations: &column(lines, |line| line.conversations),
            minutes: &column(lines, |line| line.minutes),
            note: &column(lines, |line| line.note.as_deref()),
            task_id: &column(lines, |line| line.task_id),
            occurred_at: &column(lines, |line| line.occurred_at),
            week: &column(lines, |line| line.week.as_str()),
            region: &column(lines, |line| line.region.as_str()),
            mission: &column(lines, |line| line.mission),
            base: &column(lines, |line| line.base),
            weight: &column(lines, |line| line.weight),
            counted: &column(lines, |line| line.counted),
            verification: &column(lines, |line| line.verification.as_str()),
            corrects: &column(lines, |line| line.corrects),
            reason: &column(lines, |line| line.reason.as_deref()),
            actor: &column(lines, |line| line.actor),
            twin: &column(lines, |line| line.twin),
            created_at: &column(lines, |line| line.created_at),
        }
        .load(c),
    }
}

/// One value of every row.
fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
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

/// Adds to member-weeks in the order of their keys; gives the rows as they stand then.
pub fn add_to_members(
    conn: &mut Conn,
    scope: &Scope,
    sums: &MemberSums,
) -> QueryResult<Vec<MemberWeek>> {
    debug_assert!(scope.is_everything(), "the writer serves everybody");
    let rows: Vec<_> = sums
        .iter()
        .map(|(key, parts)| {
            let region = fold::region(parts).map(RegionCode::as_str);
            (key, region, fold::whole(parts))
        })
        .collect();
    match conn {
        Conn::Sqlite(c) => rows
            .iter()
            .map(|(key, region, whole)| {
                AddToMemberSqlite {
                    volunteer_id: &key.volunteer,
                    week: &key.week,
                    region,
                    net: &whole.net,
                    entries: &whole.entries,
                }
                .get_result(c)
            })
            .collect(),
        Conn::Postgres(c) => AddToMembersPg {
            volunteer_id: &column(&rows, |(key, ..)| key.volunteer),
            week: &column(&rows, |(key, ..)| key.week.as_str()),
            region: &column(&rows, |(_, region, _)| *region),
            net: &column(&rows, |(.., whole)| whole.net),
            entries: &column(&rows, |(.., whole)| whole.entries),
        }
        .load(c),
    }
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
        let from = key.week.parse().map_or(i64::MIN, Week::first_number);
        lines.append(
            &mut ledger::table
                .filter(ledger::volunteer_id.eq(key.volunteer))
                .filter(ledger::id.ge(from))
                .filter(ledger::week.eq(&key.week))
                .select(BriefLine::as_select())
                .load(conn)?,
        );
    }
    Ok(lines)
}

/// Adds to region-weeks in the order of their keys.
pub fn add_to_regions(conn: &mut Conn, sums: &RegionSums) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => sums.iter().try_for_each(|((region, week), sum)| {
            AddToRegionSqlite {
                region,
                week,
                points: &sum.points,
                active: &sum.active,
            }
            .execute(c)
            .map(drop)
        }),
        Conn::Postgres(c) => {
            let rows: Vec<_> = sums.iter().collect();
            AddToRegionsPg {
                region: &column(&rows, |((region, _), _)| region.as_str()),
                week: &column(&rows, |((_, week), _)| week.as_str()),
                points: &column(&rows, |(_, sum)| sum.points),
                active: &column(&rows, |(_, sum)| sum.active),
            }
            .execute(c)
            .map(drop)
        }
    }
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

/// What was decided about a line, oldest first, and when.
pub fn list_said(
    conn: &mut Conn,
    scope: &Scope,
    line: &Line,
) -> QueryResult<Vec<(Instant, String)>> {
    debug_assert!(scope.covers(line.volunteer_id, &line.region));
    ledger::table
        .filter(ledger::volunteer_id.eq(line.volunteer_id))
        .filter(ledger::corrects.eq(line.id))
        .order((ledger::created_at, ledger::id))
        .select((ledger::created_at, ledger::verification))
        .load(conn)
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
