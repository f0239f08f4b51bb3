//! From stored codes to sentences in a reader's language.

use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::Serialize;

use super::codes::{Arg, Caveat, Fix, Sentence};
use crate::clock::Instant;
use crate::volunteers::skills;
use crate::words::{Lang, Say};

/// A code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// Such as `skill` or `next_step`.
    pub code: String,
    /// The sentence in the reader's language.
    pub text: String,
}

/// What to know before saying yes, and where to settle it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CaveatSaid {
    /// Such as `time_guessed`.
    pub code: String,
    /// The sentence in the reader's language.
    pub text: String,
    /// What would settle it; null where nothing does.
    pub fix: Option<FixSaid>,
}

/// A way to settle a caveat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FixSaid {
    /// The words of the link.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// The sentence of a code.
pub fn said<S: Sentence>(l: &Lang, what: &S) -> Said {
    Said {
        code: what.code().to_owned(),
        text: sentence(l, &what.key(), &what.args()),
    }
}

/// The same about somebody else, for whoever leads the task: "Speaks Spanish, and this needs it."
pub fn theirs<S: Sentence>(l: &Lang, what: &S) -> Said {
    let key = format!("{}-theirs", what.key());
    if !l.knows(&key) {
        return said(l, what);
    }
    Said {
        code: what.code().to_owned(),
        text: sentence(l, &key, &what.args()),
    }
}

/// A caveat about somebody else; only they can settle it.
pub fn their_caveat(l: &Lang, what: &Caveat) -> CaveatSaid {
    let Said { code, text } = theirs(l, what);
    CaveatSaid {
        code,
        text,
        fix: None,
    }
}

/// The sentence of a caveat with its way out.
pub fn caveat(l: &Lang, what: &Caveat) -> CaveatSaid {
    let Said { code, text } = said(l, what);
    CaveatSaid {
        code,
        text,
        fix: what.fix().map(|fix| FixSaid {
            text: l.say(fix.key()).to_string(),
            href: match fix {
                Fix::Availability => "/me#when",
                Fix::Skills => "/me#skills",
                Fix::Travel | Fix::TravelAgain => "/me#travel",
                Fix::Languages => "/me#languages",
            }
            .to_owned(),
        }),
    }
}

fn sentence(l: &Lang, key: &str, args: &[(&'static str, Arg)]) -> String {
    let begun: Say<'_> = l.say(key);
    args.iter()
        .fold(begun, |say, (name, arg)| match arg {
            Arg::Number(number) => say.with(name, *number),
            Arg::Text(text) => say.with(name, text),
            Arg::Skill(slug) => say.with(name, skill(slug)),
            Arg::Language(tag) => say.with(name, language(l, tag)),
            Arg::Date(day) => {
                let noon = day.and_time(NaiveTime::MIN).and_utc();
                say.with(name, l.day(Instant::from(noon), chrono_tz::UTC))
            }
            Arg::Message(key, args) => say.with(name, sentence(l, key, args)),
        })
        .to_string()
}

/// A skill's name within a sentence: small letters, but for names and initials.
pub fn skill(slug: &str) -> String {
    let Some(known) = skills::find(slug) else {
        return slug.to_owned();
    };
    let mut letters = known.label.chars();
    let (first, second) = (letters.next(), letters.next());
    // "Spanish" keeps its capital; "text translation" is a craft, not a language.
    let is_tongue = known.group == "languages" && !known.slug.contains("translation");
    let is_word = second.is_some_and(char::is_lowercase) && !is_tongue;
    match first {
        Some(first) if is_word => first
            .to_lowercase()
            .chain(known.label.chars().skip(1))
            .collect(),
        _ => known.label.clone(),
    }
}

/// The names of languages, with commas between.
pub fn languages(l: &Lang, tags: &[String]) -> String {
    let names: Vec<String> = tags.iter().map(|tag| language(l, tag)).collect();
    names.join(", ")
}

/// A language's name; its tag where the catalogue has none.
pub fn language(l: &Lang, tag: &str) -> String {
    let key = format!("language-name-{tag}");
    if l.knows(&key) {
        l.say(&key).to_string()
    } else {
        tag.to_owned()
    }
}
