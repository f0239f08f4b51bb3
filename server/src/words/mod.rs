//! The message catalogue: every sentence a person reads, by key and language.
//!
//! Sentences live in `web/messages/<language>/<feature>.ftl` (Fluent), so that plurals, numbers and
//! dates follow the locale. English is complete; another language is another folder.

mod dates;
mod lately;
mod numbers;

use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use crate::error::Sentence;

#[derive(RustEmbed)]
#[folder = "../web/messages"]
struct Files;

/// All catalogues; cheap to clone.
#[derive(Clone)]
pub struct Words(Arc<Vec<Catalogue>>);

struct Catalogue {
    tag: String,
    bundle: FluentBundle<FluentResource>,
}

/// A broken catalogue file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadCatalogue(String);

impl Words {
    /// Reads the catalogues compiled into the binary.
    ///
    /// # Errors
    /// Names the file and what is wrong: bad syntax, or a key given twice.
    pub fn embedded() -> Result<Self, BadCatalogue> {
        let mut all: Vec<Catalogue> = Vec::new();
        for path in Files::iter() {
            let Some((tag, _)) = path.split_once('/') else {
                continue;
            };
            let Some(file) = Files::get(&path) else {
                continue;
            };
            let text = String::from_utf8_lossy(&file.data).into_owned();
            let resource = FluentResource::try_new(text)
                .map_err(|(_, why)| BadCatalogue(format!("{path}: {why:?}")))?;
            let at = if let Some(at) = all.iter().position(|known| known.tag == tag) {
                at
            } else {
                all.push(Catalogue::new(tag)?);
                all.len() - 1
            };
            all[at]
                .bundle
                .add_resource(resource)
                .map_err(|why| BadCatalogue(format!("{path}: {why:?}")))?;
        }
        // English first: the language of last resort.
        all.sort_by_key(|catalogue| (catalogue.tag != "en", catalogue.tag.clone()));
        Ok(Self(Arc::new(all)))
    }

    /// The best of the known languages for an `Accept-Language` header; English otherwise.
    pub fn choose(&self, accept: &str) -> Lang {
        let wanted = accept
            .split(',')
            .filter_map(|part| part.split(';').next())
            .map(str::trim);
        let at = wanted
            .filter_map(|tag| tag.get(..2).map(str::to_lowercase))
            .find_map(|tag| self.0.iter().position(|known| known.tag == tag))
            .unwrap_or(0);
        Lang {
            words: self.clone(),
            at,
        }
    }

    /// English.
    pub fn english(&self) -> Lang {
        Lang {
            words: self.clone(),
            at: 0,
        }
    }
}

impl Catalogue {
    fn new(tag: &str) -> Result<Self, BadCatalogue> {
        let language: LanguageIdentifier = tag
            .parse()
            .map_err(|_| BadCatalogue(format!("web/messages/{tag} is not a language tag")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks would show up in plain-text mails and tests.
        bundle.set_use_isolating(false);
        Ok(Self {
            tag: tag.to_owned(),
            bundle,
        })
    }
}

/// One person's language: what templates speak with.
#[derive(Clone)]
pub struct Lang {
    words: Words,
    at: usize,
}

impl Lang {
    /// The language's tag, for `<html lang>`.
    pub fn tag(&self) -> &str {
        &self.words.0[self.at].tag
    }

    /// Begins a sentence; add arguments with [`Say::with`] and print it.
    pub fn say<'a>(&'a self, key: &'a str) -> Say<'a> {
        Say {
            lang: self,
            key,
            args: FluentArgs::new(),
        }
    }

    /// Whether the catalogue has `key`.
    pub fn knows(&self, key: &str) -> bool {
        self.words
            .0
            .iter()
            .any(|catalogue| catalogue.bundle.has_message(key))
    }

    /// Renders an error's sentence.
    pub fn sentence(&self, sentence: &Sentence) -> String {
        match sentence {
            Sentence::Plain(text) => text.clone(),
            Sentence::Key(key, args) => args
                .iter()
                .fold(self.say(key), |say, (name, value)| {
                    say.with(name, value.as_str())
                })
                .to_string(),
        }
    }
}

/// A sentence in the making; printing it looks it up.
pub struct Say<'a> {
    lang: &'a Lang,
    key: &'a str,
    args: FluentArgs<'a>,
}

impl<'a> Say<'a> {
    /// Adds an argument: text or a number.
    #[must_use]
    pub fn with<V: Into<Arg>>(mut self, name: &'a str, value: V) -> Self {
        self.args.set(name, value.into().0);
        self
    }
}

/// A value in a sentence.
pub struct Arg(FluentValue<'static>);

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}
impl From<&&str> for Arg {
    fn from(text: &&str) -> Self {
        Self::from(*text)
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}
impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self(FluentValue::from(text.clone()))
    }
}
impl From<&&String> for Arg {
    fn from(text: &&String) -> Self {
        Self::from(*text)
    }
}
macro_rules! number {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Arg {
            fn from(number: $kind) -> Self {
                Self(FluentValue::from(number))
            }
        }
        impl From<&$kind> for Arg {
            fn from(number: &$kind) -> Self {
                Self(FluentValue::from(*number))
            }
        }
        impl From<&&$kind> for Arg {
            fn from(number: &&$kind) -> Self {
                Self(FluentValue::from(**number))
            }
        }
    )*};
}
number!(i16, i32, i64, u8, u16, u32, u64, usize, f64);

impl fmt::Display for Say<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let catalogues = &self.lang.words.0;
        let found = [self.lang.at, 0]
            .into_iter()
            .filter_map(|at| catalogues.get(at))
            .find_map(|catalogue| {
                let pattern = catalogue.bundle.get_message(self.key)?.value()?;
                let mut faults = Vec::new();
                let text = catalogue
                    .bundle
                    .format_pattern(pattern, Some(&self.args), &mut faults);
                if !faults.is_empty() {
                    tracing::warn!(key = self.key, ?faults, "a sentence lacks an argument");
                }
                Some(text.into_owned())
            });
        // A missing key is shown as itself: ugly, harmless, and caught by the test that reads templates.
        f.write_str(found.as_deref().unwrap_or(self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_file_is_well_formed_and_no_key_stands_twice() {
        Words::embedded().unwrap();
    }

    #[test]
    fn an_unknown_language_reads_english() {
        let words = Words::embedded().unwrap();
        assert_eq!(words.choose("tlh, xx;q=0.5").tag(), "en");
    }
}
