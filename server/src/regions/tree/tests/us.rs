//! The default tree, on real ZIP codes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use super::*;

static US: LazyLock<Arc<Tree>> = LazyLock::new(|| Tree::embedded().unwrap());

/// The folder of test data beside the repository. Read while compiling, so that no test asks the
/// environment.
fn test_data() -> PathBuf {
    option_env!("MUSTER_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/test"),
        PathBuf::from,
    )
}

#[test]
fn every_awkward_zip_code_is_answered_as_expected() {
    let file = test_data().join("awkward_zips.csv");
    let Ok(mut rows) = csv::Reader::from_path(&file) else {
        println!("skipped: there is no {}", file.display());
        return;
    };
    let mut seen = 0;
    for row in rows.records().map(Result::unwrap) {
        let [input, expect, kind, city, state, fips, county, zone] =
            std::array::from_fn(|column| &row[column]);
        let answer = US.place(input);
        seen += 1;
        match expect {
            "malformed" => assert_eq!(
                answer,
                Err(PostcodeError::Malformed(input.trim().to_owned()))
            ),
            "unknown" => match answer {
                // Not listed; but new ZIPs appear monthly, so a known prefix is good for its state.
                Ok(place) => {
                    assert!(!place.exact && US.get(&place.region).unwrap().level.key == "state");
                }
                Err(error) => assert_eq!(error, PostcodeError::Unknown(input.to_owned())),
            },
            "ok" => {
                let place = answer.unwrap();
                assert!(place.exact, "{input}");
                assert_eq!(place.postcode, input[..5]);
                if state.is_empty() {
                    continue; // only that it is accepted
                }
                assert_eq!(place.kind.as_deref().unwrap_or("Z"), kind, "{input}");
                assert_eq!(place.city.as_deref().unwrap_or_default(), city, "{input}");
                let parts = ["us", state, fips, &place.postcode];
                let path: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                assert_eq!(place.region.as_str(), path.join("-").to_lowercase());
                if !fips.is_empty() {
                    assert_eq!(US.path(&place.region)[2].short, county, "{input}");
                }
                assert_eq!(
                    place.timezone.name(),
                    if zone.is_empty() { "UTC" } else { zone },
                    "{input}"
                );
            }
            other => panic!("the column “expect” says {other}"),
        }
    }
    assert!(seen > 20, "the file has lost its rows");
}

#[test]
fn every_listed_zip_code_finds_its_own_turf_and_every_prefix_a_state() {
    let turfs: Vec<_> = US
        .under(&code("us"))
        .filter(|node| node.level.key == "turf")
        .collect();
    assert_eq!(turfs.len(), US.postcodes.len());
    for turf in turfs {
        let zip = turf.code.as_str().rsplit('-').next().unwrap();
        let place = US.place(zip).unwrap();
        assert_eq!((&place.region, place.exact), (turf.code, true));
    }
    for (prefix, at) in &US.prefixes {
        assert_eq!(US.node(*at as usize).level.key, "state");
        let unlisted = (0..100)
            .map(|n| format!("{prefix}{n:02}"))
            .filter_map(|zip| US.place(&zip).ok());
        assert!(
            unlisted
                .filter(|place| !place.exact)
                .all(|place| place.region == *US.node(*at as usize).code)
        );
    }
}

#[test]
fn a_new_zip_code_of_a_known_prefix_is_accepted_at_state_level_and_any_other_refused() {
    let place = US.place("78901").unwrap();
    assert_eq!((place.region.as_str(), place.exact), ("us-tx", false));
    assert_eq!(
        (place.state.as_deref(), place.city, place.point),
        (Some("Texas"), None, None)
    );
    assert_eq!(place.timezone.name(), "America/Chicago");
    let refused = US.place(" 00000 ").unwrap_err();
    assert_eq!(
        (refused.message(), refused.value()),
        ("postcode-unknown", "00000")
    );
}

#[test]
fn military_and_territory_zip_codes_have_a_place_in_the_tree() {
    for (zip, path) in [
        (
            "34002",
            vec!["United States", "Armed Forces Americas", "APO 34002"],
        ),
        (
            "09001",
            vec!["United States", "Armed Forces Europe", "APO 09001"],
        ),
        (
            "96910",
            vec!["United States", "Guam", "Guam", "Hagatna 96910"],
        ),
        ("96940", vec!["United States", "Palau", "96940"]),
        (
            "43215",
            vec!["United States", "Ohio", "Franklin", "Columbus 43215"],
        ),
    ] {
        let Ok(place) = US.place(zip) else {
            panic!("{zip} has no place")
        };
        let names: Vec<_> = US
            .path(&place.region)
            .iter()
            .map(|node| node.name)
            .collect();
        assert_eq!(names, path);
    }
}

