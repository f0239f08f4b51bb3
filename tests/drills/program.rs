//! The program's other commands, beside serving nodes.

use std::process::{Command, Stdio};

use muster_tests::drill::Site;

/// How a command ended.
pub struct Ended {
    pub code: i32,
    pub said: String,
}

/// Runs `muster …` for the campaign of `site`, to its end.
pub async fn run(site: &Site, arguments: &[&str]) -> Ended {
    run_with(site, arguments, &[]).await
}

/// The same with other settings (`MUSTER_…`).
pub async fn run_with(site: &Site, arguments: &[&str], settings: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(muster_tests::program());
    command
        .args(arguments)
        .current_dir(site.folder.path())
        .stdin(Stdio::null())
        .envs(site.environment())
        .envs(settings.iter().copied());
    let ended = tokio::task::spawn_blocking(move || command.output()).await;
    let ended = ended.expect("a thread").expect("the program starts");
    let said = [ended.stdout, ended.stderr].concat();
    Ended {
        code: ended.status.code().unwrap_or(-1),
        said: String::from_utf8_lossy(&said).into_owned(),
    }
}
