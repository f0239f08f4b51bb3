//! The statements of a batch, each prepared once by a connection.

use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use crate::clock::Instant;
use crate::db::prepared;
use crate::ids::{TaskId, VolunteerId};
use crate::region_code::RegionCode;

/// A person with how many decisions there were about them lately: approvals, then rejections.
type PersonRow = (BigInt, Text, Text, Nullable<Timestamp>, BigInt, BigInt);
/// A line that was new.
type Written = (BigInt, BigInt);
/// A member-week as it stands.
type MemberRow = (BigInt, Text, Nullable<Text>, BigInt, Integer, BigInt);

prepared! {
    /// The people of a batch.
    PeoplePg on Pg =
        "WITH asked (since, ids) AS (SELECT "
    {
        since: Instant => Timestamp,
        ids: [VolunteerId] => Array<BigInt>,
    }
        ") SELECT v.id, v.region, v.zone, v.last_active_at, d.approved, d.rejected \
         FROM asked CROSS JOIN LATERAL unnest(asked.ids) AS i (id) \
         JOIN volunteers v ON v.id = i.id AND v.erased_at IS NULL \
         CROSS JOIN LATERAL ( \
           SELECT COUNT(*) FILTER (WHERE s.state = 'approved') AS approved, \
                  COUNT(*) FILTER (WHERE s.state = 'rejected') AS rejected \
           FROM entry_states s \
           WHERE s.volunteer_id = v.id AND s.decided_at >= asked.since AND s.decided_by IS NOT NULL \
         ) d"
    gives PersonRow
}

prepared! {
    /// The people of a batch; `ids` is a JSON array of numbers.
    PeopleSqlite on Sqlite =
        "WITH asked (since, ids) AS (SELECT "
    {
        since: Instant => Timestamp,
        ids: str => Text,
    }
        ") SELECT v.id, v.region, v.zone, v.last_active_at, \
           (SELECT COUNT(*) FROM entry_states s WHERE s.volunteer_id = v.id AND s.state = 'approved' \
              AND s.decided_at >= asked.since AND s.decided_by IS NOT NULL), \
           (SELECT COUNT(*) FROM entry_states s WHERE s.volunteer_id = v.id AND s.state = 'rejected' \
              AND s.decided_at >= asked.since AND s.decided_by IS NOT NULL) \
         FROM asked CROSS JOIN json_each(asked.ids) i \
         CROSS JOIN volunteers v ON v.id = i.value AND v.erased_at IS NULL"
    gives PersonRow
}

