//! What is said of files that are wrong: one sentence with file and line.

use super::elsewhere::{refused_settings, refused_with};

#[test]
fn a_wrong_row_is_named_by_file_and_line() {
    for (file, text, sentence) in [
        (
            "bays.csv",
            "coast,bay,title\nE,1,Seal Bay\nE,2,Gull Bay\nW,1,Moss Bay\nN,1,Ice\n",
            "bays.csv, line 5: the region isle-n-1 has no parent in the tree.",
        ),
        (
            "coasts.csv",
            "coast,title\nE,East\nW,West\ne,East again\n",
            "coasts.csv, line 4: the region isle-e is there twice.",
        ),
        (
            "coasts.csv",
            "coast,name\nE,East\n",
            "coasts.csv, line 1: there is no column “title”.",
        ),
        (
            "coasts.csv",
            "coast,title\nE,East,3\n",
            "coasts.csv, line 2: the header has 2 columns, but this line 3.",
        ),
        (
            "coasts.csv",
            "coast,title\nE,\n",
            "coasts.csv, line 2: the name is missing.",
        ),
        (
            "coasts.csv",
            "coast,title\n,East\n",
            "coasts.csv, line 2: its own part of the path is blank.",
        ),
        (
            "coasts.csv",
            "coast,title\nÖ,East\n",
            "coasts.csv, line 2: “isle-Ö” is no region code: only small letters, digits and hyphens.",
        ),
        (
            "starts.csv",
            "start,coast,bay\nAB,E,7\n",
            "starts.csv, line 2: the region isle-e-7 is not in the tree.",
        ),
        (
            "starts.csv",
            "start,coast,bay\n,E,1\n",
            "starts.csv, line 2: the prefix is missing.",
        ),
        (
            "starts.csv",
            "start,coast,bay\nAB,E,1\nZ,W,1\nAB,E,2\n",
            "starts.csv: the prefix AB is there twice.",
        ),
    ] {
        assert_eq!(refused_with(file, text), sentence);
    }
}

#[test]
fn a_wrong_value_is_quoted() {
    let villages = |row| {
        refused_with(
            "villages.csv",
            &format!("coast,bay,village,title,lat,lon,people,zone\n{row}\n"),
        )
    };
    let lanes = |rows| {
        refused_with(
            "lanes.csv",
            &format!("coast,bay,village,code,title\n{rows}\n"),
        )
    };
    for (said, sentence) in [
        (
            villages("E,1,A,A,62,,5,"),
            "villages.csv, line 2: “62”, “” is no place on Earth in degrees.",
        ),
        (
            villages("E,1,A,A,95,0,5,"),
            "villages.csv, line 2: “95”, “0” is no place on Earth in degrees.",
        ),
        (
            villages("E,1,A,A,NaN,0,5,"),
            "villages.csv, line 2: “NaN”, “0” is no place on Earth in degrees.",
        ),
        (
            villages("E,1,A,A,1,1,-5,"),
            "villages.csv, line 2: “-5” is no number of people.",
        ),
        (
            villages("E,1,A,A,1,1,5,Mars/Base"),
            "villages.csv, line 2: “Mars/Base” is no time zone of the IANA list.",
        ),
        (
            lanes("E,1,Low Hay,ab-12,X"),
            "lanes.csv, line 2: “ab-12” has none of the forms of a postcode.",
        ),
        (
            lanes("E,1,Low Hay,AB-12,X\nE,2,Far,AB-12,Y"),
            "lanes.csv, line 3: the postcode AB-12 is there twice.",
        ),
    ] {
        assert_eq!(said, sentence);
    }
}

#[test]
fn wrong_settings_of_a_tree_are_refused() {
    for (old, new, sentence) in [
        (
            "plural = \"coasts\"",
            "plurall = \"coasts\"",
            "tree.toml, line 14: unknown field",
        ),
        (
            "code = \"isle\"",
            "code = \"Isle\"",
            "tree.toml: “Isle” is no region code",
        ),
        (
            "Atlantic/Faroe",
            "Atlantic/Nowhere",
            "tree.toml: “Atlantic/Nowhere” is no time zone",
        ),
        (
            "file = \"bays.csv\"\n",
            "",
            "tree.toml: the level “bay” needs “file”, “path” and “name”.",
        ),
        (
            "file = \"bays.csv\"",
            "file = \"gone.csv\"",
            "gone.csv: there is no such file.",
        ),
        (
            "lon = \"lon\"\n",
            "",
            "tree.toml: the level “village” needs both “lat” and “lon”, or neither.",
        ),
        (
            "key = \"bay\"",
            "key = \"coast\"",
            "tree.toml: the level “coast” is there twice.",
        ),
        (
            "level = \"lane\"",
            "level = \"isle\"",
            "tree.toml: “postcode” names the level “isle”, which reads no file.",
        ),
        (
            "km = 10.0",
            "km = nan",
            "tree.toml: “moves.km” must be 0 or more.",
        ),
        (
            "forms = [\"AA-99\"]",
            "forms = []",
            "tree.toml: “forms” needs at least one form",
        ),
        (
            "km = 10.0",
            "km = 10.0\n[names]\nisle-q = \"Q\"",
            "tree.toml: “names” speaks of isle-q, which is not in the tree.",
        ),
    ] {
        let said = refused_settings(old, new);
        assert!(said.starts_with(sentence), "{said}");
        assert!(!said.contains('\n'));
    }
}
