//! A small cast for the tests of this folder: Ada lives in Columbus, Ohio, and it is a Wednesday.

use chrono::{DateTime, Utc};

use super::config::{MatchingConfig, SHIPPED};
use super::features::{Commitment, Context, PersonView, SkillNeed, TaskView};
use super::geo::Place;
use super::skills::{SkillId, Skills};
use super::when::{Slot, Slots, When};

/// What a [`Context`] borrows: the shipped settings and four skills, each had by 9 of 99 people.
pub(crate) struct Ground {
    pub(crate) config: MatchingConfig,
    pub(crate) skills: Skills,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let config = MatchingConfig::parse(SHIPPED).unwrap();
        let counts = ["phone-calls", "spanish", "gis", "driving"].map(|slug| (slug, 9));
        Self {
            skills: Skills::new(counts, 99, config.skill.idf_floor),
            config,
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            now: now(),
            config: &self.config,
            skills: &self.skills,
        }
    }

    pub(crate) fn skill(&self, slug: &str) -> SkillId {
        self.skills.id(slug).unwrap()
    }

    pub(crate) fn need(&self, slug: &str, level: u8, required: bool) -> SkillNeed {
        SkillNeed {
            skill: self.skill(slug),
            level,
            required,
            weight: 1.0,
        }
    }

    /// A fixed time in Ohio, written in UTC.
    pub(crate) fn at(&self, starts: &str, ends: &str) -> When {
        let zone = chrono_tz::America::New_York;
        When::new(
            Some(utc(starts)),
            Some(utc(ends)),
            60,
            &zone,
            &self.config.time,
        )
    }

    /// Saturday from 10 to 12 in Ohio, three days from now.
    pub(crate) fn saturday_morning(&self) -> When {
        self.at("2026-11-21T15:00:00Z", "2026-11-21T17:00:00Z")
    }

    /// Two hours on Saturday morning, knocking on doors about 1.9 km from Ada.
    pub(crate) fn doors(&self, id: i64) -> TaskView {
        TaskView {
            place: Place::new(39.977, -83.0),
            when: self.saturday_morning(),
            minutes: 120,
            slots: 4,
            ..TaskView::new(id, "doors", "us-oh-39049")
        }
    }

    pub(crate) fn commitment(
        &self,
        task: i64,
        starts: &str,
        ends: &str,
        minutes: u32,
    ) -> Commitment {
        Commitment {
            task,
            when: self.at(starts, ends),
            minutes,
        }
    }
}

/// Wednesday, 18 November 2026, ten in the morning in Ohio.
pub(crate) fn now() -> DateTime<Utc> {
    utc("2026-11-18T15:00:00Z")
}

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Ada Canvasser, who has told nothing but her postcode.
pub(crate) fn ada() -> PersonView {
    PersonView {
        place: Place::new(39.96, -83.0),
        ..PersonView::new(1, "us-oh-39049-43215")
    }
}

pub(crate) fn free_on(keys: &[&str]) -> Slots {
    keys.iter()
        .map(|key| Slot::from_key(key).unwrap())
        .collect()
}

/// Ten minutes from home, whenever one likes.
pub(crate) fn from_home(id: i64, kind: &str) -> TaskView {
    TaskView {
        remote: true,
        minutes: 10,
        slots: 9,
        ..TaskView::new(id, kind, "us")
    }
}
