//! Texts that people write: bounded, and free of characters that no page or database can show.

use crate::error::{Error, FieldErrors};

/// A character that no text of a person may hold: it shows nothing itself, and marks of direction
/// (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) turn the words of others around.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as typed, tidied: blanks around it dropped, line ends made plain. May be empty.
///
/// # Errors
/// `Invalid` on `field` for more than `most` characters, or for hidden ones ([`is_hidden`]) other
/// than line ends and tabs.
pub fn tidy(field: &str, text: &str, most: usize) -> Result<String, Error> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().count() > most {
        let args = vec![("most", most.to_string())];
        return Err(FieldErrors::with(field, "prose-long", args).into());
    }
    if text.chars().any(|c| is_hidden(c) && c != '\n' && c != '\t') {
        return Err(Error::field(field, "prose-control"));
    }
    Ok(text.to_owned())
}

/// [`tidy`] for a text that may not be empty.
///
/// # Errors
/// `Invalid` on `field`, for an empty text too.
pub fn needed(field: &str, text: &str, most: usize) -> Result<String, Error> {
    let text = tidy(field, text, most)?;
    if text.is_empty() {
        return Err(Error::field(field, "prose-missing"));
    }
    Ok(text)
}

/// At most two letters that stand for a name in a picture of it: "Ada Canvasser" gives "AC".
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next();
    [first, words.next_back()]
        .into_iter()
        .flatten()
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bounded_by_its_characters_not_its_bytes() {
        assert_eq!(needed("text", &"é".repeat(10), 10).unwrap(), "é".repeat(10));
        assert!(needed("text", &"é".repeat(11), 10).is_err());
    }

    #[test]
    fn blanks_go_and_lines_stay() {
        assert_eq!(tidy("text", "  a\r\nb\t \n", 10).unwrap(), "a\nb");
        assert!(needed("text", " \n ", 10).is_err());
        assert!(tidy("text", "a\0b", 10).is_err());
    }

    #[test]
    fn nothing_turns_the_words_of_others_around() {
        for mark in ['\u{200f}', '\u{202e}', '\u{2067}'] {
            assert!(tidy("text", &format!("Ada{mark}"), 10).is_err(), "{mark:?}");
        }
        assert_eq!(tidy("text", "عادة", 10).unwrap(), "عادة");
    }
}
