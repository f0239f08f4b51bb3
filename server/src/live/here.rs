//! Who is here now: tells the other nodes who is on this one, counts everybody by region, says the
//! counts to whoever leads there, and holds the bound on one person's sockets over all nodes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::frame::{Frame, Whole};
use super::socket::turn_away;
use super::topic::Topic;
use super::{Hub, locked};
use crate::cluster::{Cluster, Company, FORGET};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(4);
/// Looks in a row at which somebody must hold too many sockets: longer than a node that was killed is
/// remembered, so that nobody is turned away for sockets that went with it.
const PATIENCE: u64 = FORGET.as_secs() / LOOK.as_secs() + 1;
/// From how many people on a region's count is told.
const TOLD: u32 = 5;

/// A count as it is told: of one to four people only that they are a few, `None`. Where few belong, a
/// count that rises or falls by one would say who came and went.
pub fn as_told(people: u32) -> Option<u32> {
    (people == 0 || people >= TOLD).then_some(people)
}

/// The job that looks who is here.
pub struct Presence {
    hub: Hub,
    cluster: Cluster,
    /// What was said last about each region that somebody follows.
    said: HashMap<RegionCode, Option<u32>>,
    /// At how many looks in a row these held too many.
    over: HashMap<VolunteerId, u64>,
}

impl Presence {
    /// Nobody was looked for yet.
    pub fn new(hub: &Hub, cluster: &Cluster) -> Self {
        Self {
            hub: hub.clone(),
            cluster: cluster.clone(),
            said: HashMap::new(),
            over: HashMap::new(),
        }
    }

    /// Looks again and again, for as long as the node runs.
    pub async fn keep(mut self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            let (hub, cluster) = (self.hub.clone(), self.cluster.clone());
            // With many people this takes milliseconds, which nobody else shall wait.
            let looked = spawn_blocking(move || {
                let own = hub.roll();
                cluster.show(&own);
                cluster.company(&own, hub.limits().sockets_per_person)
            });
            match looked.await {
                Ok(company) => self.tell(company),
                Err(why) => tracing::error!(%why, "who is here could not be counted"),
            }
        }
    }

    fn tell(&mut self, company: Company) {
        self.bound(&company);
        let company = Arc::new(company);
        *locked(&self.hub.0.company) = company.clone();
        let followed = self.hub.followed(|topic| matches!(topic, Topic::Here(_)));
        let mut said = HashMap::with_capacity(followed.len());
        for (region, has_whole) in followed {
            let people = as_told(company.count(&region));
            if !has_whole || self.said.get(&region) != Some(&people) {
                let topic = Topic::Here(region.clone());
                let mut text =
                    json!({"topic": topic.to_string(), "kind": "here", "people": people});
                if people.is_none() {
                    text["few"] = true.into();
                }
                let frame = Frame::text(&text.to_string());
                let whole = frame.clone();
                let whole = Whole::new(move || whole);
                self.hub.publish(&topic, &frame, Some(whole));
            }
            said.insert(region, people);
        }
        self.said = said;
    }

    /// Turns away the newest sockets of those who have held too many for long enough.
    fn bound(&mut self, company: &Company) {
        let before = std::mem::take(&mut self.over);
        for &(person, stay) in &company.over {
            let looks = before.get(&person).map_or(1, |looks| looks + 1);
            if looks < PATIENCE {
                self.over.insert(person, looks);
                continue;
            }
            let beyond = locked(&self.hub.0.people).beyond(person, stay);
            for line in beyond {
                turn_away(&line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::super::outgoing::Outgoing;
    use super::*;
    use crate::cluster::{Present, Roll};
    use crate::ids::SessionId;

    const BEN: VolunteerId = VolunteerId(7);

    fn presence() -> Presence {
        let limits = Limits {
            sockets_per_person: 5,
            topics_per_socket: 5,
            messages_minute: 100,
        };
        let cluster = Cluster::open("", "").unwrap();
        Presence::new(&Hub::new(limits, |_| true), &cluster)
    }

    fn ohio() -> RegionCode {
        RegionCode::parse("us-oh").unwrap()
    }

    /// Ben holds three sockets here and `elsewhere` on another node, which keeps its own.
    fn with(presence: &Presence, elsewhere: u8) -> Company {
        let present = Present {
            person: BEN,
            sockets: elsewhere,
        };
        let other = Arc::new(Roll::of(vec![(ohio(), present)]));
        let others = [("a".to_owned(), other)];
        let others = if elsewhere > 0 { &others[..] } else { &[] };
        Company::of("b", &presence.hub.roll(), others, 5)
    }

    #[test]
    fn who_holds_too_many_over_all_nodes_loses_the_newest_and_only_if_it_lasts() {
        let mut presence = presence();
        let mut outs: Vec<Outgoing> = (0..3)
            .map(|n| Outgoing::of(presence.hub.open(BEN, SessionId(n), ohio()).unwrap()))
            .collect();
        let closed = |out: &mut Outgoing| {
            use futures_util::{FutureExt, StreamExt};
            out.next().now_or_never().is_some()
        };
        // Once in between they do not: it begins anew.
        for elsewhere in [4, 4, 4, 4, 4, 0, 4, 4, 4, 4, 4] {
            presence.tell(with(&presence, elsewhere));
        }
        assert!(!outs.iter_mut().any(closed), "not yet");
        presence.tell(with(&presence, 4));
        let closed: Vec<bool> = outs.iter_mut().map(closed).collect();
        assert_eq!(closed, [false, true, true], "one of five stays, the oldest");
    }
}
