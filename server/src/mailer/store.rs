//! The SQL of the outbox.

use diesel::prelude::*;

use super::Mail;
use crate::clock::Instant;
use crate::db::schema::outbox;
use crate::db::{Conn, on_backend};

pub fn insert(
    conn: &mut Conn,
    id: i64,
    key: &str,
    mail: &Mail,
    now: Instant,
) -> QueryResult<usize> {
    let row = (
        outbox::id.eq(id),
        outbox::key.eq(key.to_owned()),
        outbox::recipient.eq(mail.to.clone()),
        outbox::subject.eq(mail.subject.clone()),
        outbox::body.eq(mail.text.clone()),
        outbox::created_at.eq(now),
        outbox::tries.eq(0),
    );
    on_backend!(conn => |c| diesel::insert_into(outbox::table)
        .values(row)
        .on_conflict(outbox::key)
        .do_nothing()
        .execute(c))
}

/// Takes the oldest waiting mail for itself until `until`.
pub fn claim(
    conn: &mut Conn,
    now: Instant,
    until: Instant,
    tries: i32,
) -> QueryResult<Option<(i64, Mail)>> {
    let row: Option<(i64, String, String, String)> = outbox::table
        .filter(outbox::sent_at.is_null())
        .filter(outbox::tries.lt(tries))
        .filter(
            outbox::claimed_until
                .is_null()
                .or(outbox::claimed_until.lt(now)),
        )
        .order(outbox::created_at)
        .select((outbox::id, outbox::recipient, outbox::subject, outbox::body))
        .first(conn)
        .optional()?;
    let Some((id, to, subject, text)) = row else {
        return Ok(None);
    };
    // Two nodes may have read the same row: the one whose update counts has it.
    let mine = diesel::update(
        outbox::table.filter(outbox::id.eq(id)).filter(
            outbox::claimed_until
                .is_null()
                .or(outbox::claimed_until.lt(now)),
        ),
    )
    .set((
        outbox::claimed_until.eq(until),
        outbox::tries.eq(outbox::tries + 1),
    ))
    .execute(conn)?;
    Ok((mine == 1).then_some((id, Mail { to, subject, text })))
}

/// Mails that are not sent and not given up.
pub fn count_waiting(conn: &mut Conn, tries: i32) -> QueryResult<i64> {
    outbox::table
        .filter(outbox::sent_at.is_null())
        .filter(outbox::tries.lt(tries))
        .count()
        .get_result(conn)
}

/// Marks a mail as sent and forgets its text.
pub fn update_sent(conn: &mut Conn, id: i64, now: Instant) -> QueryResult<usize> {
    diesel::update(outbox::table.filter(outbox::id.eq(id)))
        .set((outbox::sent_at.eq(now), outbox::body.eq("")))
        .execute(conn)
}
