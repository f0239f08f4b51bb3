//! Made-up trees of other depths and postcodes: nothing is for the United States only.

use std::fs;

use super::*;
use crate::regions::format::Source;

const FIVE_LEVELS: &str = r#"
[root]
code = "isle"
name = "The Isle"
timezone = "Atlantic/Faroe"
[[levels]]
key = "isle"
singular = "isle"
plural = "isles"
message = "region-level-isle"
[[levels]]
key = "coast"
singular = "coast"
plural = "coasts"
message = "region-level-coast"
file = "coasts.csv"
path = ["coast"]
name = "title"
[[levels]]
key = "bay"
singular = "bay"
plural = "bays"
message = "region-level-bay"
file = "bays.csv"
path = ["coast", "bay"]
name = "title"
[[levels]]
key = "village"
singular = "village"
plural = "villages"
message = "region-level-village"
file = "villages.csv"
path = ["coast", "bay", "village"]
name = "title"
lat = "lat"
lon = "lon"
population = "people"
timezone = "zone"
[[levels]]
key = "lane"
singular = "lane"
plural = "lanes"
message = "region-level-lane"
file = "lanes.csv"
path = ["coast", "bay", "village", "code"]
name = "title"
label = "{postcode} {name}"
[postcode]
level = "lane"
column = "code"
forms = ["AA-99"]
[postcode.prefixes]
file = "starts.csv"
column = "start"
path = ["coast", "bay"]
[moves]
level = "village"
km = 10.0
"#;

const FIVE_FILES: &[(&str, &str)] = &[
    ("tree.toml", FIVE_LEVELS),
    ("coasts.csv", "coast,title\nE,East\nW,West\n"),
    (
        "bays.csv",
        "coast,bay,title\nE,1,Seal Bay\nE,2,Gull Bay\nW,1,Moss Bay\n",
    ),
    (
        "villages.csv",
        "coast,bay,village,title,lat,lon,people,zone\n\
         E,1,Low Hay,Low Hay,62.0,-6.9,300,\n\
         E,1,Up Hay,Up Hay,62.05,-6.9,20,\n\
         E,2,Far,Far,62.9,-6.9,40,Atlantic/Azores\n\
         W,1,Moss,Moss,,,,\n",
    ),
    (
        "lanes.csv",
        "coast,bay,village,code,title\n\
         E,1,Low Hay,AB-12,Mill Lane\nE,1,Up Hay,AB-13,\nE,2,Far,AC-01,Pier\nW,1,Moss,ZZ-99,Moss Lane\n",
    ),
    ("starts.csv", "start,coast,bay\nAB,E,1\nAB-9,E,2\nZ,W,\n"),
];

fn five_levels() -> Tree {
    load(&Source::Embedded(FIVE_FILES)).unwrap()
}

#[test]
fn five_levels_and_lettered_postcodes_make_a_tree() {
    let tree = five_levels();
    let place = tree.place(" ab-12 ").unwrap();
    assert_eq!(
        (place.postcode.as_str(), place.region.as_str()),
        ("AB-12", "isle-e-1-lowhay-ab12")
    );
    assert_eq!(
        (place.city.as_deref(), place.state.as_deref()),
        (Some("Mill Lane"), Some("East"))
    );
    let path = tree.path(&place.region);
    let names: Vec<_> = path.iter().map(|node| node.name).collect();
    assert_eq!(
        names,
        ["The Isle", "East", "Seal Bay", "Low Hay", "AB-12 Mill Lane"]
    );
    assert_eq!(path[4].level.plural, "lanes");
    assert_eq!(
        codes(tree.children(&code("isle-e"))),
        ["isle-e-1", "isle-e-2"]
    );
    assert_eq!(
        tree.get(&code("isle-e-1-uphay-ab13")).unwrap().name,
        "AB-13"
    );
    assert_eq!(tree.root().population, 360);
}

