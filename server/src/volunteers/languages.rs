//! The languages people can say they speak: tags of BCP 47, the ones most asked for first.
//!
//! Each has its name in the catalogue, `language-name-<tag>`.

/// Every tag: the first eight are offered at once, the others behind "More".
pub const ALL: [&str; 40] = [
    "en", "es", "zh", "ar", "vi", "tl", "fr", "ase", "am", "bn", "de", "el", "fa", "gu", "haw",
    "he", "hi", "hmn", "ht", "it", "ja", "km", "ko", "lo", "my", "ne", "nv", "pa", "pl", "pt",
    "ru", "sm", "so", "sw", "ta", "te", "th", "uk", "ur", "yi",
];

/// Whether `tag`, in whatever case and with blanks around it, is one of [`ALL`].
pub fn is_known(tag: &str) -> bool {
    let tag = tag.trim().to_lowercase();
    ALL.contains(&tag.as_str())
}

#[cfg(test)]
mod tests {
    use crate::words::Words;

    #[test]
    fn every_language_has_a_name() {
        let english = Words::embedded().unwrap().english();
        for tag in super::ALL {
            assert!(english.knows(&format!("language-name-{tag}")), "{tag}");
        }
        assert!(super::is_known(" ES ") && !super::is_known("spanish"));
    }
}
