//! A use case's error as the one sentence a command prints.

use crate::error::Error;
use crate::words::Words;

/// What to tell somebody at a terminal about `error`.
pub(crate) fn sentence(error: &Error) -> String {
    let lang = Words::embedded().map(|words| words.english());
    let told = |key: &'static str| match &lang {
        Ok(lang) => lang.say(key).to_string(),
        Err(_) => key.to_owned(),
    };
    match (error, &lang) {
        (Error::Internal(why), _) => why.clone(),
        (Error::Unavailable { .. }, _) => {
            "The database does not answer: check database_url and that its server runs, then try again."
                .to_owned()
        }
        (Error::Invalid(faults), Ok(lang)) => faults
            .0
            .first()
            .map(|(field, why)| format!("{field}: {}", lang.sentence(why)))
            .unwrap_or_default(),
        (
            Error::Malformed(why) | Error::Forbidden(why) | Error::Conflict(why) | Error::Gone(why),
            Ok(lang),
        ) => lang.sentence(why),
        (Error::SignInNeeded, _) => told("error-sign-in-needed"),
        (Error::NotFound, _) => told("error-not-found"),
        _ => error.to_string(),
    }
}
