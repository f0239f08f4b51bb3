//! A ledger of any size, by COPY: lines, where they stand, and the totals that follow from them,
//! into the tables and indexes as the migrations made them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant as Moment};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{ExecuteCopyFromDsl, copy_from};
use muster::clock::{Clock, Instant};
use muster::db::schema::{
    campaign, captains, entry_states, ledger, member_weeks, region_weeks, staff, volunteer_skills,
    volunteers,
};
use muster::demo::{Crowd, Home, Roll, Wrote};
use muster::ledger::{EntryState, Line, ScoringConfig, Week};
use muster::regions::{RegionCode, Tree};

use crate::campaign::{Campaign, STATE};
use crate::fold::Fold;
use crate::numbers::{rate, real, short};
use crate::plan::Plan;

/// Full weeks behind the running one.
const WEEKS: usize = 11;
/// Everybody's chance.
const SEED: u64 = 2012;
/// Entries a person has on average.
pub const EACH: u64 = 50;
/// Rows of one COPY.
const ROWS: usize = 10_000;
/// COPYs that may wait.
const WAITING: usize = 4;
/// How often progress is told.
const TOLD: Duration = Duration::from_secs(5);

/// A campaign's ledger, as it was filled.
pub struct Filled {
    /// Entries, without corrections.
    pub entries: u64,
    /// People.
    pub people: u64,
    /// The last full week.
    pub week: Week,
}

/// Fills the empty database of `campaign` with `entries` entries.
///
/// # Errors
/// One sentence.
pub fn fill(plan: &Plan, campaign: &Campaign, name: &str, entries: u64) -> Result<Filled, String> {
    let began = Moment::now();
    let scoring = ScoringConfig::shipped().map_err(|why| why.to_string())?;
    let people = usize::try_from((entries / EACH).max(1)).map_err(|why| why.to_string())?;
    let (crowd, roll) = Crowd::gather(&homes()?, people, WEEKS, Clock::System.now(), SEED);
    let weeks = crowd.weeks().to_vec();
    let week = *weeks.iter().rev().nth(1).ok_or("A campaign has weeks.")?;
    let mut fold = Fold::new(&roll, &weeks);
    // Lines: an entry, and a decision about some.
    let (written, said) = (AtomicU64::new(0), format!("{name} ledger"));
    let (lines, line_box) = sync_channel::<Vec<Line>>(WAITING);
    let (states, state_box) = sync_channel::<Vec<EntryState>>(WAITING);
    let told = |made| {
        tell(
            plan,
            &said,
            (made, entries),
            written.load(Ordering::Relaxed),
            began,
        );
    };
    let made = std::thread::scope(|scope| {
        let state_writer = scope.spawn(|| copy_all(&campaign.url, state_box, write_states, |_| {}));
        let line_writer = scope.spawn(|| {
            copy_all(&campaign.url, line_box, write_lines, |lines| {
                written.fetch_add(lines as u64, Ordering::Relaxed);
            })
        });
        let all = crowd.entries(scoring.clone(), entries);
        let made = hand_over(all, &mut fold, &lines, &states, told);
        // Nothing more comes: the writers end, and those that failed say why.
        drop((lines, states));
        for writer in [state_writer, line_writer] {
            writer
                .join()
                .map_err(|_| "A writer of the ledger ended.".to_owned())??;
        }
        made
    })?;
    told(made);
    plan.say(&format!("{said}: totals and people"));
    let mut conn = connect(&campaign.url)?;
    finish(&mut conn, &roll, &fold, &scoring).map_err(|why| why.to_string())?;
    plan.say(&format!(
        "{said}: {} entries and {} people in {:.0} s",
        short(real(made)),
        short(real(people as u64)),
        began.elapsed().as_secs_f64(),
    ));
    Ok(Filled {
        entries: made,
        people: people as u64,
        week,
    })
}

/// A turf of every county of the state after the other, so that any few people live in many counties.
fn homes() -> Result<Vec<Home>, String> {
    let tree = Tree::embedded().map_err(|why| why.to_string())?;
    let state = RegionCode::parse(STATE).map_err(|why| why.to_string())?;
    let counties: Vec<Vec<&str>> = tree
        .children(&state)
        .map(|county| {
            let turfs = tree.children(county.code);
            turfs
                .filter_map(|turf| turf.code.as_str().rsplit('-').next())
                .collect()
        })
        .collect();
    let most = counties.iter().map(Vec::len).max().unwrap_or(0);
    let turf = |at: usize| {
        let turfs = counties.iter();
        turfs.filter_map(move |turfs| turfs.get(at % turfs.len().max(1)))
    };
    (0..most)
        .flat_map(turf)
        .map(|zip| Home::of(&tree, zip).map_err(|why| why.to_string()))
        .collect()
}