prepared! {
    /// Lines whose keys are new, and where each that corrects nothing stands at first.
    InsertPg on Pg =
        "WITH line AS ( \
           INSERT INTO ledger (volunteer_id, id, key, fingerprint, kind, quantity, conversations, \
             minutes, note, task_id, occurred_at, week, region, mission, base, weight, counted, \
             verification, corrects, reason, actor, twin, created_at) \
           SELECT * FROM unnest("
    {
        volunteer_id: [VolunteerId] => Array<BigInt>,
        id: [i64] => Array<BigInt>,
        key: [&'a str] => Array<Text>,
        fingerprint: [&'a str] => Array<Text>,
        kind: [&'a str] => Array<Text>,
        quantity: [Option<i32>] => Array<Nullable<Integer>>,
        conversations: [Option<i32>] => Array<Nullable<Integer>>,
        minutes: [Option<i32>] => Array<Nullable<Integer>>,
        note: [Option<&'a str>] => Array<Nullable<Text>>,
        task_id: [Option<TaskId>] => Array<Nullable<BigInt>>,
        occurred_at: [Instant] => Array<Timestamp>,
        week: [&'a str] => Array<Text>,
        region: [&'a str] => Array<Text>,
        mission: [i32] => Array<Integer>,
        base: [i64] => Array<BigInt>,
        weight: [i32] => Array<Integer>,
        counted: [i64] => Array<BigInt>,
        verification: [&'a str] => Array<Text>,
        corrects: [Option<i64>] => Array<Nullable<BigInt>>,
        reason: [Option<&'a str>] => Array<Nullable<Text>>,
        actor: [VolunteerId] => Array<BigInt>,
        twin: [Option<i64>] => Array<Nullable<BigInt>>,
        created_at: [Instant] => Array<Timestamp>,
    }
        ") ON CONFLICT (volunteer_id, key) DO NOTHING \
           RETURNING volunteer_id, id, region, week, verification, weight, corrects, created_at \
         ), state AS ( \
           INSERT INTO entry_states \
             (volunteer_id, entry_id, region, week, state, weight, created_at) \
           SELECT volunteer_id, id, region, week, verification, weight, created_at \
           FROM line WHERE corrects IS NULL \
         ) SELECT volunteer_id, id FROM line"
    gives Written
}

prepared! {
    /// Where a new line stands at first.
    InsertStateSqlite on Sqlite =
        "INSERT INTO entry_states (volunteer_id, entry_id, region, week, state, weight, created_at) \
         VALUES ("
    {
        volunteer_id: VolunteerId => BigInt,
        entry_id: i64 => BigInt,
        region: RegionCode => Text,
        week: String => Text,
        state: String => Text,
        weight: i32 => Integer,
        created_at: Instant => Timestamp,
    }
        ")"
    gives ()
}

prepared! {
    /// Adds to member-weeks.
    AddToMembersPg on Pg =
        "INSERT INTO member_weeks (volunteer_id, week, region, net, entries, version) \
         SELECT *, 1 FROM unnest("
    {
        volunteer_id: [VolunteerId] => Array<BigInt>,
        week: [&'a str] => Array<Text>,
        region: [Option<&'a str>] => Array<Nullable<Text>>,
        net: [i64] => Array<BigInt>,
        entries: [i32] => Array<Integer>,
    }
        ") ON CONFLICT (volunteer_id, week) DO UPDATE SET \
           region = CASE WHEN member_weeks.region = excluded.region THEN excluded.region END, \
           net = member_weeks.net + excluded.net, \
           entries = member_weeks.entries + excluded.entries, \
           version = member_weeks.version + 1 \
         RETURNING volunteer_id, week, region, net, entries, version"
    gives MemberRow
}

prepared! {
    /// Adds to a member-week.
    #[expect(clippy::ref_option_ref, reason = "all values are borrowed alike")]
    AddToMemberSqlite on Sqlite =
        "INSERT INTO member_weeks (volunteer_id, week, region, net, entries, version) VALUES ("
    {
        volunteer_id: VolunteerId => BigInt,
        week: str => Text,
        region: Option<&'a str> => Nullable<Text>,
        net: i64 => BigInt,
        entries: i32 => Integer,
    }
        ", 1) ON CONFLICT (volunteer_id, week) DO UPDATE SET \
           region = CASE WHEN region = excluded.region THEN excluded.region END, \
           net = net + excluded.net, entries = entries + excluded.entries, version = version + 1 \
         RETURNING volunteer_id, week, region, net, entries, version"
    gives MemberRow
}

prepared! {
    /// Adds to region-weeks.
    AddToRegionsPg on Pg =
        "INSERT INTO region_weeks (region, week, points, active, version) SELECT *, 1 FROM unnest("
    {
        region: [&'a str] => Array<Text>,
        week: [&'a str] => Array<Text>,
        points: [i64] => Array<BigInt>,
        active: [i64] => Array<BigInt>,
    }
        ") ON CONFLICT (region, week) DO UPDATE SET \
           points = region_weeks.points + excluded.points, \
           active = region_weeks.active + excluded.active, \
           version = region_weeks.version + 1"
    gives ()
}

prepared! {
    /// Adds to a region-week.
    AddToRegionSqlite on Sqlite =
        "INSERT INTO region_weeks (region, week, points, active, version) VALUES ("
    {
        region: RegionCode => Text,
        week: str => Text,
        points: i64 => BigInt,
        active: i64 => BigInt,
    }
        ", 1) ON CONFLICT (region, week) DO UPDATE SET \
           points = points + excluded.points, active = active + excluded.active, \
           version = version + 1"
    gives ()
}
