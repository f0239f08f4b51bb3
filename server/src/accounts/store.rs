//! The SQL of requests for links and of invitations. A request is found by the hash of a secret and
//! nothing else: who holds the secret may see the row, so these functions take no `Scope`.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::model::{NewRequest, Request};
use super::rules::Mailed;
use crate::clock::Instant;
use crate::db::schema::{invitations, sign_in_requests as requests, volunteers};
use crate::db::{Conn, dialect, on_backend};
use crate::ids::{RequestId, VolunteerId};
use crate::scope::Scope;

/// Takes these locks until the end of the transaction, in one order everywhere.
pub fn lock(conn: &mut Conn, mut numbers: Vec<i64>) -> QueryResult<()> {
    numbers.sort_unstable();
    for number in numbers {
        let lock = dialect::lock(conn, number);
        conn.batch_execute(&lock)?;
    }
    Ok(())
}

pub fn insert(conn: &mut Conn, new: &NewRequest) -> QueryResult<usize> {
    diesel::insert_into(requests::table)
        .values(new.clone())
        .execute(conn)
}

/// Links mailed since `since`, in the three ways they are limited.
pub fn count_mailed(conn: &mut Conn, email: &str, ip: &str, since: Instant) -> QueryResult<Mailed> {
    let mailed = || {
        requests::table
            .filter(requests::mailed.eq(true))
            .filter(requests::asked_at.gt(since))
            .count()
            .into_boxed()
    };
    Ok(Mailed {
        to_address_from_ip: mailed()
            .filter(requests::email.eq(email))
            .filter(requests::ip.eq(ip))
            .get_result(conn)?,
        from_ip: mailed().filter(requests::ip.eq(ip)).get_result(conn)?,
        to_address: mailed()
            .filter(requests::email.eq(email))
            .get_result(conn)?,
    })
}

/// Voids what this browser asked for before and has not used.
pub fn void_of_browser(
    conn: &mut Conn,
    browser: &str,
    except: RequestId,
    now: Instant,
) -> QueryResult<usize> {
    diesel::update(
        requests::table
            .filter(requests::browser_hash.eq(browser))
            .filter(requests::id.ne(except))
            .filter(requests::voided_at.is_null())
            .filter(requests::volunteer_id.is_null()),
    )
    .set(requests::voided_at.eq(now))
    .execute(conn)
}

pub fn find_by_token(conn: &mut Conn, hash: &str) -> QueryResult<Option<Request>> {
    requests::table
        .filter(requests::token_hash.eq(hash))
        .select(Request::as_select())
        .first(conn)
        .optional()
}

pub fn find_by_handle(conn: &mut Conn, hash: &str) -> QueryResult<Option<Request>> {
    requests::table
        .filter(requests::handle_hash.eq(hash))
        .select(Request::as_select())
        .first(conn)
        .optional()
}

/// What this browser asked for last: the newer voided the older, whatever the clock did meanwhile.
pub fn find_latest(conn: &mut Conn, browser: &str) -> QueryResult<Option<Request>> {
    requests::table
        .filter(requests::browser_hash.eq(browser))
        .order((
            requests::voided_at.is_null().desc(),
            requests::asked_at.desc(),
            requests::id.desc(),
        ))
        .select(Request::as_select())
        .first(conn)
        .optional()
}

/// The request of this browser whose link was opened in another one last.
pub fn find_with_code(conn: &mut Conn, browser: &str) -> QueryResult<Option<Request>> {
    requests::table
        .filter(requests::browser_hash.eq(browser))
        .filter(requests::code_hash.is_not_null())
        .order(requests::spent_at.desc())
        .select(Request::as_select())
        .first(conn)
        .optional()
}

/// Notes the link that is about to be handed over.
pub fn update_dispatched(
    conn: &mut Conn,
    id: RequestId,
    token_hash: Option<&str>,
    now: Instant,
    expires: Instant,
) -> QueryResult<usize> {
    diesel::update(requests::table.filter(requests::id.eq(id)))
        .set((
            requests::token_hash.eq(token_hash),
            requests::dispatched_at.eq(now),
            requests::expires_at.eq(expires),
        ))
        .execute(conn)
}