/// Hands entries to the writers as they are made up; gives how many there were.
fn hand_over(
    entries: impl Iterator<Item = Wrote>,
    fold: &mut Fold,
    to_lines: &SyncSender<Vec<Line>>,
    to_states: &SyncSender<Vec<EntryState>>,
    told: impl Fn(u64),
) -> Result<u64, String> {
    let (mut lines, mut states) = (Vec::with_capacity(ROWS + 1), Vec::with_capacity(ROWS));
    let (mut count, mut last) = (0, Moment::now());
    // A writer that fails lets its end go, and says why when it is asked.
    let gone = |_| "A writer of the ledger ended.".to_owned();
    for wrote in entries {
        count += 1;
        fold.add(wrote.who, &wrote.line);
        lines.push(wrote.line);
        states.push(wrote.state);
        if let Some(correction) = wrote.correction {
            fold.add(wrote.who, &correction);
            lines.push(correction);
        }
        if lines.len() >= ROWS {
            let full = std::mem::replace(&mut lines, Vec::with_capacity(ROWS + 1));
            if to_lines.send(full).is_err() {
                break;
            }
        }
        if states.len() >= ROWS {
            let full = std::mem::replace(&mut states, Vec::with_capacity(ROWS));
            if to_states.send(full).is_err() {
                break;
            }
        }
        if last.elapsed() >= TOLD {
            told(count);
            last = Moment::now();
        }
    }
    to_lines.send(lines).map_err(gone)?;
    to_states
        .send(states)
        .map_err(|_| "A writer of the ledger ended.".to_owned())?;
    Ok(count)
}

fn tell(plan: &Plan, name: &str, (done, all): (u64, u64), lines: u64, began: Moment) {
    plan.say(&format!(
        "{name}: {} of {} entries, {} %; {} lines copied, {} a second",
        short(real(done)),
        short(real(all)),
        done * 100 / all.max(1),
        short(real(lines)),
        short(rate(lines, began.elapsed()).round()),
    ));
}

fn connect(url: &str) -> Result<PgConnection, String> {
    PgConnection::establish(url).map_err(|why| format!("A database cannot be filled: {why}."))
}

/// Copies what comes until nothing more does.
fn copy_all<R>(
    url: &str,
    inbox: Receiver<Vec<R>>,
    write: fn(&mut PgConnection, Vec<R>) -> QueryResult<usize>,
    done: impl Fn(usize),
) -> Result<(), String> {
    let mut conn = connect(url)?;
    for rows in inbox {
        let copied = write(&mut conn, rows);
        done(copied.map_err(|why| format!("A ledger cannot be filled: {why}."))?);
    }
    Ok(())
}

fn write_lines(conn: &mut PgConnection, rows: Vec<Line>) -> QueryResult<usize> {
    copy_from(ledger::table).from_insertable(rows).execute(conn)
}

fn write_states(conn: &mut PgConnection, rows: Vec<EntryState>) -> QueryResult<usize> {
    copy_from(entry_states::table)
        .from_insertable(rows)
        .execute(conn)
}

/// Everything besides the ledger, and what a campaign that grew by itself would know of its tables.
fn finish(
    conn: &mut PgConnection,
    roll: &Roll,
    fold: &Fold,
    scoring: &ScoringConfig,
) -> QueryResult<()> {
    for some in fold.members(roll) {
        copy_from(member_weeks::table)
            .from_insertable(some)
            .execute(conn)?;
    }
    copy_from(region_weeks::table)
        .from_insertable(fold.regions(roll, &scoring.soft_cap))
        .execute(conn)?;
    copy_from(volunteers::table)
        .from_insertable(&roll.people)
        .execute(conn)?;
    let skills = roll.skills.iter().map(|(who, skill, level)| {
        (
            volunteer_skills::volunteer_id.eq(who),
            volunteer_skills::skill.eq(skill),
            volunteer_skills::level.eq(level),
        )
    });
    copy_from(volunteer_skills::table)
        .from_insertable(skills.collect::<Vec<_>>())
        .execute(conn)?;
    let leads: Vec<_> = roll
        .captains
        .iter()
        .map(|(region, who)| {
            (
                captains::region.eq(region),
                captains::volunteer_id.eq(who),
                captains::since.eq(roll.start),
            )
        })
        .collect();
    diesel::insert_into(captains::table)
        .values(&leads)
        .execute(conn)?;
    if let Some(first) = roll.people.first() {
        diesel::insert_into(staff::table)
            .values((
                staff::volunteer_id.eq(first.id),
                staff::since.eq(roll.start),
            ))
            .execute(conn)?;
    }
    diesel::insert_into(campaign::table)
        .values((
            campaign::key.eq("started_at"),
            campaign::value.eq(roll.start.to_string()),
        ))
        .execute(conn)?;
    active(conn, fold.active(roll))?;
    conn.batch_execute("VACUUM FULL volunteers")?;
    conn.batch_execute("VACUUM (ANALYZE)")
}

diesel::table! {
    /// When people did something last; gone with the connection.
    filled_active (id) {
        /// Who.
        id -> BigInt,
        /// When.
        at -> Timestamp,
    }
}

fn active(
    conn: &mut PgConnection,
    rows: Vec<(muster::ids::VolunteerId, Instant)>,
) -> QueryResult<()> {
    conn.batch_execute(
        "CREATE TEMPORARY TABLE filled_active (id BIGINT PRIMARY KEY, at TIMESTAMP NOT NULL)",
    )?;
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(who, at)| (filled_active::id.eq(who), filled_active::at.eq(at)))
        .collect();
    copy_from(filled_active::table)
        .from_insertable(rows)
        .execute(conn)?;
    conn.batch_execute(
        "UPDATE volunteers SET last_active_at = at FROM filled_active f WHERE f.id = volunteers.id",
    )
}
