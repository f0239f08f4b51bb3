//! R9: the disk is full, or does not keep what it is given.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_tests::OwnPostgres;
use muster_tests::drill::{Crew, Load, Site};

use crate::database::{reads, saved_again};
use crate::report::spoken;
use crate::yard::{Finding, Held, NotRunnable, Yard, doors, judged, nodes};

/// How soon all is well again.
const HEALED: Duration = Duration::from_secs(5);

/// A small disk of its own, in memory; gone when dropped.
struct Disk(PathBuf);

fn done(program: &str, arguments: &[&str]) -> Result<(), String> {
    let ended = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|why| why.to_string())?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    ended.status.success().then_some(()).ok_or(said)
}

impl Disk {
    fn mount(at: &Path, mebibytes: u32) -> Result<Self, NotRunnable> {
        std::fs::create_dir_all(at).expect("a folder");
        let (size, place) = (
            format!("size={mebibytes}m,mode=777"),
            at.display().to_string(),
        );
        done("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", &place])
            .map_err(|why| NotRunnable(format!("no disk can be mounted here ({})", why.trim())))?;
        Ok(Self(at.to_owned()))
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let file = std::fs::File::create(self.0.join("filler")).expect("a file");
        let mut piece = 1 << 20;
        while piece >= 512 {
            use std::io::Write;
            if (&file).write_all(&vec![1; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    fn free(&self) {
        let _ = std::fs::remove_file(self.0.join("filler"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let place = self.0.display().to_string();
        if done("umount", &[&place]).is_err() {
            let _ = done("umount", &["-l", &place]);
        }
    }
}

/// SQLite on a full disk.
pub async fn full(yard: Arc<Yard>) -> Held {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::mount(&folder.path().join("disk"), 64)?;
    let url = format!("sqlite:{}", folder.path().join("disk/muster.db").display());
    let finding = fills(&yard, Site::of(&url, "", 400), &disk, |_| {}).await;
    drop(disk);
    Ok(finding)
}

/// PostgreSQL on a full disk. It may end itself over that, and is started again as its own service
/// would be.
pub async fn full_postgres(yard: Arc<Yard>) -> Held {
    let folder = tempfile::Builder::new()
        .prefix("muster-disk.")
        .tempdir_in("/tmp")
        .expect("a folder");
    std::fs::set_permissions(
        folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("rights");
    let disk = Disk::mount(&folder.path().join("disk"), 256)?;
    let place = folder.path().join("disk");
    let postgres = OwnPostgres::start_in(&place);
    let mut postgres =
        postgres.ok_or_else(|| NotRunnable("postgres or initdb is not on the PATH".into()))?;
    let site = Site::of(&postgres.url, "", 400);
    let finding = fills(&yard, site, &disk, move |free| {
        if free {
            postgres.await_answer();
        }
    })
    .await;
    drop(disk);
    Ok(finding)
}

async fn fills(yard: &Yard, site: Site, disk: &Disk, mut after: impl FnMut(bool)) -> Finding {
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 1).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(100));
    let (mut busy, mut healed) = (0, Duration::ZERO);
    for _ in 0..yard.times(10) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        log.note("the disk is full");
        disk.fill();
        let full = Instant::now();
        tokio::time::sleep(Duration::from_secs(2)).await;
        finding.must(
            reads(&site, &nodes[0]).await,
            "reads did not go on while the disk was full",
        );
        busy += log.figures(full, Instant::now()).busy;
        disk.free();
        after(true);
        log.note("there is room again");
        healed = healed.max(saved_again(&log).await);
    }
    finding.figure(format!("{} times full, {busy} refusals", yard.times(10)));
    finding.must(busy > 0, "nobody was refused: the disk was never full");
    finding.at_most("saved again after at most", healed, HEALED);
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding
}

/// Writing through fails: the node runs under `strace`, which answers its calls with EIO.
pub async fn fsync(yard: Arc<Yard>) -> Held {
    if done("strace", &["-V"]).is_err() {
        return Err(NotRunnable("strace is not on the PATH".to_owned()));
    }
    let site = Site::of("", "", 400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 1).await;
    nodes[0].kill();
    // Forty calls go well, then twenty in a row fail, again and again.
    let inject = "inject=fsync,fdatasync:error=EIO:when=40..60+1";
    nodes[0].wrap(&[
        "strace",
        "-D",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        inject,
    ]);
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(100));
    let (mut refused, mut healed) = (0, Duration::ZERO);
    for _ in 0..yard.times(5) {
        let from = Instant::now();
        nodes[0].launch().await;
        let before = log.saved();
        tokio::time::sleep(Duration::from_secs(6)).await;
        let seen = log.figures(from, Instant::now());
        refused += seen.busy + seen.other;
        finding.must(
            log.saved() > before,
            "nothing was saved under failing writes",
        );
        finding.must(reads(&site, &nodes[0]).await, "reads did not go on");
        healed = healed.max(saved_again(&log).await);
        log.note("kill -9");
        nodes[0].kill();
    }
    finding.figure(format!(
        "{} runs, {refused} answers other than saved",
        yard.times(5)
    ));
    finding.must(refused > 0, "no write failed");
    finding.figure(format!("saved again after at most {}", spoken(healed)));
    nodes[0].wrap(&[]);
    nodes[0].launch().await;
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}
