//! The house rules of `docs/ARCHITECTURE.md`, held by a machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Leftmost first: a folder imports from what stands before it.
const BASE: [&str; 19] = [
    "error",
    "prose",
    "clock",
    "ids",
    "region_code",
    "settings",
    "scope",
    "trace",
    "db",
    "words",
    "cluster",
    "mailer",
    "audit",
    "sessions",
    "ledger",
    "live",
    "http",
    "regions",
    "app",
];
const FEATURES: [&str; 11] = [
    "regions",
    "volunteers",
    "tasks",
    "activities",
    "races",
    "matching",
    "followups",
    "feed",
    "accounts",
    "me",
    "desk",
];
/// The top of the house: may import everything.
const TOP: [&str; 8] = [
    "lib", "main", "server", "routes", "health", "metrics", "commands", "demo",
];
/// Files at most this long, the schema excepted.
const LONGEST: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// Every file under `folder` that ends in `ending`, with its path from there and its text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let base = root().join(folder);
    let mut waiting = vec![base.clone()];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    waiting.push(path);
                }
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path
                    .strip_prefix(&base)
                    .expect("inside")
                    .to_string_lossy()
                    .into_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no {ending}");
    found.sort();
    found
}

/// The code of a file without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn folder(name: &str) -> &str {
    name.split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs")
}

/// The rooms a file names as `crate::room`.
fn imports(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut rooms: BTreeSet<String> = code.split("crate::").skip(1).map(word).collect();
    for group in code.split("crate::{").skip(1) {
        let inside = group.split("};").next().unwrap_or_default();
        rooms.extend(inside.split(',').map(|part| word(part.trim())));
    }
    rooms.remove("");
    rooms
}