/// Spends a link; 1 for the first who comes, 0 for everybody after.
pub fn spend(conn: &mut Conn, id: RequestId, now: Instant) -> QueryResult<usize> {
    diesel::update(
        requests::table
            .filter(requests::id.eq(id))
            .filter(requests::spent_at.is_null())
            .filter(requests::voided_at.is_null()),
    )
    .set(requests::spent_at.eq(now))
    .execute(conn)
}

pub fn update_code(conn: &mut Conn, id: RequestId, hash: &str) -> QueryResult<usize> {
    diesel::update(requests::table.filter(requests::id.eq(id)))
        .set(requests::code_hash.eq(hash))
        .execute(conn)
}

/// Takes one of the tries; 0 when none is left.
pub fn take_try(conn: &mut Conn, id: RequestId, tries: i32) -> QueryResult<usize> {
    diesel::update(
        requests::table
            .filter(requests::id.eq(id))
            .filter(requests::code_tries.lt(tries)),
    )
    .set(requests::code_tries.eq(requests::code_tries + 1))
    .execute(conn)
}

/// Notes whose session a request became; 0 when it became one already.
pub fn update_became(conn: &mut Conn, id: RequestId, who: VolunteerId) -> QueryResult<usize> {
    diesel::update(
        requests::table
            .filter(requests::id.eq(id))
            .filter(requests::volunteer_id.is_null()),
    )
    .set(requests::volunteer_id.eq(who))
    .execute(conn)
}

/// Keeps what was picked, as long as the request is not confirmed.
pub fn update_choices(
    conn: &mut Conn,
    id: RequestId,
    name: &str,
    choices: &str,
) -> QueryResult<usize> {
    diesel::update(
        requests::table
            .filter(requests::id.eq(id))
            .filter(requests::volunteer_id.is_null()),
    )
    .set((requests::name.eq(name), requests::choices.eq(choices)))
    .execute(conn)
}

/// Forgets requests that nobody can use any more.
pub fn delete_old(conn: &mut Conn, before: Instant) -> QueryResult<usize> {
    diesel::delete(
        requests::table
            .filter(requests::asked_at.lt(before))
            .filter(requests::purpose.ne("demo")),
    )
    .execute(conn)
}

/// Forgets every request; gives how many could still become a session.
pub fn delete_all(conn: &mut Conn) -> QueryResult<usize> {
    let open = diesel::delete(
        requests::table
            .filter(requests::voided_at.is_null())
            .filter(requests::volunteer_id.is_null()),
    )
    .execute(conn)?;
    diesel::delete(requests::table).execute(conn)?;
    Ok(open)
}

/// The invitation code of the person in `scope`.
pub fn find_invitation(conn: &mut Conn, scope: &Scope) -> QueryResult<Option<String>> {
    invitations::table
        .filter(invitations::volunteer_id.eq(scope.actor()))
        .select(invitations::code)
        .first(conn)
        .optional()
}

/// Gives the person in `scope` an invitation code, unless they have one.
pub fn insert_invitation(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
    now: Instant,
) -> QueryResult<usize> {
    let row = (
        invitations::code.eq(code),
        invitations::volunteer_id.eq(scope.actor()),
        invitations::created_at.eq(now),
    );
    on_backend!(conn => |c| diesel::insert_into(invitations::table)
        .values(row)
        .on_conflict(invitations::volunteer_id)
        .do_nothing()
        .execute(c))
}

/// Who invites with `code`, and their display name: what they hand out themselves by sharing it.
pub fn find_inviter(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> QueryResult<Option<(VolunteerId, String)>> {
    invitations::table
        .inner_join(volunteers::table.on(volunteers::id.eq(invitations::volunteer_id)))
        .filter(invitations::code.eq(code))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select((volunteers::id, volunteers::name))
        .first(conn)
        .optional()
}
