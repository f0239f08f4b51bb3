//! The command line: exit codes 0, 1 and 2, and complaints of one sentence.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Command;

/// One sentence on one line.
#[track_caller]
fn assert_one_sentence(text: &str) {
    let text = text.trim();
    assert!(
        !text.is_empty() && !text.contains('\n') && text.ends_with('.'),
        "{text:?}"
    );
}

#[test]
fn wrong_usage_ends_with_2_and_points_to_the_help() {
    let muster = Command::new();
    for arguments in [
        &["no-such-command"][..],
        &["migrate", "--down", "none"],
        &["migrate", "--down", "0"],
        &["serve", "--no-such-option"],
        &["pace"],
        &["backup"],
        &["restore"],
        &[],
    ] {
        let ended = muster.run(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert!(ended.err.contains("--help"), "{arguments:?}: {}", ended.err);
    }
    assert_eq!(muster.run(&["--version"]).code, 0);
}

#[test]
fn settings_that_can_be_used_are_said_to_be_and_nothing_is_made() {
    let muster = Command::new();
    let ended = muster.run(&["check-config"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_one_sentence(&ended.out);
    assert_eq!(
        std::fs::read_dir(muster.folder()).unwrap().count(),
        0,
        "the folder stays empty"
    );
}

#[test]
fn settings_that_cannot_be_used_are_named_in_one_sentence() {
    for (setting, value) in [
        ("PUBLIC_URL", "http://muster.example.org"),
        ("PUBLIC_URL", "muster"),
        ("DATABASE_URL", "mysql://localhost/muster"),
        ("REDIS_URL", "memcached://localhost"),
        ("MAIL", "pigeon"),
        ("MAIL_FROM", "nobody"),
        ("LISTEN", "8080"),
        ("REDIS_URL", "redis://:pw@h:abc/"),
        ("REDIS_URL", "redis://h/first"),
        ("METRICS_LISTEN", "9100"),
        ("METRICS_LISTEN", "x:1"),
        ("METRICS_LISTEN", "127.0.0.1:8080"),
        ("METRICS_LISTEN", "0.0.0.0:8080"),
        ("SOCKETS_PER_PERSON", "0"),
        ("LEDGER_QUEUE", "none"),
        ("REGIONS_DIR", "no-such-folder"),
        ("ACCENT", "blue"),
        ("PUBLIC_URL", "ftp://localhost"),
        ("WORKERS", "-1"),
        ("TRUSTED_PROXIES", "nobody"),
        ("STAFF_SECOND_FACTOR", "perhaps"),
        ("KEYS_FILE", "no-such-folder/keys.json"),
    ] {
        let ended = Command::new().with(setting, value).run(&["check-config"]);
        assert_eq!(ended.code, 1, "{setting}={value}: {}", ended.out);
        assert_one_sentence(&ended.err);
        let (said, name) = (ended.err.to_lowercase(), setting.to_lowercase());
        for word in ["u32", "expected", "variant", "a integer"] {
            assert!(!said.contains(word), "{setting}={value}: {said}");
        }
        assert!(
            said.contains(&name) || name == "keys_file",
            "{setting}={value}: {said}"
        );
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    for (url, named) in [
        (
            "postgres://ada:hunter2@127.0.0.1:1/muster",
            "postgres://ada@127.0.0.1:1/muster",
        ),
        (
            "sqlite:no-such-folder/muster.db",
            "no-such-folder/muster.db",
        ),
        ("sqlite:letter.txt", "letter.txt"),
    ] {
        let muster = Command::new()
            .with("DATABASE_URL", url)
            .with("LISTEN", "127.0.0.1:0");
        muster.file("letter.txt", "Dear all, this is no database.");
        let began = std::time::Instant::now();
        for command in ["serve", "migrate"] {
            let ended = muster.run(&[command]);
            assert_eq!(ended.code, 1, "{command}: {}", ended.out);
            assert_one_sentence(&ended.err);
            assert!(
                ended.err.contains(named) && ended.err.contains("database_url"),
                "{}",
                ended.err
            );
            assert!(
                !ended.err.contains("hunter2") && !ended.err.contains("multiconnection"),
                "{}",
                ended.err
            );
        }
        assert!(
            began.elapsed().as_secs() < 3,
            "nobody waits for what refuses at once"
        );
    }
}

#[test]
fn a_settings_file_is_checked_with_what_it_names() {
    let muster = Command::new();
    let checked = |file| muster.run(&["check-config", "--config", file]);
    let ended = checked("absent.toml");
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("absent.toml"), "{}", ended.err);
    muster.file("mail.toml", "mail = \"smtp://127.0.0.1:9?tls=perhaps\"");
    let mail = checked("mail.toml");
    assert_eq!(mail.code, 1, "{}", mail.out);
    assert_one_sentence(&mail.err);
    muster.file("traces.toml", "otlp_endpoint = \"https://otel:4318\"");
    assert!(checked("traces.toml").err.contains("otlp_endpoint"));
    muster.file("typing.toml", "listten = \"127.0.0.1:1\"");
    assert!(checked("typing.toml").err.contains("`listten`"));
    muster.file("weak.json", r#"{"keys":[{"kid":"a","secret":"short"}]}"#);
    muster.file("weak.toml", "keys_file = \"weak.json\"");
    let weak = checked("weak.toml");
    assert_eq!(weak.code, 1);
    assert_one_sentence(&weak.err);
    muster.file(
        "same.json",
        &format!(
            r#"{{"keys":[{{"kid":"a","secret":"{}"}}]}}"#,
            "a".repeat(64)
        ),
    );
    muster.file("same.toml", "keys_file = \"same.json\"");
    std::process::Command::new("chmod")
        .args(["600", "same.json"])
        .current_dir(muster.folder())
        .status()
        .unwrap();
    let same = checked("same.toml");
    assert_eq!(same.code, 1);
    assert_one_sentence(&same.err);
    assert!(same.err.contains("repeats"), "{}", same.err);
    muster.file(
        "torn.toml",
        "campaign = \"Ohio\"\nlisten = \"127.0.0.1\nworkers = 1\n",
    );
    let torn = checked("torn.toml");
    assert_eq!(torn.code, 1);
    assert_one_sentence(&torn.err);
    assert!(torn.err.contains("torn.toml, line 2"), "{}", torn.err);
    muster.file("good.toml", "campaign = \"Ohio Together\"");
    let good = checked("good.toml");
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(good.out.contains("Ohio Together"));
}

#[test]
fn the_shipped_example_for_production_can_be_used() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../config/production.example.toml"
    );
    // The folder of its key file is made by whoever installs it.
    let muster = Command::new().with("KEYS_FILE", "keys.json");
    let ended = muster.run(&["check-config", "--config", example]);
    assert_eq!(ended.code, 0, "{}", ended.err);
}

#[test]
fn migrations_go_forwards_and_back() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:there.db");
    let down = muster.run(&["migrate", "--down", "1"]);
    assert_eq!(down.code, 1, "there is no database yet");
    assert_one_sentence(&down.err);
    for (arguments, word) in [
        (&["migrate"][..], "applied"),
        (&["migrate"], "up to date"),
        (&["migrate", "--down", "2"], "2 migrations were taken back"),
        (&["migrate"], "2 migrations were applied"),
    ] {
        let ended = muster.run(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        assert!(ended.out.contains(word), "{arguments:?}: {}", ended.out);
    }
    assert_eq!(muster.run(&["migrate", "--down", "99"]).code, 1);
}

#[test]
fn the_openapi_document_is_printed_whole() {
    let ended = Command::new().run(&["openapi"]);
    assert_eq!(ended.code, 0);
    let document: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/regions/{code}"]["get"].is_object());
}

/// Everything a program may send, with what is inside it.
fn sent(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(parts) => {
            if let Some(name) = parts.get("$ref").and_then(Value::as_str) {
                let name = name.rsplit('/').next().expect("a name").to_owned();
                if found.insert(name.clone()) {
                    sent(document, &document["components"]["schemas"][&name], found);
                }
            }
            parts.values().for_each(|part| sent(document, part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| sent(document, part, found)),
        _ => {}
    }
}

#[test]
fn the_openapi_document_explains_every_field_that_is_sent() {
    let printed = Command::new().run(&["openapi"]).out;
    let document: Value = serde_json::from_str(&printed).expect("JSON");
    let mut found = BTreeSet::new();
    for path in document["paths"].as_object().expect("paths").values() {
        for call in path.as_object().expect("calls").values() {
            sent(&document, &call["requestBody"], &mut found);
        }
    }
    assert!(
        found.contains("Change") && found.contains("SkillLevel"),
        "{found:?}"
    );
    for name in found {
        let schema = &document["components"]["schemas"][&name];
        for (field, about) in schema["properties"].as_object().into_iter().flatten() {
            assert!(
                about["description"].is_string(),
                "{name}.{field} is not explained"
            );
        }
    }
}

const VECTOR: &str = r#"{"phi":70,"tau2":0.09,"g":1,"seed":11,"regions":[
    {"code":"a","points":1200,"par":1000,"share":1,"members":40},
    {"code":"b","points":420,"par":300,"share":1,"members":12},
    {"code":"c","points":5500,"par":5000,"share":1,"members":250},
    {"code":"d","points":0,"par":300,"share":1,"members":12},
    {"code":"e","points":1000,"par":1000,"share":1,"members":40}]}"#;

#[test]
fn a_board_is_audited_by_the_designs_test_vector() {
    let muster = Command::new();
    muster.file("vector.json", VECTOR);
    let ended = muster.run(&["pace", "vector.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let rows: Vec<Value> = serde_json::from_str(&ended.out).expect("a JSON list");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row["code"].as_str().unwrap(), row["pace"].as_f64().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("b", 122.7),
            ("a", 115.1),
            ("c", 108.6),
            ("e", 100.0),
            ("d", 20.9)
        ]
    );
    assert!((rows[4]["z"].as_f64().unwrap() + 5.0864).abs() < 5e-5);
    assert!(
        rows.iter()
            .all(|row| row["eligible"] == true && row["rank_low"].as_u64() <= row["rank"].as_u64())
    );
    assert_eq!(
        muster.run(&["pace", "vector.json"]).out,
        ended.out,
        "an audit repeats itself"
    );
}

#[test]
fn an_audit_of_nonsense_says_what_is_wrong() {
    let muster = Command::new();
    muster.file("torn.json", "{\"regions\":");
    muster.file("negative.json", &VECTOR.replace("1200", "-1200"));
    for (file, word) in [
        ("absent.json", "absent.json"),
        ("torn.json", "torn.json"),
        ("negative.json", "`points` of a"),
    ] {
        let ended = muster.run(&["pace", file]);
        assert_eq!(ended.code, 1, "{file}");
        assert!(
            ended.out.is_empty() && ended.err.contains(word),
            "{file}: {}",
            ended.err
        );
        assert_one_sentence(&ended.err);
    }
}

#[test]
fn the_first_hq_person_gets_a_link_that_signs_them_in() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:office.db");
    let ended = muster.run(&["staff", "add", "ada@example.org"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let link = ended.out.trim();
    assert!(
        link.starts_with("http://127.0.0.1:8080/sign-in?token="),
        "{link}"
    );
    let wrong = muster.run(&["staff", "add", "ada"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
}

#[test]
fn boards_cannot_be_checked_without_this_versions_tables() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:office.db");
    let absent = muster.run(&["boards", "verify"]);
    assert_eq!(absent.code, 1);
    assert_one_sentence(&absent.err);
    muster.run(&["migrate"]);
    muster.run(&["migrate", "--down", "1"]);
    let old = muster.run(&["boards", "verify"]);
    assert_eq!(old.code, 1);
    assert!(old.err.contains("muster migrate"), "{}", old.err);
}

#[test]
fn logs_are_lines_of_json_where_programs_read_them() {
    let muster = Command::new()
        .with("LOG_FORMAT", "json")
        .with("LOG", "warn")
        .with("NO_SUCH_SETTING", "hunter2");
    let ended = muster.run(&["check-config"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let lines: Vec<Value> = ended
        .err
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert_eq!(lines.len(), 1, "{}", ended.err);
    assert_eq!(lines[0]["level"], "WARN");
    assert_eq!(lines[0]["fields"]["name"], "MUSTER_NO_SUCH_SETTING");
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
}