#[test]
fn features_import_leftwards_and_the_base_imports_no_feature() {
    let mut faults = Vec::new();
    for (name, text) in files("server/src", ".rs") {
        let room = folder(&name);
        if TOP.contains(&room) {
            continue;
        }
        let feature = FEATURES.iter().position(|known| *known == room);
        assert!(
            feature.is_some() || BASE.contains(&room),
            "{name}: give {room} a place in the order"
        );
        for other in imports(&code(&text)) {
            let bad = match (feature, FEATURES.iter().position(|known| *known == other)) {
                (Some(here), Some(there)) => there > here,
                // The app holds what features keep between requests.
                (None, Some(_)) => room != "app",
                _ => other == "routes" || other == "server",
            };
            if bad {
                faults.push(format!("{name} imports {other}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "arrows against the order:\n{}",
        faults.join("\n")
    );
}

#[test]
fn a_feature_uses_only_the_face_of_another() {
    let layers = ["store", "rules", "model", "pages", "live"];
    let mut faults = Vec::new();
    for (name, text) in files("server/src", ".rs") {
        let room = folder(&name);
        if TOP.contains(&room) {
            continue;
        }
        for other in FEATURES.iter().filter(|other| **other != room) {
            for layer in layers {
                if code(&text).contains(&format!("{other}::{layer}::")) {
                    faults.push(format!("{name} reaches into {other}::{layer}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sql_stays_in_stores_and_http_out_of_faces() {
    let mut faults = Vec::new();
    for (name, text) in files("server/src", ".rs") {
        let code = code(&text);
        let file = name.rsplit('/').next().unwrap_or_default();
        let in_store = file == "store.rs" || name.contains("/store/");
        // Identity, time and scope types carry their column types; the error type knows diesel's.
        let typed = [
            "ids.rs",
            "clock.rs",
            "region_code.rs",
            "scope.rs",
            "error.rs",
        ]
        .contains(&name.as_str());
        if code.contains("diesel::")
            && !(in_store || typed || file == "model.rs" || name.starts_with("db/"))
        {
            faults.push(format!("{name} uses diesel"));
        }
        if code.contains("redis::")
            && name != "cluster/redis.rs"
            && !name.starts_with("cluster/mod")
        {
            faults.push(format!("{name} uses redis"));
        }
        let inner = ["mod.rs", "model.rs", "store.rs", "rules.rs"].contains(&file);
        if inner && code.contains("actix_") && !name.starts_with("http/") {
            faults.push(format!("{name} uses actix"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn stores_that_touch_people_ask_for_a_scope() {
    let people = [
        "volunteers::table",
        "follow_ups::table",
        "assignments::table",
        "declines::table",
        "posts::table",
    ];
    let mut faults = Vec::new();
    for (name, text) in files("server/src", "store.rs") {
        if folder(&name) == "sessions" {
            continue; // asked for by the session itself, before there is a scope
        }
        for function in code(&text).split("\npub fn ").skip(1) {
            let (head, body) = function.split_once('{').unwrap_or((function, ""));
            if people.iter().any(|table| body.contains(table)) && !head.contains("Scope") {
                faults.push(format!(
                    "{name}: {}",
                    head.split('(').next().unwrap_or_default()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "without a scope:\n{}", faults.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut all = files("server/src", ".rs");
    all.extend(files("tests/it", ".rs"));
    all.extend(files("tests/support", ".rs"));
    all.extend(files("tests/drills", ".rs"));
    all.extend(files("tests/bench", ".rs"));
    all.extend(files("web/static/js", ".js"));
    let long: Vec<String> = all
        .iter()
        .filter(|(name, _)| !name.ends_with("schema.rs"))
        .filter_map(|(name, text)| {
            let lines = text.lines().count();
            (lines > LONGEST).then(|| format!("{name} ({lines})"))
        })
        .collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {}", long.join(", "));
}

#[test]
fn nothing_panics_outside_tests() {
    let words = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "todo!(",
        "unimplemented!(",
    ];
    let faults: Vec<String> = files("server/src", ".rs")
        .iter()
        .filter(|(name, _)| {
            !name.contains("tests")
                && ![
                    "matching/sample.rs",
                    "matching/properties.rs",
                    "matching/catalogue.rs",
                ]
                .contains(&name.as_str())
        })
        .flat_map(|(name, text)| {
            let code = code(text);
            words
                .into_iter()
                .filter(move |word| code.contains(word))
                .map(move |word| format!("{name}: {word}"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Keys between `marks` in `text`, where they are plain literals.
fn keys_after(text: &str, mark: &str) -> Vec<String> {
    text.split(mark)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|key| {
            !key.is_empty()
                && key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_sentence_that_is_said_stands_in_the_catalogue() {
    let english = muster::words::Words::embedded()
        .expect("the catalogue")
        .english();
    let mut missing = BTreeSet::new();
    let mut said = 0;
    for (name, text) in files("web/templates", "")
        .into_iter()
        .chain(files("server/src", ".rs"))
    {
        for mark in ["say(\"", "Key(\"", "Sentence::from(\""] {
            for key in keys_after(&text, mark) {
                said += 1;
                if !english.knows(&key) {
                    missing.insert(format!("{name}: {key}"));
                }
            }
        }
    }
    for (name, text) in files("server/src", ".rs") {
        for mark in [
            "Error::field(\"",
            "FieldErrors::one(\"",
            "FieldErrors::with(\"",
        ] {
            for key in text
                .split(mark)
                .skip(1)
                .filter_map(|rest| rest.split('"').nth(2))
            {
                said += 1;
                if !english.knows(key) {
                    missing.insert(format!("{name}: {key}"));
                }
            }
        }
    }
    assert!(said > 80, "only {said} sentences were found");
    assert!(
        missing.is_empty(),
        "{}",
        missing.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn pages_hold_no_inline_script_or_style() {
    for (name, text) in files("web/templates", ".html") {
        for mark in ["style=", "<style", " onclick", " onsubmit", "javascript:"] {
            assert!(!text.contains(mark), "{name} has {mark}");
        }
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script type=\"module\" src=").count(),
            "{name}"
        );
    }
}

#[test]
fn every_call_stands_in_the_guide() {
    let guide = fs::read_to_string(root().join("docs/API.md")).expect("the guide");
    let mut calls = 0;
    for route in muster::routes::table() {
        if !route.path.starts_with("/api/") {
            continue;
        }
        calls += 1;
        let call = format!("| `{} {}", route.method, route.path);
        let row = guide
            .lines()
            .find(|line| {
                line.starts_with(&format!("{call}`")) || line.starts_with(&format!("{call}?"))
            })
            .unwrap_or_else(|| panic!("docs/API.md lacks {call}`"));
        for name in route.query {
            assert!(row.contains(&format!("{name}=")), "{row}: {name}");
        }
        let answer = format!("| {}: {} |", route.status, route.summary);
        assert!(row.ends_with(&answer), "{row} should end in {answer}");
    }
    assert!(calls > 40, "{calls} calls");
}
