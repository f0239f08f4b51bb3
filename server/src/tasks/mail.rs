//! The one mail that an invitation or an assignment sends.

use super::assignment::Change;
use super::view::when_text;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::mailer::{self, Mail};

/// Posts it into the outbox under a key of task, person and state, so that no repeat sends another.
pub fn post(conn: &mut Conn, app: &App, change: &Change) -> Result<(), Error> {
    let (task, to) = (&change.task, change.to);
    let l = app.words.english();
    let place = if task.remote {
        l.say("task-from-home").to_string()
    } else {
        task.place_name.clone()
    };
    let (subject, text) = (format!("task-mail-{to}-subject"), format!("task-mail-{to}"));
    let mail = Mail {
        to: change.volunteer.email.clone(),
        subject: l.say(&subject).with("title", &task.title).to_string(),
        text: l
            .say(&text)
            .with("title", &task.title)
            .with("when", when_text(&l, task))
            .with("place", place)
            .with("link", app.link(&format!("/tasks/{}", task.id)))
            .with("campaign", &app.settings.campaign)
            .to_string(),
    };
    let key = format!("task:{}:{}:{to}", task.id, change.volunteer.id);
    mailer::post(conn, &key, &mail, change.at)
}
