//! A backup is a real one: made beside a node that goes on writing, it comes back whole elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use muster::Server;
use muster::settings::Secret;
use serde_json::json;

use crate::restore::signed_in_on;
use crate::support::{Command, Person, Place, World, both, empty_database};

/// Entries that are there before the backup begins.
const FIRST: usize = 20;

/// One sentence, or two short ones, on one line.
#[track_caller]
fn assert_one_line(text: &str) {
    let text = text.trim();
    assert!(
        !text.is_empty() && !text.contains('\n') && text.ends_with('.'),
        "{text:?}"
    );
}

async fn log(person: &Person, key: &str) {
    person
        .client
        .score(
            "/api/v1/activities",
            key,
            &json!({"kind": "doors", "quantity": 7}),
        )
        .await
        .expect(201);
}

/// The world's database as an operator names it, with a password that must be shown nowhere.
fn with_password(world: &World) -> String {
    let url = &world.settings.database_url.0;
    match world.place {
        Place::Embedded => url.clone(),
        Place::Production => {
            let mut url = url::Url::parse(url).expect("a URL");
            url.set_password(Some("hunter2")).expect("a password");
            url.into()
        }
    }
}

/// A place where nothing is yet.
pub(crate) fn elsewhere(world: &World, folder: &Path) -> String {
    match world.place {
        Place::Embedded => format!("sqlite:{}", folder.join("restored.db").display()),
        Place::Production => empty_database(&world.settings.database_url.0),
    }
}

/// What stands in `folder`.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into())
        .collect();
    names.sort();
    names
}

both! {
    async fn a_backup_beside_a_busy_node_comes_back_whole_in_a_fresh_place(world: World) {
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        for n in 0..FIRST {
            log(&ada, &format!("first-{n}")).await;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let busy = tokio::spawn({
            let (ada, stop) = (ada.clone(), stop.clone());
            async move {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    log(&ada, &format!("later-{n}")).await;
                    n += 1;
                }
                n
            }
        });
        let muster = Command::new().with("DATABASE_URL", &with_password(&world));
        let backup = muster.folder().join("muster.backup");
        let (muster, made) = tokio::task::spawn_blocking(move || {
            let made = muster.run(&["backup", "muster.backup"]);
            (muster, made)
        })
        .await
        .expect("a thread");
        stop.store(true, Ordering::Relaxed);
        let later: usize = busy.await.expect("the busy one was refused nothing");
        assert_eq!(made.code, 0, "{}", made.err);
        assert!(!made.out.contains("hunter2") && !made.err.contains("hunter2"), "{made:?}");
        if world.place == Place::Production {
            assert!(made.out.starts_with("pg_dump --format=custom "), "{}", made.out);
        }
        assert_eq!(names(muster.folder()), [PathBuf::from("muster.backup")], "nothing else is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&backup).expect("the backup").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "for its owner alone");
        }
        let bytes = fs::read(&backup).expect("the backup");
        let again = muster.run(&["backup", "muster.backup"]);
        assert_eq!(again.code, 1);
        assert_one_line(&again.err);
        assert_eq!(fs::read(&backup).expect("the backup"), bytes, "it was not overwritten");

        let fresh = Command::new();
        let url = elsewhere(&world, fresh.folder());
        let fresh = fresh.with("DATABASE_URL", &url);
        let path = backup.display().to_string();
        let restored = fresh.run(&["restore", &path]);
        assert_eq!(restored.code, 0, "{}", restored.err);
        let clean = fresh.run(&["boards", "verify"]);
        assert_eq!(clean.code, 0, "{}{}", clean.out, clean.err);
        let twice = fresh.run(&["restore", &path]);
        assert_eq!(twice.code, 1);
        assert_one_line(&twice.err);
        assert!(twice.err.contains("holds data"), "{}", twice.err);

        let mut settings = world.settings.clone();
        settings.database_url = Secret(url);
        let node = Server::start(settings, world.clock.clone()).await.expect("a node of the restored campaign");
        let there = signed_in_on(&node, &ada).await;
        let lines = there.get("/api/v1/me/points?week=2026-W47").await.expect(200).json();
        let lines = lines.as_array().map_or(0, Vec::len);
        assert!((FIRST..=FIRST + later).contains(&lines), "{lines} of {FIRST} and {later}");
        let told = there.score("/api/v1/activities", "first-0", &json!({"kind": "doors", "quantity": 7})).await;
        assert_eq!(told.header("idempotent-replayed"), "true", "a key of before is known still");
        node.stop().await;
    }
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_nothing_behind() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:campaign.db");
    assert_eq!(muster.run(&["migrate"]).code, 0);
    assert_eq!(muster.run(&["backup", "whole.backup"]).code, 0);
    let folder = muster.folder().to_owned();
    let whole = fs::read(folder.join("whole.backup")).expect("the backup");
    fs::write(folder.join("half.backup"), &whole[..whole.len() / 2]).expect("half of it");
    muster.file("text.backup", "no backup at all");
    muster.file("server.backup", "PGDMP of a server");
    let fresh = Command::new().with("DATABASE_URL", "sqlite:campaign.db");
    for (file, word) in [
        ("half.backup", "cannot be copied"),
        ("text.backup", "is no backup"),
        ("server.backup", "PostgreSQL"),
        ("absent.backup", "cannot be read"),
    ] {
        let ended = fresh.run(&["restore", &folder.join(file).display().to_string()]);
        assert_eq!(ended.code, 1, "{file}: {}", ended.out);
        assert_one_line(&ended.err);
        assert!(ended.err.contains(word), "{file}: {}", ended.err);
        assert!(
            names(fresh.folder()).is_empty(),
            "{file}: {:?}",
            names(fresh.folder())
        );
    }
    let taken = muster.run(&["restore", "whole.backup"]);
    assert_eq!(taken.code, 1, "{}", taken.out);
    assert!(taken.err.contains("holds data"), "{}", taken.err);
}

#[test]
fn a_database_that_is_not_there_or_empty_is_not_backed_up() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:campaign.db");
    for _ in ["absent", "empty"] {
        let ended = muster.run(&["backup", "muster.backup"]);
        assert_eq!(ended.code, 1, "{}", ended.out);
        assert_one_line(&ended.err);
        assert!(!muster.folder().join("muster.backup").exists());
        muster.file("campaign.db", "");
    }
}