#[test]
fn the_longest_known_beginning_decides_for_an_unlisted_postcode() {
    let tree = five_levels();
    let region = |typed| tree.place(typed).map(|place| place.region.to_string());
    assert_eq!(region("AB-14").as_deref(), Ok("isle-e-1"));
    assert_eq!(region("AB-99").as_deref(), Ok("isle-e-2"));
    assert_eq!(region("ZA-00").as_deref(), Ok("isle-w"));
    assert_eq!(region("QQ-00"), Err(PostcodeError::Unknown("QQ-00".into())));
    assert_eq!(
        region("43215"),
        Err(PostcodeError::Malformed("43215".into()))
    );
}

#[test]
fn a_root_lends_the_zone_it_was_given() {
    let tree = five_levels();
    for (region, zone) in [
        ("isle", "Atlantic/Faroe"),
        ("isle-w-1-moss-zz99", "Atlantic/Faroe"),
        ("isle-e-2-far-ac01", "Atlantic/Azores"),
        ("isle-e-2", "Atlantic/Azores"),
        ("isle-e-1", "Atlantic/Faroe"),
    ] {
        assert_eq!(tree.zone(&code(region)).name(), zone, "{region}");
    }
}

#[test]
fn moving_is_to_the_level_the_tree_names() {
    let tree = five_levels();
    // Lanes have no points of their own here, so nobody can be near anything.
    assert!(tree.moves_from("AB-12").is_empty());
    let village = tree.get(&code("isle-e-1-lowhay")).unwrap();
    let near = tree.near(village.point.unwrap(), 10.0);
    assert_eq!(
        codes(near.into_iter().map(|(node, _)| node)),
        ["isle-e-1-lowhay", "isle-e-1-uphay"]
    );
}

#[test]
fn two_levels_in_a_folder_are_a_campaign_too() {
    let folder = std::env::temp_dir().join(format!("muster-two-levels-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let tree_toml = r#"
        root = { code = "town", name = "Our Town" }
        postcode = { level = "ward", column = "ward", forms = ["W9"] }
        moves = { level = "ward", km = 5 }
        [[levels]]
        key = "town"
        singular = "town"
        plural = "towns"
        message = "region-level-town"
        [[levels]]
        key = "ward"
        singular = "ward"
        plural = "wards"
        message = "region-level-ward"
        file = "wards.csv"
        path = ["ward"]
        name = "name"
        lat = "lat"
        lon = "lon"
    "#;
    fs::write(folder.join("tree.toml"), tree_toml).unwrap();
    fs::write(
        folder.join("wards.csv"),
        "\u{feff}ward,name,lat,lon\nW1,Mill,10,10\nW2,Dock,10.01,10\nW3,Hill,11,10\n",
    )
    .unwrap();
    let tree = Tree::load(&folder).unwrap();
    fs::remove_dir_all(&folder).unwrap();

    assert_eq!(
        codes(tree.children(tree.root().code)),
        ["town-w1", "town-w2", "town-w3"]
    );
    assert_eq!(tree.place("W2").unwrap().region.as_str(), "town-w2");
    assert_eq!(tree.place("W4"), Err(PostcodeError::Unknown("W4".into())));
    assert!(tree.may_move("W1", &code("town-w2")) && !tree.may_move("W1", &code("town-w3")));
    assert_eq!(tree.zones(), [Tz::UTC]);
}

#[test]
fn a_missing_folder_is_named() {
    let error = Tree::load(Path::new("/nonexistent-regions"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("/nonexistent-regions/tree.toml: it cannot be read"),
        "{error}"
    );
}

/// The files of the five-level tree with one of them replaced; what `load` says of it.
pub(super) fn refused_with(file: &'static str, text: &str) -> String {
    let files: Vec<(&str, &str)> = FIVE_FILES
        .iter()
        .map(|&(name, old)| {
            if name == file {
                (name, text)
            } else {
                (name, old)
            }
        })
        .collect();
    load(&Source::Embedded(&files)).unwrap_err().to_string()
}

/// `tree.toml` of the five-level tree with one passage replaced.
pub(super) fn refused_settings(old: &str, new: &str) -> String {
    assert!(FIVE_LEVELS.contains(old));
    refused_with("tree.toml", &FIVE_LEVELS.replacen(old, new, 1))
}
