//! From what serde says about a value to a sentence of ours that names the field.

use crate::error::{FieldErrors, Sentence};

/// Words of serde for whole numbers of any size.
const WHOLE: [&str; 12] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
];

/// What is wrong with the value at `path`, of which serde says `why`.
pub(super) fn fault(path: &str, why: &str) -> FieldErrors {
    let why = why.split(" at line ").next().unwrap_or(why);
    let named = |prefix: &str| {
        why.strip_prefix(prefix)?
            .split('`')
            .next()
            .map(str::to_owned)
    };
    let inside = |field: &str| match path.rsplit_once('.') {
        Some((outer, _)) if !outer.is_empty() => format!("{outer}.{field}"),
        None if path.ends_with(']') => format!("{path}.{field}"),
        _ => field.to_owned(),
    };
    let about =
        |field: String, key, name: String| FieldErrors::with(field, key, vec![("field", name)]);
    if let Some(name) = named("unknown field `") {
        return about(inside(&name), "error-field-unknown", name);
    }
    if let Some(name) = named("duplicate field `") {
        return about(inside(&name), "error-field-twice", name);
    }
    if let Some(name) = named("missing field `") {
        let whole = match path {
            "." | "" => name.clone(),
            outer => format!("{outer}.{name}"),
        };
        return about(whole, "error-field-missing", name);
    }
    let field = match path {
        "." | "" => "body",
        path => path,
    };
    FieldErrors(vec![(field.to_owned(), sentence(why))])
}

/// The sentence for a value that is there and does not fit.
fn sentence(why: &str) -> Sentence {
    if let Some(rest) = why.strip_prefix("unknown variant `") {
        let choices: Vec<&str> = rest.split('`').skip(2).step_by(2).collect();
        return Sentence::Key("error-field-choice", vec![("choices", choices.join(", "))]);
    }
    if let Some((what, wanted)) = why.rsplit_once(", expected ") {
        return Sentence::from(expected(what, wanted));
    }
    let starts = |words: &[&str]| words.iter().any(|word| why.starts_with(word));
    Sentence::from(if starts(&["invalid digit", "cannot parse integer"]) {
        "error-field-whole"
    } else if starts(&["number too", "number would"]) {
        "error-field-size"
    } else if starts(&["invalid float", "cannot parse float"]) {
        "error-field-number"
    } else if starts(&["provided string was not"]) {
        "error-field-yes-no"
    } else if starts(&["a time like"]) {
        "error-field-time"
    } else if starts(&["this is not an id"]) {
        "error-id"
    } else if starts(&["premature end", "input ", "trailing input"]) {
        "error-field-day"
    } else {
        "error-field-unreadable"
    })
}

/// The key for serde's `invalid …: what, expected wanted`.
fn expected(what: &str, wanted: &str) -> &'static str {
    let whole = WHOLE.contains(&wanted);
    match wanted {
        _ if whole && what.starts_with("invalid value: integer") => "error-field-size",
        _ if whole => "error-field-whole",
        "f32" | "f64" => "error-field-number",
        "a string" | "a borrowed string" | "a character" | "string or map" => "error-field-text",
        "a boolean" => "error-field-yes-no",
        "a sequence" => "error-field-list",
        "a map" | "an object" => "error-field-object",
        _ if wanted.starts_with("struct ") => "error-field-object",
        _ if wanted.contains("date") => "error-field-day",
        _ => "error-field-unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, why: &str) -> (String, &'static str) {
        let FieldErrors(mut faults) = fault(path, why);
        match faults.remove(0) {
            (field, Sentence::Key(key, _)) => (field, key),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn serdes_words_become_ours() {
        for (why, key) in [
            (
                "invalid type: string \"many\", expected i64",
                "error-field-whole",
            ),
            (
                "invalid type: floating point `1.5`, expected u32",
                "error-field-whole",
            ),
            (
                "invalid value: integer `-3`, expected u32",
                "error-field-size",
            ),
            ("invalid type: null, expected a string", "error-field-text"),
            (
                "invalid type: integer `7`, expected struct SheetRow",
                "error-field-object",
            ),
            (
                "invalid type: sequence, expected an object",
                "error-field-object",
            ),
            ("invalid type: map, expected a sequence", "error-field-list"),
            (
                "invalid type: null, expected string or map",
                "error-field-text",
            ),
            (
                "unknown variant `bribes`, expected `doors` or `calls`",
                "error-field-choice",
            ),
            ("invalid digit found in string", "error-field-whole"),
            ("something of a library's own", "error-field-unreadable"),
        ] {
            assert_eq!(
                told("rows[0].x", why),
                ("rows[0].x".to_owned(), key),
                "{why}"
            );
        }
        let choice = sentence("unknown variant `x`, expected one of `a`, `b`, `c`");
        assert_eq!(
            choice,
            Sentence::Key("error-field-choice", vec![("choices", "a, b, c".into())])
        );
    }

    #[test]
    fn no_field_is_called_by_a_dot() {
        assert_eq!(told(".", "invalid type: null, expected i64").0, "body");
        assert_eq!(told(".", "missing field `rows`").0, "rows");
        assert_eq!(told(".", "unknown field `x`, expected `y`").0, "x");
    }
}
