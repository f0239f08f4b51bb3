//! What a socket can follow, and who may.

use std::fmt;

use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::sessions::Viewer;

/// A topic of the live socket (contract.md, "Live socket").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `race/{region}`: the board over a region's children.
    Race(RegionCode),
    /// `me`: one person's own affairs. Each person's is a topic of its own.
    Me(VolunteerId),
    /// `captain/{region}`: a captain's queue.
    Captain(RegionCode),
    /// `feed/{region}`: a region's posts.
    Feed(RegionCode),
    /// `here/{region}`: how many of a region's people are here now.
    Here(RegionCode),
}

/// Why a subscription is refused, in the socket's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not for this person.
    Forbidden,
    /// There is no such topic.
    UnknownTopic,
    /// More topics than a socket may follow.
    TooMany,
}

impl Refusal {
    /// The code in an error frame.
    pub fn code(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::UnknownTopic => "unknown_topic",
            Self::TooMany => "too_many",
        }
    }
}

impl Topic {
    /// Reads a topic as `person` names it; `None` for what is no topic.
    pub fn parse(text: &str, person: VolunteerId) -> Option<Self> {
        if text == "me" {
            return Some(Self::Me(person));
        }
        let (kind, code) = text.split_once('/')?;
        let region = RegionCode::parse(code).ok()?;
        match kind {
            // Races of groups come with groups; until then the name is no region's.
            "race" if code != "groups" => Some(Self::Race(region)),
            "captain" => Some(Self::Captain(region)),
            "feed" => Some(Self::Feed(region)),
            "here" => Some(Self::Here(region)),
            _ => None,
        }
    }

    /// Whether `viewer` may follow this topic as things stand.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`]. Whether the region exists is not asked here, so that a foreign region
    /// and one that does not exist look the same to whoever may not see it.
    pub fn allows(&self, viewer: &Viewer) -> Result<(), Refusal> {
        let allowed = match self {
            Self::Race(_) => true,
            Self::Me(person) => *person == viewer.id,
            Self::Captain(region) | Self::Here(region) => viewer.scope().leads(region),
            Self::Feed(region) => viewer.region.is_under(region) || viewer.scope().leads(region),
        };
        if allowed {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// Whether the right to follow it can be lost while the session lives.
    pub fn is_guarded(&self) -> bool {
        matches!(self, Self::Captain(_) | Self::Feed(_) | Self::Here(_))
    }

    /// The region it is about.
    pub fn region(&self) -> Option<&RegionCode> {
        match self {
            Self::Race(region)
            | Self::Captain(region)
            | Self::Feed(region)
            | Self::Here(region) => Some(region),
            Self::Me(_) => None,
        }
    }
}

/// As frames name it.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Race(region) => write!(f, "race/{region}"),
            Self::Me(_) => f.write_str("me"),
            Self::Captain(region) => write!(f, "captain/{region}"),
            Self::Feed(region) => write!(f, "feed/{region}"),
            Self::Here(region) => write!(f, "here/{region}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SessionId;

    fn viewer(leads: &[&str], staff: bool) -> Viewer {
        let code = |text: &str| RegionCode::parse(text).unwrap();
        Viewer {
            id: VolunteerId(7),
            session: SessionId(1),
            name: String::new(),
            region: code("us-oh-39049-43215"),
            zone: "America/New_York".into(),
            quiet: false,
            staff,
            leads: leads.iter().map(|text| code(text)).collect(),
        }
    }

    fn may(viewer: &Viewer, text: &str) -> bool {
        Topic::parse(text, viewer.id)
            .unwrap()
            .allows(viewer)
            .is_ok()
    }

    #[test]
    fn topics_are_read_and_named_alike() {
        for text in [
            "race/us",
            "race/us-oh",
            "me",
            "captain/us-oh-39049",
            "feed/us-oh",
            "here/us-oh",
        ] {
            assert_eq!(
                Topic::parse(text, VolunteerId(7)).unwrap().to_string(),
                text
            );
        }
        for text in [
            "",
            "race",
            "race/",
            "race/groups",
            "race/US",
            "me/7",
            "board/us",
            "race/us/oh",
        ] {
            assert_eq!(Topic::parse(text, VolunteerId(7)), None, "{text}");
        }
    }

    #[test]
    fn a_member_follows_races_and_the_feeds_they_live_under() {
        let ben = viewer(&[], false);
        assert!(may(&ben, "race/us-tx") && may(&ben, "feed/us-oh") && may(&ben, "me"));
        assert!(!may(&ben, "feed/us-oh-39041") && !may(&ben, "captain/us-oh"));
        assert!(!may(&ben, "here/us-oh-39049-43215"), "nor who is there");
        assert!(Topic::Me(VolunteerId(8)).allows(&ben).is_err());
    }

    #[test]
    fn a_captain_follows_their_regions_queue_and_hq_every() {
        let ada = viewer(&["us-oh-39041"], false);
        assert!(may(&ada, "captain/us-oh-39041") && may(&ada, "feed/us-oh-39041-43015"));
        assert!(!may(&ada, "captain/us-oh"));
        assert!(may(&ada, "here/us-oh-39041-43015") && !may(&ada, "here/us-oh"));
        assert!(may(&viewer(&[], true), "captain/us"));
    }
}
