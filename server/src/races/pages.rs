//! The race page: a table the server draws, which the script then patches by key.

use actix_web::Responder;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono_tz::Tz;

use super::api::Which;
use super::lines::{Line, Shown};
use super::model::{Board, BoardRow, Status};
use super::rules::{Hours, child_of, in_doors, points_a_door};
use super::scale::Scale;
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::http::{Page, PageError, Query, SignedIn};
use crate::ledger::Week;
use crate::region_code::RegionCode;
use crate::words::Lang;

#[derive(Template)]
#[template(path = "races/board.html")]
struct RacePage {
    l: Lang,
    board: Board,
    crumbs: Vec<(RegionCode, String)>,
    when: String,
    now: String,
    /// The current week, which moves; another stands still.
    is_current: bool,
    before: Week,
    opens: Option<String>,
    duel: Option<Duel>,
    shown: Shown,
    ranked: Vec<Line>,
    unranked: Vec<Line>,
    own: Option<RegionCode>,
    blank: Line,
    per_door: f64,
    moves: Vec<(String, String)>,
}

/// One's own region beside the next one.
struct Duel {
    us: Line,
    them: Line,
    verdict: String,
}

/// `GET /races/{region}`.
pub async fn race(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    region: Path<String>,
    Query(which): Query<Which>,
    l: Lang,
) -> Result<impl Responder, PageError> {
    let region = RegionCode::parse(&region).map_err(|_| Error::NotFound)?;
    let ready = super::board(&app, &region, which.week()?).await?;
    let board = ready.board.clone();
    let (now, zone) = (app.clock.now(), app.tree.zone(&region));
    let current = Week::at(now.utc(), zone);
    let hours = Hours::of(
        board.week,
        app.tree.zones_under(&region),
        app.scoring.weeks.final_hours,
    );
    let own = child_of(&region, &viewer.region);
    let shown = Shown {
        ranked: board.status != Status::WarmingUp
            && board.rows.iter().any(|row| row.rank.is_some()),
        doors: app.scoring.doors.clone(),
        scale: Scale::of(&board.rows),
    };
    let ties = |row: &BoardRow| {
        board
            .rows
            .iter()
            .filter(|other| other.rank == row.rank)
            .count()
            > 1
    };
    let has_race = |row: &BoardRow| app.tree.children(&row.region).next().is_some();
    let line = |row: &BoardRow| Line::new(&l, row, own.as_ref(), ties(row), has_race(row), &shown);
    let title = l
        .say("race-title")
        .with("region", board.region.name.as_str())
        .to_string();
    let first = app.boards.campaign_start(&app).await?;
    let is_first = first.is_none_or(|at| Week::at(at.utc(), zone) >= board.week);
    let opening = Instant::from(board.week.end(zone));
    let page = RacePage {
        crumbs: app
            .tree
            .path(&region)
            .iter()
            .map(|node| (node.code.clone(), node.name.to_owned()))
            .collect(),
        when: when(&l, board.week, zone, hours, now),
        now: l.time(now, viewer.zone.parse().unwrap_or(zone)),
        is_current: board.week == current,
        before: board.week.prev(),
        opens: (is_first && now < opening).then(|| span(&l, opening - now)),
        duel: duel(&app, &l, &board.rows, own.as_ref(), &line),
        ranked: board
            .rows
            .iter()
            .filter(|row| row.rank.is_some())
            .map(&line)
            .collect(),
        unranked: board
            .rows
            .iter()
            .filter(|row| row.rank.is_none())
            .map(&line)
            .collect(),
        blank: Line::blank(&l, &region, board.rows.iter().any(has_race)),
        per_door: points_a_door(&app.scoring.doors),
        moves: moves(&app, &l, &region, viewer.zone.parse().unwrap_or(zone)),
        own,
        shown: shown.clone(),
        board: board.clone(),
        l: l.clone(),
    };
    Ok(Page::new(title, page))
}

/// "Week 47, Nov 16 to Nov 22 · closes in 1 day 5 hours".
fn when(l: &Lang, week: Week, zone: Tz, hours: Hours, now: Instant) -> String {
    let last = Instant::from(week.end(zone)) - Duration::seconds(1);
    let number = week.to_string();
    let number = number.rsplit('W').next().unwrap_or_default();
    let span_of_days = l
        .say("race-week")
        .with("week", number.trim_start_matches('0'))
        .with("from", l.day(Instant::from(week.start(zone)), zone))
        .with("to", l.day(last, zone))
        .to_string();
    let state = if now >= hours.finished {
        l.say("race-final").to_string()
    } else if now >= hours.close {
        let until = l.moment(hours.finished, zone);
        l.say("race-closed").with("until", until).to_string()
    } else {
        let left = span(l, hours.close - now);
        l.say("race-closes").with("span", left).to_string()
    };
    format!("{span_of_days} · {state}")
}

/// "1 day 5 hours", "3 hours", "20 minutes".
fn span(l: &Lang, left: Duration) -> String {
    let (days, hours) = (left.num_days(), left.num_hours() % 24);
    let text = if days > 0 {
        l.say("race-span-days")
            .with("days", days)
            .with("hours", hours)
    } else if hours > 0 {
        l.say("race-span-hours").with("hours", hours)
    } else {
        l.say("race-span-minutes")
            .with("minutes", left.num_minutes().max(1))
    };
    text.to_string().trim_end().to_owned()
}

/// The own region beside the next one ahead, or, in the lead, the next one behind.
fn duel(
    app: &App,
    l: &Lang,
    rows: &[BoardRow],
    own: Option<&RegionCode>,
    line: &impl Fn(&BoardRow) -> Line,
) -> Option<Duel> {
    let ranked: Vec<&BoardRow> = rows.iter().filter(|row| row.rank.is_some()).collect();
    let us = ranked.iter().find(|row| Some(&row.region) == own)?;
    let ahead = ranked.iter().rfind(|row| row.rank < us.rank);
    let (them, verdict) = if let (Some(them), Some(gap)) = (ahead, us.to_next) {
        let doors = in_doors(&app.scoring.doors, gap);
        let behind = l
            .say("race-behind")
            .with("count", doors)
            .with("n", doors)
            .with("name", them.name.as_str());
        (them, behind.to_string())
    } else {
        let them = ranked.iter().find(|row| row.region != us.region)?;
        let ahead = l.say("race-ahead").with("name", them.name.as_str());
        (them, ahead.to_string())
    };
    Some(Duel {
        us: line(us),
        them: line(them),
        verdict,
    })
}

/// What moved the board lately: times and sentences.
fn moves(app: &App, l: &Lang, board: &RegionCode, zone: Tz) -> Vec<(String, String)> {
    app.boards
        .moves(board)
        .iter()
        .filter_map(|deed| Some((l.time(deed.at, zone), super::live::sentence(app, l, deed)?)))
        .collect()
}