#[test]
fn the_tree_holds_together() {
    assert_eq!(
        US.levels()
            .iter()
            .map(|level| &level.key[..])
            .collect::<Vec<_>>(),
        ["nation", "state", "county", "turf"]
    );
    let everything: Vec<_> = US.under(&code("us")).collect();
    assert_eq!(everything.len(), US.entries.len());
    let mut met = 1;
    for node in &everything {
        let mut names = BTreeSet::new();
        for child in US.children(node.code) {
            assert_eq!(child.code.parent().as_ref(), Some(node.code));
            assert!(
                names.insert(child.name),
                "two are called {} in {}",
                child.name,
                node.code
            );
            met += 1;
        }
    }
    assert_eq!(met, everything.len());
    assert_eq!(US.children(&code("us")).count(), 62);
    assert!(US.get(&code("us-zz")).is_none());
    assert!(US.path(&code("us-oh-1")).is_empty());
}

#[test]
fn a_state_has_the_people_and_the_middle_of_its_counties() {
    let ohio = US.get(&code("us-oh")).unwrap();
    let counties: u32 = US.children(ohio.code).map(|county| county.population).sum();
    assert!(ohio.population > 11_000_000 && ohio.population == counties);
    let columbus = US.place("43215").unwrap().point.unwrap();
    assert!(ohio.point.unwrap().km_to(columbus) < 80.0);
    assert!((300_000_000..400_000_000).contains(&US.root().population));
    assert_eq!(US.get(&code("us-ae")).unwrap().point, None);
}

#[test]
fn weeks_are_counted_in_the_zone_of_the_zip_else_of_whom_it_lies_under() {
    for (region, zone) in [
        ("us", "America/New_York"),
        ("us-ca-90085", "America/Los_Angeles"), // no county: the state's most populous
        ("us-in", "America/Indiana/Indianapolis"),
        ("us-tn", "America/Chicago"),
        ("us-va-51570", "America/New_York"), // a county without ZIPs
        ("us-az-04001-86515", "America/Denver"), // its own, not Arizona's
        ("us-fm-96942", "Pacific/Chuuk"),
        ("us-aa", "UTC"),
        ("us-ap-96201", "UTC"),
        ("us-oh-gone", "America/New_York"),
        ("de", "UTC"),
    ] {
        assert_eq!(US.zone(&code(region)).name(), zone, "{region}");
    }
    let names = |region| {
        US.zones_under(&code(region))
            .into_iter()
            .map(Tz::name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names("us-tn"), ["America/Chicago", "America/New_York"]);
    assert_eq!(names("us-tn-47037"), ["America/Chicago"]);
    assert!(names("us").contains(&"UTC") && names("us").contains(&"Pacific/Guam"));
    assert_eq!(US.zones(), US.zones_under(&code("us")));
}

#[test]
fn a_person_who_moved_keeps_the_zone_of_their_zip_where_it_has_one() {
    let zone = |zip, region| US.person_zone(zip, &code(region)).name();
    assert_eq!(zone("86515", "us-az-04001-86515"), "America/Denver");
    assert_eq!(zone("86515", "us-az-04005"), "America/Denver");
    assert_eq!(zone("34002", "us-fl-12086"), "America/New_York");
    assert_eq!(zone("34002", "us-aa-34002"), "UTC");
    assert_eq!(
        zone("78901", "us-tx-48141"),
        "America/Denver",
        "El Paso, not all of Texas"
    );
}

#[test]
fn a_person_may_move_to_a_county_within_80_km_and_back_and_nowhere_else() {
    let may = |zip, to| US.may_move(zip, &code(to));
    assert!(may("02139", "us-ma-25017"), "their own county");
    assert!(may("02139", "us-ma-25025"), "the next one");
    assert!(may("02139", "us-ri-44007"), "across the state line");
    assert!(
        may("02139", "us-ma-25017-02139"),
        "back to the turf of their ZIP"
    );
    assert!(
        !may("02139", "us-ma-25017-02138"),
        "another turf is no county"
    );
    assert!(!may("02139", "us-ma"), "a state is no county");
    assert!(!may("02139", "us-ma-25003"), "the Berkshires are too far");
    assert!(!may("02139", "us-ma-25999"), "no such county");
    assert!(!may("00000", "us-ma-25017"), "no such ZIP");
    assert!(
        !may("34002", "us-fl-12086"),
        "a military mailbox lies nowhere"
    );
    assert!(
        !may("78901", "us-tx-48029"),
        "an unlisted ZIP lies nowhere yet"
    );
    assert!(may("78901", "us-tx"));

    let near = US.moves_from("02139");
    assert_eq!(near[0].0.name, "Middlesex");
    assert!(
        near.len() > 5
            && near
                .iter()
                .all(|(county, km)| *km <= 80.0 && county.level.key == "county")
    );
    assert!(near.windows(2).all(|pair| pair[0].1 <= pair[1].1));
    assert!(
        near.iter()
            .all(|(county, _)| US.may_move("02139", county.code))
    );
}

#[test]
fn a_picker_finds_regions_by_the_beginning_of_their_name() {
    let find = |text| codes(US.search(text, 5));
    assert_eq!(find("ohio")[0], "us-oh");
    assert_eq!(find(" OHIO ")[0], "us-oh");
    assert_eq!(find("dona a")[0], "us-nm-35013", "accents do not matter");
    assert_eq!(find("43215"), ["us-oh-39049-43215"]);
    assert_eq!(find("columbus 432").len(), 5);
    assert_eq!(find("new york")[..2], ["us-ny", "us-ny-36061"]);
    assert!(find("  ").is_empty() && find("zzz").is_empty());
}
