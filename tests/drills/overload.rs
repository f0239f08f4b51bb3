//! R7: every queue is bounded. The load comes from the speed harness.

use std::process::{Command, Stdio};
use std::sync::Arc;

use muster_tests::OwnRedis;

use crate::yard::{Finding, Held, NotRunnable, Services, Yard};

/// Ten times the sustainable load, in both worlds.
pub async fn tenfold(yard: Arc<Yard>) -> Held {
    let Some(speed) = yard.speed.clone() else {
        return Err(NotRunnable("the speed harness was not built".to_owned()));
    };
    let services = Services::start().await?;
    let folder = tempfile::tempdir().expect("a folder");
    let OwnRedis { url, .. } = &services.redis;
    let seconds = yard.times(120).to_string();
    let mut command = Command::new(speed);
    command
        .arg("overload")
        .args(["--rounds", "1", "--overload-seconds", &seconds])
        .arg("--program")
        .arg(muster_tests::program())
        .arg("--folder")
        .arg(folder.path())
        .args(["--postgres", &services.postgres.url, "--redis", url])
        .stdin(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || command.output()).await;
    let ended = ended.expect("a thread").expect("the harness starts");
    let mut finding = Finding::default();
    let said = String::from_utf8_lossy(&ended.stdout);
    // The last table has a row for each goal.
    let table = said.rsplit("| what ").next().unwrap_or_default();
    for line in table.lines().skip(1).filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [_, what, median, ..] = cells.as_slice() {
            finding.figure(format!("{what}: {median}"));
        }
    }
    let complaint = String::from_utf8_lossy(&ended.stderr);
    if !ended.status.success() {
        eprintln!("{said}\n{complaint}");
    }
    let complaint = complaint.lines().last().unwrap_or_default();
    finding.must(
        ended.status.success(),
        &format!("the speed harness says: {complaint}"),
    );
    finding.must(
        !finding.figures.is_empty(),
        "the speed harness says nothing",
    );
    Ok(finding)
}
