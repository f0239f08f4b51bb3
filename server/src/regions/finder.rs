//! The region that somebody means: one finder for every form that asks for a region.

use super::node::Node;
use super::search::folded;
use super::tree::Tree;
use crate::error::{Error, FieldErrors};
use crate::region_code::RegionCode;

/// Regions looked at for a name.
const LOOKED_AT: usize = 500;
/// Regions named in a question back.
const NAMED: usize = 5;
/// Letters of what was typed that are repeated.
const REPEATED: usize = 60;

/// The region meant by a code, a postcode, a name, or a name and what it lies in after a comma:
/// "us-oh-39049", "43215", "Ohio", "Franklin, Ohio", "Franklin, OH".
///
/// # Errors
/// `Invalid` on `field` when nothing is called that, or several regions are: the sentence names
/// some of them.
pub fn meant(tree: &Tree, field: &str, typed: &str) -> Result<RegionCode, Error> {
    let typed = typed.trim();
    let by_code = RegionCode::parse(&typed.to_lowercase()).ok();
    if let Some(node) = by_code.and_then(|code| tree.get(&code).map(|node| node.code.clone())) {
        return Ok(node);
    }
    if let Some(place) = tree.place(typed).ok().filter(|place| place.exact) {
        return Ok(place.region);
    }
    let (name, within) = typed.split_once(',').unwrap_or((typed, ""));
    let name = bare(tree, name);
    let mut found = tree.search(name, LOOKED_AT);
    found.retain(|node| lies_in(tree, node, within.trim()));
    if found.iter().any(|node| is_called(node, name)) {
        found.retain(|node| is_called(node, name));
    }
    // Of a state and a county of one name, the state is meant.
    let top = found.iter().map(|node| node.level.depth).min();
    let mut highest = found.iter().filter(|node| Some(node.level.depth) == top);
    match (highest.next(), highest.next()) {
        (Some(one), None) => Ok(one.code.clone()),
        (None, _) => Err(fault(field, "region-meant-none", typed, String::new())),
        (Some(_), Some(_)) => {
            let several = found
                .iter()
                .take(NAMED)
                .map(|node| format!("{} ({})", with_parent(tree, node), node.code));
            let several = several.collect::<Vec<_>>().join("; ");
            Err(fault(field, "region-meant-several", typed, several))
        }
    }
}

/// What a region is called in a form, so that [`meant`] finds it again: "Franklin, Ohio". Its
/// code where no name is its own.
pub fn called(tree: &Tree, code: &RegionCode) -> String {
    let Some(node) = tree.get(code) else {
        return code.to_string();
    };
    let name = with_parent(tree, &node);
    match meant(tree, "region", &name) {
        Ok(found) if found == *code => name,
        _ => code.to_string(),
    }
}

fn fault(field: &str, key: &'static str, typed: &str, several: String) -> Error {
    let name: String = typed.chars().take(REPEATED).collect();
    FieldErrors::with(field, key, vec![("name", name), ("several", several)]).into()
}

/// "Franklin, Ohio"; a state stands alone.
fn with_parent(tree: &Tree, node: &Node<'_>) -> String {
    let above = node.code.parent().filter(|above| above.parent().is_some());
    match above.and_then(|above| tree.get(&above)) {
        Some(above) => format!("{}, {}", node.name, above.name),
        None => node.name.to_owned(),
    }
}

/// Whether a region above `node` begins with `within`, or ends its code with it, as in "OH".
fn lies_in(tree: &Tree, node: &Node<'_>, within: &str) -> bool {
    if within.is_empty() {
        return true;
    }
    let wanted: String = folded(within).collect();
    let code = format!("-{wanted}");
    let path = tree.path(node.code);
    path.iter().take(path.len().saturating_sub(1)).any(|above| {
        folded(above.name).collect::<String>().starts_with(&wanted)
            || above.code.as_str().ends_with(&code)
    })
}

/// Whether a region's whole name is `name`.
fn is_called(node: &Node<'_>, name: &str) -> bool {
    folded(node.name).eq(folded(name))
}

/// A name without the word for its level: "Franklin" of "Franklin County". Names in the tree have none.
fn bare<'t>(tree: &Tree, name: &'t str) -> &'t str {
    let name = name.trim();
    let is_level = |word: &str| {
        let levels = tree.levels().iter();
        levels
            .map(|level| &level.key)
            .any(|key| key.eq_ignore_ascii_case(word))
    };
    match name.rsplit_once(' ') {
        Some((before, word)) if is_level(word) => before.trim_end(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn code(typed: &str) -> String {
        let tree = Tree::embedded().unwrap();
        meant(&tree, "region", typed).unwrap().to_string()
    }

    fn sentence(typed: &str) -> String {
        let tree = Tree::embedded().unwrap();
        let Err(Error::Invalid(faults)) = meant(&tree, "region", typed) else {
            panic!("{typed} is somewhere");
        };
        Words::embedded()
            .unwrap()
            .english()
            .sentence(&faults.0[0].1)
    }

    #[test]
    fn a_region_is_found_by_its_code_its_postcode_or_its_name() {
        for typed in [
            "us-oh-39049",
            "US-OH-39049",
            "Franklin, Ohio",
            "franklin county, oh",
        ] {
            assert_eq!(code(typed), "us-oh-39049", "{typed}");
        }
        assert_eq!(code(" 43215 "), "us-oh-39049-43215");
        assert_eq!(code("Ohio"), "us-oh");
        assert_eq!(code("united states"), "us");
    }

    #[test]
    fn a_name_of_several_regions_is_asked_back_with_some_of_them() {
        let asked = sentence("Franklin");
        assert!(asked.contains("Franklin, Ohio (us-oh-39049)"), "{asked}");
        assert!(sentence("Atlantis").contains("Atlantis"));
        assert!(sentence("Franklin, Atlantis").contains("Franklin, Atlantis"));
        sentence("");
    }

    #[test]
    fn what_a_region_is_called_leads_back_to_it() {
        let tree = Tree::embedded().unwrap();
        for (region, name) in [
            ("us", "United States"),
            ("us-oh", "Ohio"),
            ("us-oh-39049", "Franklin, Ohio"),
        ] {
            assert_eq!(called(&tree, &RegionCode::parse(region).unwrap()), name);
        }
        let turf = RegionCode::parse("us-oh-39049-43215").unwrap();
        assert_eq!(meant(&tree, "region", &called(&tree, &turf)).unwrap(), turf);
    }
}
