//! What the regions' people say to each other.

use super::chance::Chance;
use super::people::People;
use super::places::State;
use super::texts::{CAPTAIN_POSTS, COMMENTS, HQ_POSTS, filled};
use crate::clock::{Duration, Instant};
use crate::feed::{Comment, Post};
use crate::ids::{self, CommentId, PostId};
use crate::region_code::RegionCode;

/// Posts of HQ and captains, and the answers of members.
#[derive(Default)]
pub struct Talk {
    /// Posts.
    pub posts: Vec<Post>,
    /// Comments.
    pub comments: Vec<Comment>,
}

/// What was said in the last three weeks.
pub fn talk(
    root: &RegionCode,
    states: &[State],
    people: &People,
    now: Instant,
    chance: &mut Chance,
) -> Talk {
    let mut talk = Talk::default();
    for (number, body) in HQ_POSTS.iter().enumerate() {
        let hours = 9 + 110 * i64::try_from(number).unwrap_or(0);
        talk.say(
            people,
            root,
            people.cast.hq,
            (*body).to_owned(),
            now - Duration::hours(hours),
            chance,
        );
    }
    let names: std::collections::BTreeMap<&RegionCode, &str> = states
        .iter()
        .flat_map(|state| {
            let counties = state
                .busy
                .iter()
                .map(|county| (&county.code, county.name.as_str()));
            counties.chain(std::iter::once((&state.code, state.name.as_str())))
        })
        .collect();
    for (region, captain) in &people.cast.captains {
        let place = names.get(region).copied().unwrap_or_default();
        let mut bodies = CAPTAIN_POSTS.to_vec();
        chance.shuffle(&mut bodies);
        let count = usize::try_from(chance.whole(1, 2)).unwrap_or(1);
        for (number, body) in bodies.into_iter().take(count).enumerate() {
            let body = filled(body, &[("place", place)]);
            let hours = chance.whole(3, 60) + 100 * i64::try_from(number).unwrap_or(0);
            talk.say(
                people,
                region,
                *captain,
                body,
                now - Duration::hours(hours),
                chance,
            );
        }
    }
    talk
}

impl Talk {
    fn say(
        &mut self,
        people: &People,
        region: &RegionCode,
        author: usize,
        body: String,
        at: Instant,
        chance: &mut Chance,
    ) {
        let id = PostId(ids::at(at, i64::try_from(self.posts.len()).unwrap_or(0)));
        self.posts.push(Post {
            id,
            region: region.clone(),
            author: people.all[author].id,
            body,
            created_at: at,
            key: None,
        });
        let members: Vec<_> = people
            .all
            .iter()
            .filter(|person| {
                person.rate > 0.5
                    && person.joined_at < at
                    && person.home.region.is_under(region)
                    && !person.name.is_empty()
            })
            .collect();
        let mut when = at;
        for _ in 0..chance.count(2.0).min(5) {
            when = when + super::people::minutes(chance.wait(45.0) + 4.0);
            let Some(member) = chance
                .one(&members)
                .filter(|_| when < at + Duration::hours(8))
            else {
                return;
            };
            self.comments.push(Comment {
                id: CommentId(ids::at(
                    when,
                    i64::try_from(self.comments.len()).unwrap_or(0),
                )),
                post_id: id,
                author: member.id,
                body: chance.word(COMMENTS).to_owned(),
                created_at: when,
                key: None,
            });
        }
    }
}
