//! What somebody could say who gets into Redis: letters that are well formed and false.

use std::fs;

use muster::clock::Clock;
use muster::cluster::{DeedMoved, Event, Present, Roll};
use muster::ids::VolunteerId;
use muster::ledger::Week;
use muster::regions::RegionCode;
use muster_tests::OwnRedis;
use muster_tests::drill::{Node, STATE, Site};
use serde_json::json;

/// Regions in a letter that is far too long: eight megabytes.
const REGIONS: usize = 400_000;
/// Nodes that are not there; a node remembers 64 at most.
const NODES: usize = 80;

/// A ZIP code of the state.
const TURF: &str = "us-nc-37183-27601";

/// Says everything once into the channels in which nodes listen; gives how many letters there were.
pub async fn tell(redis: &OwnRedis, site: &Site) -> usize {
    let mut told = 0;
    for channel in redis.list("PUBSUB CHANNELS").await {
        let letters = if channel.contains("rolls") {
            rolls(site)
        } else {
            events(site)
        };
        for letter in letters {
            told += usize::from(redis.publish(&channel, &letter).await.is_some());
        }
    }
    told
}

fn events(site: &Site) -> Vec<Vec<u8>> {
    let region = |code: &str| code.parse::<RegionCode>().expect("a code");
    let deed = |at: &str, kind: &str, points| DeedMoved {
        region: region(at),
        kind: kind.into(),
        points,
    };
    let this_week = Week::of(Clock::System.now().utc().date_naive()).to_string();
    let long = vec![region(TURF); REGIONS];
    let false_ones = [
        // Everybody is told to have signed out, and nobody has.
        Event::SessionsEnded {
            sessions: site.members.iter().map(|member| member.session).collect(),
        },
        Event::RolesChanged {
            volunteer: site.members[0].id,
        },
        Event::ScoresMoved {
            regions: vec![region(STATE), region("us-nc-37183"), region("zz-nowhere")],
            weeks: vec![this_week, "no week".into()],
            deeds: vec![
                deed(TURF, "doors", i64::MAX),
                deed(TURF, "doors", 9_000_000_000_000_000_000),
                deed(TURF, "bribes", 100_000),
                deed("us-nc-37183-99999", "doors", 100_000),
            ],
        },
        Event::QueuesMoved { regions: long },
    ];
    let letter = |event| json!({"from": "somebody", "event": event}).to_string();
    let nonsense = [
        "nonsense".to_owned(),
        "{}".to_owned(),
        json!({"from": "x", "event": {"scores_moved": 1}}).to_string(),
    ];
    let said = false_ones.into_iter().map(letter).chain(nonsense);
    said.map(String::into_bytes).collect()
}

fn rolls(site: &Site) -> Vec<Vec<u8>> {
    let everybody = site.members.iter().map(|member| Present {
        person: VolunteerId(member.id.0),
        sockets: 1,
    });
    let home: RegionCode = TURF.parse().expect("a code");
    let roll = Roll::of(everybody.map(|present| (home.clone(), present)).collect());
    let letter = |node: usize| {
        let name = format!("made up {node}");
        let length = u8::try_from(name.len()).expect("a short name");
        let mut bytes = [&[length][..], name.as_bytes()].concat();
        roll.write(&mut bytes);
        bytes
    };
    let mut said: Vec<Vec<u8>> = (0..NODES).map(letter).collect();
    said.push(vec![b'x'; 8 << 20]);
    said
}

/// Mebibytes of memory that a node holds.
pub fn held(node: &Node) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", node.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
