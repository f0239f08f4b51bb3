//! From rows to what the engine knows of people.

use std::collections::{BTreeMap, HashMap};

use chrono::Duration;

use super::config::MatchingConfig;
use super::features::{Certificate, Commitment, KindHistory, PersonView};
use super::geo::Place;
use super::skills::Skills;
use super::store::{self, Engagement, Tally};
use super::when::{Slots, When};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::ledger::Week;
use crate::regions::Tree;
use crate::scope::Scope;
use crate::tasks::{Decline, Reason, State};
use crate::volunteers::{self, Availability, Volunteer};

/// The event in which a task stood in somebody's list.
const SHOWN: &str = "shown";

/// What is needed to read people.
pub struct Reading<'a> {
    /// The region tree.
    pub tree: &'a Tree,
    /// Weights, caps and constants.
    pub config: &'a MatchingConfig,
    /// The skills list.
    pub skills: &'a Skills,
    /// The time.
    pub now: Instant,
}

/// The people `ids` as `scope` sees them, with one query for each table however many there are.
pub fn load(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
    reading: &Reading<'_>,
) -> Result<Vec<(Volunteer, PersonView)>, Error> {
    let rows = store::list_people(conn, scope, ids)?;
    let ids: Vec<VolunteerId> = rows.iter().map(|row| row.id).collect();
    let Some(zone) = rows.first().map(Volunteer::tz) else {
        return Ok(Vec::new());
    };
    let mut views: HashMap<VolunteerId, PersonView> = rows
        .iter()
        .map(|row| (row.id, profile(row, reading)))
        .collect();
    for (person, slug, level) in store::list_skills(conn, scope, &ids)? {
        if let (Some(view), Some(skill)) = (views.get_mut(&person), reading.skills.id(&slug)) {
            view.skills.push((skill, u8::try_from(level).unwrap_or(1)));
        }
    }
    for row in store::list_engagements(conn, scope, &ids)? {
        if let Some(view) = views.get_mut(&row.volunteer) {
            engage(view, &row, reading);
        }
    }
    for tally in store::list_tallies(conn, scope, &ids)? {
        if let Some(view) = views.get_mut(&tally.volunteer) {
            remember(view, &tally, reading.now);
        }
    }
    for decline in store::list_declines(conn, scope, &ids)? {
        if let Some(view) = views.get_mut(&decline.volunteer_id) {
            refuse(view, &decline, reading.config);
        }
    }
    for (inviter, invited) in store::list_friends(conn, scope, &ids)? {
        if let Some(view) = inviter.and_then(|inviter| views.get_mut(&inviter)) {
            view.knows.insert(invited.0);
        }
    }
    let week = Week::at(reading.now.utc(), zone);
    for (person, minutes) in store::list_minutes(conn, scope, &ids, week)? {
        if let Some(view) = views.get_mut(&person) {
            view.worked_minutes = u32::try_from(minutes).unwrap_or(0);
        }
    }
    Ok(rows
        .into_iter()
        .filter_map(|row| views.remove(&row.id).map(|view| (row, view)))
        .collect())
}

/// What they told about themselves.
fn profile(row: &Volunteer, reading: &Reading<'_>) -> PersonView {
    let tree = reading.tree;
    // The postcode's own point is nearer the truth than the middle of the region they chose.
    let point = row
        .zip
        .as_deref()
        .and_then(|zip| tree.place(zip).ok()?.point)
        .or_else(|| tree.get(&row.region)?.point);
    let county = row.region.ancestors_and_self().nth(2);
    let people = county
        .and_then(|code| tree.get(&code))
        .map_or(0, |node| node.population);
    let certificates: Vec<volunteers::Certificate> =
        serde_json::from_str(&row.certificates).unwrap_or_default();
    PersonView {
        place: point.and_then(|point| Place::new(point.lat, point.lon)),
        rural: (1..reading.config.distance.rural_county).contains(&people),
        age_at_least: if row.adult { 18 } else { 0 },
        languages: Volunteer::list(&row.languages)
            .into_iter()
            .map(|tag| (tag, 5))
            .collect(),
        availability: row
            .availability
            .as_deref()
            .map(|grid| Slots::from_flags(&Availability::from_column(grid).0)),
        interests: Volunteer::list(&row.interests).into_iter().collect(),
        travel_km: row.travel_km.map(f64::from),
        access_needs: Volunteer::list(&row.access_needs).into_iter().collect(),
        certificates: certificates
            .into_iter()
            .map(|one| Certificate {
                name: one.name.to_lowercase(),
                verified: one.verified,
                expires: one.expires,
            })
            .collect(),
        weekly_hours: row.weekly_hours.map(f64::from),
        rung: u8::try_from(row.rung).unwrap_or(0),
        knows: row.invited_by.iter().map(|inviter| inviter.0).collect(),
        first_visit: true,
        ..PersonView::new(row.id.0, row.region.as_str())
    }
}

/// What they are on, were on, or gave back.
fn engage(view: &mut PersonView, row: &Engagement, reading: &Reading<'_>) {
    match row.state {
        State::Accepted | State::Assigned | State::CheckedIn | State::Done => {
            let zone: chrono_tz::Tz = row.zone.parse().unwrap_or(chrono_tz::UTC);
            let minutes = u32::try_from(row.minutes).unwrap_or(0);
            view.commitments.push(Commitment {
                task: row.task.0,
                when: When::new(
                    row.starts_at.map(Instant::utc),
                    row.ends_at.map(Instant::utc),
                    minutes,
                    &zone,
                    &reading.config.time,
                ),
                minutes,
            });
        }
        // Who could not come is not asked the same again at once.
        State::Cancelled | State::NoShow => {
            view.snoozed.insert(
                row.task.0,
                snoozed_until(row.changed_at, reading.config).utc(),
            );
        }
        State::Invited | State::Declined => {}
    }
}

fn snoozed_until(since: Instant, config: &MatchingConfig) -> Instant {
    since + Duration::days(i64::from(config.reasons.snooze_days))
}

/// A "no" feeds distance, interest or a block (matching.md, Saying why).
fn refuse(view: &mut PersonView, decline: &Decline, config: &MatchingConfig) {
    let (task, kind) = (decline.task_id.0, decline.kind.to_string());
    match decline.reason {
        Reason::NotNow => {
            let until = snoozed_until(decline.declined_at, config).utc();
            view.snoozed.insert(task, until);
        }
        Reason::TooFar => {
            view.declined.insert(task);
            view.too_far += 1;
        }
        Reason::NotMyThing => {
            view.declined.insert(task);
            view.kinds.entry(kind).or_default().not_my_thing += 1;
        }
        Reason::Never => {
            view.declined.insert(task);
            // What they say they enjoy today outweighs what they once refused.
            if !view.interests.contains(&kind) {
                view.blocked_kinds.insert(kind);
            }
        }
    }
}

/// What came of each kind so far. A first visit lasts a day, so that a reload shows the same list.
fn remember(view: &mut PersonView, tally: &Tally, now: Instant) {
    let kinds: &mut BTreeMap<String, KindHistory> = &mut view.kinds;
    let history = kinds.entry(tally.kind.clone()).or_default();
    let count = u32::try_from(tally.count).unwrap_or(u32::MAX);
    match tally.event.as_str() {
        SHOWN => {
            history.shown = count;
            if tally
                .first
                .is_some_and(|first| now - first > Duration::days(1))
            {
                view.first_visit = false;
            }
        }
        "accepted" => history.accepted = count,
        "completed" => history.done = count,
        _ => {}
    }
}
