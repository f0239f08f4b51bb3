//! What the pages of joining and signing in show.

use askama::Template;

use crate::http::{Faults, Page};
use crate::races::StripView;
use crate::regions::RegionView;
use crate::words::Lang;

/// `/` for people who are not signed in.
#[derive(Template)]
#[template(path = "accounts/welcome.html")]
pub(super) struct Welcome {
    pub l: Lang,
    pub campaign: String,
    pub race: Option<StripView>,
}

/// The join form.
#[derive(Template)]
#[template(path = "accounts/join.html")]
pub(super) struct JoinPage {
    pub l: Lang,
    pub campaign: String,
    pub race: Option<StripView>,
    pub email: String,
    pub zip: String,
    pub name: String,
    pub invite: String,
    pub inviter: Option<String>,
    pub faults: Faults,
}

/// Where a newcomer waits for the mail.
#[derive(Template)]
#[template(path = "accounts/waiting.html")]
pub(super) struct WaitingPage {
    pub l: Lang,
    pub email: String,
    pub name: String,
    pub zip: String,
    pub new_zip: bool,
    pub region: RegionView,
    pub county: String,
    pub race: Option<StripView>,
    pub minutes: u32,
    pub kept: bool,
    pub interests: Vec<(&'static str, &'static str, bool)>,
    pub days: Vec<Day>,
    pub faults: Faults,
}

/// A row of the 7×3 grid.
pub(super) struct Day {
    pub name: &'static str,
    /// Each third of the day, and whether it is chosen.
    pub thirds: Vec<(String, bool)>,
}

impl Day {
    /// The seven rows with `chosen` (such as `sat-am`) marked.
    pub fn grid(chosen: &[String]) -> Vec<Self> {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|name| Self {
                name,
                thirds: ["am", "pm", "eve"]
                    .map(|third| format!("{name}-{third}"))
                    .map(|slot| {
                        let on = chosen.contains(&slot);
                        (slot, on)
                    })
                    .into(),
            })
            .into()
    }
}

/// The small pages around one letter: asking for a link, waiting for it, its button, its code.
#[derive(Template)]
#[template(path = "accounts/letter.html")]
pub(super) struct LetterPage {
    pub l: Lang,
    pub part: Part,
    pub email: String,
    pub next: String,
    pub secret: String,
    pub minutes: u32,
    pub faults: Faults,
}

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Asking for a link.
    Form,
    /// It is on its way.
    Mailed,
    /// It was opened: one button.
    Button,
    /// It was opened in another browser: the code.
    Code,
    /// It is dead.
    Dead,
}

impl LetterPage {
    fn page(lang: &Lang, part: Part, title: &str) -> Page<Self> {
        Self::with(lang, part, title, |_| {})
    }

    fn with(lang: &Lang, part: Part, title: &str, fill: impl FnOnce(&mut Self)) -> Page<Self> {
        let mut content = Self {
            l: lang.clone(),
            part,
            email: String::new(),
            next: String::new(),
            secret: String::new(),
            minutes: 0,
            faults: Faults::default(),
        };
        fill(&mut content);
        Page::new(lang.say(title), content)
    }

    pub fn form(lang: &Lang, email: String, next: String, faults: Faults) -> Page<Self> {
        Self::with(lang, Part::Form, "sign-in-title", |page| {
            page.email = email;
            page.next = next;
            page.faults = faults;
        })
    }

    pub fn mailed(lang: &Lang, email: String, minutes: u32, faults: Faults) -> Page<Self> {
        Self::with(lang, Part::Mailed, "mailed-title", |page| {
            page.email = email;
            page.minutes = minutes;
            page.faults = faults;
        })
    }

    pub fn button(lang: &Lang, token: String) -> Page<Self> {
        Self::with(lang, Part::Button, "button-title", |page| {
            page.secret = token;
        })
    }

    pub fn code(lang: &Lang, code: String, minutes: u32) -> Page<Self> {
        Self::with(lang, Part::Code, "code-title", |page| {
            page.secret = code;
            page.minutes = minutes;
        })
    }

    pub fn dead(lang: &Lang) -> Page<Self> {
        Self::page(lang, Part::Dead, "dead-title")
    }
}
