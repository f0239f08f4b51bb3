//! Every URL, in one table. A feature's rows stand together; the scope matrix in the tests and the
//! OpenAPI document are made from this table, so nothing can be served that they do not know.

use crate::http::Who::{Anyone, Leader, Member, Staff};
use crate::http::{Listing, Route};

/// The table.
pub fn table() -> Vec<Route> {
    [
        house(),
        accounts(),
        volunteers(),
        tasks(),
        activities(),
        races(),
        followups(),
        feed(),
        desk(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The house itself: health, assets, the API document.
fn house() -> Vec<Route> {
    use crate::health;
    use crate::http::Assets;
    vec![
        Route::get("/healthz", Anyone, health::alive),
        Route::get("/readyz", Anyone, health::ready),
        Route::get("/static/{hash}/{name:.*}", Anyone, Assets::serve),
        Route::get("/api/v1/openapi.json", Anyone, health::openapi)
            .says("This document.")
            .gives::<serde_json::Value>(200),
    ]
}

/// Joining, signing in, sessions.
fn accounts() -> Vec<Route> {
    use crate::accounts::{api, pages};
    vec![
        Route::get("/", Anyone, pages::welcome),
        Route::get("/join", Anyone, pages::join),
        Route::post("/join", Anyone, pages::register),
        Route::get("/join/request", Anyone, pages::waiting),
        Route::post("/join/request", Anyone, pages::choices),
        Route::get("/i/{code}", Anyone, pages::invitation),
        Route::get("/sign-in", Anyone, pages::sign_in),
        Route::post("/sign-in", Anyone, pages::spend),
        Route::get("/sign-in/request", Anyone, pages::waiting),
        Route::post("/sign-in/links", Anyone, pages::link),
        Route::post("/sign-in/code", Anyone, pages::enter),
        Route::post("/sign-out", Anyone, pages::sign_out),
        Route::post("/me/sessions/deletion", Member, pages::sign_out_everywhere),
        Route::post("/me/sessions/{id}/deletion", Member, pages::end_session),
        Route::post("/api/v1/registrations", Anyone, api::register)
            .says("Joins: the answer is the same for every address, and one mail follows.")
            .takes::<api::NewRegistration>()
            .gives::<api::Registered>(202),
        Route::post("/api/v1/sign-in-links", Anyone, api::link)
            .says("Asks for a sign-in link by mail; the answer is the same for every address.")
            .takes::<api::NewLink>()
            .gives::<api::Requested>(202),
        Route::post("/api/v1/sessions", Anyone, api::open)
            .says("Trades a mailed token, or the code another browser showed, for a session.")
            .takes::<api::NewSession>()
            .gives::<api::Grant>(201),
        Route::post("/api/v1/sessions/refresh", Anyone, api::refresh)
            .says("Gets the next token; each refresh token is good once, and one that comes again ends the session.")
            .takes::<api::Refresh>()
            .gives::<api::Grant>(200),
        Route::delete("/api/v1/sessions/current", Member, api::sign_out)
            .says("Signs out.")
            .gives_nothing(),
    ]
}

/// Profiles, people, reference data.
fn volunteers() -> Vec<Route> {
    use crate::me::{Export, api as me, pages};
    use crate::regions::{PlaceView, RegionDetail, api as regions};
    use crate::volunteers::{Change, Profile, api, skills::Skill};
    vec![
        Route::get("/me", Member, pages::index),
        Route::post("/me", Member, pages::save),
        Route::post("/me/name", Member, pages::call),
        Route::get("/me/export", Member, pages::export),
        Route::post("/me/deletion", Member, pages::delete),
        Route::get("/api/v1/me", Member, me::get)
            .says("One's own profile.")
            .gives::<Profile>(200),
        Route::patch("/api/v1/me", Member, me::patch)
            .says("Changes one's own profile; what is left out stays.")
            .takes::<Change>()
            .gives::<Profile>(200),
        Route::delete("/api/v1/me", Member, me::delete)
            .says("Erases the account for good.")
            .gives_nothing(),
        Route::get("/api/v1/me/export", Member, me::export)
            .says("Everything stored about oneself.")
            .gives::<Export>(200),
        Route::get("/api/v1/skills", Anyone, api::skills)
            .says("The skills list.")
            .gives::<Vec<Skill>>(200),
        Route::get("/api/v1/zips/{zip}", Anyone, regions::zip)
            .says("Where a postcode belongs.")
            .gives::<PlaceView>(200),
        Route::get("/api/v1/regions/{code}", Anyone, regions::region)
            .says("A region of the tree.")
            .gives::<RegionDetail>(200),
        Route::get("/api/v1/regions/{code}/children", Anyone, regions::children)
            .says("The regions directly under a region.")
            .gives::<Vec<RegionDetail>>(200),
    ]
}

/// Tasks, suggestions, assignments.
fn tasks() -> Vec<Route> {
    use crate::activities::api as activities;
    use crate::matching::pages::{self, leader, led};
    use crate::matching::{CandidatesView, SuggestionView, api as matching};
    use crate::tasks::{AssignmentView, Draft, TaskDetail, api};
    vec![
        Route::get("/tasks", Member, pages::index),
        Route::get("/tasks/{id}", Member, pages::show),
        Route::post("/tasks/{id}/assignment", Member, pages::answer),
        Route::get("/hq/tasks", Leader, led::index),
        Route::post("/hq/tasks", Leader, leader::create),
        Route::get("/hq/tasks/new", Leader, leader::blank),
        Route::get("/hq/tasks/{id}", Leader, leader::edit),
        Route::post("/hq/tasks/{id}", Leader, leader::save),
        Route::post("/hq/tasks/{id}/assignments/{volunteer}", Leader, leader::assign),
        Route::get("/api/v1/tasks", Member, api::list)
            .says("Open tasks; for captains and HQ also the drafts and closed ones they lead. Newest first.")
            .gives::<Listing<TaskDetail>>(200)
            .query(&["region", "status", "kind", "q", "after", "limit"]),
        Route::post("/api/v1/tasks", Leader, api::create)
            .says("Writes a task in a region one leads.")
            .takes::<Draft>()
            .gives::<TaskDetail>(201),
        Route::get("/api/v1/tasks/{id}", Member, api::find)
            .says("A task.")
            .gives::<TaskDetail>(200),
        Route::patch("/api/v1/tasks/{id}", Leader, api::edit)
            .says("Changes a task one leads; what is left out stays, null clears.")
            .takes::<Draft>()
            .gives::<TaskDetail>(200),
        Route::put("/api/v1/tasks/{id}/assignment", Member, api::answer)
            .says("One's own answer: accepted (409 when full), declined with a reason, cancelled.")
            .takes::<api::Answer>()
            .gives::<AssignmentView>(200),
        Route::put("/api/v1/tasks/{id}/assignments/{volunteer}", Leader, activities::place)
            .says("A leader invites, assigns, checks in, marks as done or not come, cancels. An invitation or assignment sends one mail.")
            .takes::<api::Standing>()
            .gives::<AssignmentView>(200),
        Route::get("/api/v1/me/suggestions", Member, matching::suggestions)
            .says("Five tasks that suit one, best first, each with its reasons.")
            .gives::<Vec<SuggestionView>>(200),
        Route::get("/api/v1/tasks/{id}/candidates", Leader, matching::candidates)
            .says("People for a task one leads: who could, and why the others could not.")
            .gives::<CandidatesView>(200),
    ]
}

/// What was done, and its points.
fn activities() -> Vec<Route> {
    use crate::activities::missions::api as missions;
    use crate::activities::{ActivityView, LineView, MissionView, NewActivity, api, pages};
    vec![
        Route::post("/api/v1/activities", Member, api::create)
            .says("Writes down something done; captains and HQ also for others in their scope.")
            .takes::<NewActivity>()
            .gives::<ActivityView>(201)
            .keyed(),
        Route::post("/api/v1/activities/batch", Member, api::create_sheet)
            .says("Writes down a sheet of up to 500 rows, each under its own key.")
            .takes::<api::Sheet>()
            .gives::<api::SheetResult>(200),
        Route::put("/api/v1/activities/{id}/verification", Leader, api::decide)
            .says("Decides about somebody else's activity.")
            .takes::<api::DecisionBody>()
            .gives::<ActivityView>(200),
        Route::put("/api/v1/activities/{id}/reversal", Leader, api::reverse)
            .says("Takes back somebody else's activity.")
            .takes::<api::ReversalBody>()
            .gives::<ActivityView>(200),
        Route::get("/api/v1/me/points", Member, api::points)
            .says("The lines of one's own week, each with the reason why.")
            .query(&["week"])
            .gives::<Vec<LineView>>(200),
        Route::get("/api/v1/missions", Member, missions::index)
            .says("What counts more or less than usual in a week; the present one where left out.")
            .query(&["week"])
            .gives::<Vec<MissionView>>(200),
        Route::put("/api/v1/missions/{week}/{kind}", Staff, missions::update)
            .says("What a kind of activity counts in a week that has not begun anywhere (409 afterwards).")
            .takes::<missions::MissionBody>()
            .gives::<MissionView>(200),
        Route::get("/log", Member, pages::form),
        Route::post("/log", Member, pages::log),
        Route::get("/log/{id}", Member, pages::receipt),
        Route::post("/log/{id}/reversal", Member, pages::undo),
        Route::get("/me/points", Member, pages::points),
    ]
}

/// Boards and the live socket.
fn races() -> Vec<Route> {
    use crate::live::{Ticket, socket};
    use crate::races::{Board, api, pages};
    vec![
        Route::get("/races/{region}", Member, pages::race),
        Route::get("/api/v1/races/{region}", Member, api::board)
            .says("The race among a region's children.")
            .gives::<Board>(200)
            .query(&["week"]),
        Route::get("/live", Anyone, socket::open),
        Route::post("/api/v1/live-tickets", Member, socket::create_ticket)
            .says("A ticket that opens one live socket within half a minute.")
            .gives::<Ticket>(201),
    ]
}

/// Newcomers and their 72 hours.
fn followups() -> Vec<Route> {
    use crate::followups::{Call, Record, api, pages};
    vec![
        Route::get("/api/v1/regions/{code}/follow-ups", Leader, api::list)
            .says("Newcomers under a region by what is left of their 72 hours.")
            .gives::<Vec<Call>>(200),
        Route::put("/api/v1/follow-ups/{volunteer}", Leader, api::update)
            .says("How a call to a newcomer went.")
            .takes::<Record>()
            .gives::<Call>(200),
        Route::post("/captain/follow-ups/{volunteer}", Leader, pages::create),
    ]
}

/// Posts, comments, the honour roll.
fn feed() -> Vec<Route> {
    use crate::feed::{CommentView, Named, PostView, api, pages};
    use crate::http::Listing;
    vec![
        Route::get("/api/v1/regions/{code}/posts", Member, api::posts)
            .says("What was said to a region, newest first.")
            .query(&["after", "limit"])
            .gives::<Listing<PostView>>(200),
        Route::post("/api/v1/regions/{code}/posts", Member, api::create_post)
            .says("Say something to a region: its captains and HQ.")
            .takes::<api::Written>()
            .gives::<PostView>(201),
        Route::delete("/api/v1/posts/{id}", Member, api::delete_post)
            .says("Take a post away: its author, the region's captain or HQ.")
            .gives_nothing(),
        Route::post("/api/v1/posts/{id}/comments", Member, api::create_comment)
            .says("Answer a post.")
            .takes::<api::Written>()
            .gives::<CommentView>(201),
        Route::delete(
            "/api/v1/posts/{id}/comments/{comment}",
            Member,
            api::delete_comment,
        )
        .says("Take a comment away: its author, the region's captain or HQ.")
        .gives_nothing(),
        Route::get(
            "/api/v1/regions/{code}/honour-roll",
            Member,
            api::honour_roll,
        )
        .says("People of a region who asked to be shown, best of this week first, at most 50.")
        .gives::<Vec<Named>>(200),
        Route::get("/regions/{code}", Member, pages::region),
        Route::post("/regions/{code}/posts", Member, pages::create_post),
        Route::post("/posts/{id}/comments", Member, pages::create_comment),
        Route::post("/posts/{id}/deletion", Member, pages::delete_post),
        Route::post(
            "/posts/{id}/comments/{comment}/deletion",
            Member,
            pages::delete_comment,
        ),
    ]
}

/// Home, captain, HQ.
fn desk() -> Vec<Route> {
    use crate::desk::{AuditLine, NewStaff, PersonView, PlacedView, Summary, api, pages};
    use crate::http::Listing;
    use crate::volunteers::{Destination, Holder};
    vec![
        Route::get("/api/v1/regions/{code}/summary", Leader, api::summary)
            .says("A region in numbers: who is there, who is ready, what is open.")
            .gives::<Summary>(200),
        Route::get("/api/v1/volunteers", Leader, api::people)
            .says("People of one's own regions; HQ: everybody. Each look is written to the audit log.")
            .query(&[
                "region",
                "skill",
                "availability",
                "language",
                "q",
                "after",
                "limit",
            ])
            .gives::<Listing<PersonView>>(200),
        Route::put("/api/v1/volunteers/{volunteer}/region", Staff, api::relocate)
            .says("Moves somebody to the region of a ZIP code, or to any region.")
            .takes::<Destination>()
            .gives::<PlacedView>(200),
        Route::put(
            "/api/v1/regions/{code}/captains/{volunteer}",
            Staff,
            api::name_captain,
        )
        .says("Make somebody captain of a region.")
        .gives::<Holder>(200),
        Route::delete(
            "/api/v1/regions/{code}/captains/{volunteer}",
            Staff,
            api::end_captaincy,
        )
        .says("End a captaincy; the region is closed to them at once.")
        .gives_nothing(),
        Route::get("/api/v1/staff", Staff, api::staff)
            .says("Everybody at HQ.")
            .gives::<Vec<Holder>>(200),
        Route::post("/api/v1/staff", Staff, api::add_staff)
            .says("Take somebody who has joined into HQ.")
            .takes::<NewStaff>()
            .gives::<Holder>(201),
        Route::get("/api/v1/audit", Staff, api::audit)
            .says("What everybody with an office did and read, newest first.")
            .query(&["after", "limit"])
            .gives::<Listing<AuditLine>>(200),
        Route::get("/home", Member, pages::home::home),
        Route::get("/captain", Leader, pages::captain::captain),
        Route::post("/captain/approvals", Leader, pages::captain::decide),
        Route::post("/captain/sheet", Leader, pages::sheet::create),
        Route::get("/hq", Staff, pages::hq::hq),
        Route::post("/hq/missions", Staff, pages::missions::create),
        Route::get("/hq/people", Leader, pages::people::people),
        Route::post("/hq/people/{volunteer}/region", Staff, pages::people::relocate),
        Route::get("/hq/staff", Staff, pages::offices::index),
        Route::post("/hq/staff", Staff, pages::offices::create),
        Route::post(
            "/hq/staff/captains/deletion",
            Staff,
            pages::offices::delete,
        ),
    ]
}
