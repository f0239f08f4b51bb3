//! Sorts of people: what each can do, likes and has time for.

use super::chance::Chance;
use crate::activities::Kind;
use crate::volunteers::Availability;

/// A sort of people.
pub struct Persona {
    /// How many of hundred are like this.
    pub share: f64,
    /// What they log, by weight.
    pub deeds: &'static [(Kind, f64)],
    /// Skills they may have.
    pub skills: &'static [&'static str],
    /// Kinds of tasks they enjoy.
    pub likes: &'static [&'static str],
    /// When they are free: weights of [`Rhythm`]'s variants.
    rhythms: [f64; 4],
    /// The chance that they speak Spanish.
    spanish: f64,
}

/// Everybody is one of these.
pub const PERSONAS: &[Persona] = &[
    Persona {
        share: 30.0,
        deeds: &[
            (Kind::Doors, 6.0),
            (Kind::ListeningNote, 1.5),
            (Kind::Shift, 0.8),
            (Kind::EventAttended, 1.0),
            (Kind::Calls, 0.7),
        ],
        skills: &[
            "canvassing",
            "active-listening",
            "leafleting",
            "persuasion",
            "driving",
            "surveys",
        ],
        likes: &["doors", "event_attended", "shift"],
        rhythms: [0.3, 0.5, 0.1, 0.1],
        spanish: 0.14,
    },
    Persona {
        share: 27.0,
        deeds: &[
            (Kind::Calls, 6.5),
            (Kind::ListeningNote, 1.2),
            (Kind::EventAttended, 0.7),
            (Kind::DataEntry, 0.6),
        ],
        skills: &[
            "phone-calls",
            "active-listening",
            "persuasion",
            "surveys",
            "letters",
            "networking",
        ],
        likes: &["calls", "training", "event_attended"],
        rhythms: [0.55, 0.15, 0.2, 0.1],
        spanish: 0.16,
    },
    Persona {
        share: 14.0,
        deeds: &[
            (Kind::EventAttended, 3.0),
            (Kind::EventHosted, 1.2),
            (Kind::Calls, 1.5),
            (Kind::Donation, 1.0),
            (Kind::Shift, 1.0),
        ],
        skills: &[
            "event-organising",
            "greeting",
            "cooking",
            "fundraising",
            "public-speaking",
            "childcare",
        ],
        likes: &["event_hosted", "event_attended", "donation"],
        rhythms: [0.4, 0.3, 0.2, 0.1],
        spanish: 0.1,
    },
    Persona {
        share: 13.0,
        deeds: &[
            (Kind::DataEntry, 4.5),
            (Kind::Calls, 1.5),
            (Kind::EventAttended, 0.8),
            (Kind::Training, 0.2),
        ],
        skills: &[
            "data-entry",
            "spreadsheets",
            "data-cleaning",
            "web-search",
            "gis",
            "social-media",
            "graphic-design",
        ],
        likes: &["data_entry", "training"],
        rhythms: [0.5, 0.1, 0.1, 0.3],
        spanish: 0.08,
    },
    Persona {
        share: 6.0,
        deeds: &[
            (Kind::Translation, 2.5),
            (Kind::Calls, 3.0),
            (Kind::Doors, 1.5),
            (Kind::ListeningNote, 1.0),
        ],
        skills: &[
            "translation",
            "text-translation",
            "spanish",
            "proofreading",
            "phone-calls",
        ],
        likes: &["translation", "calls"],
        rhythms: [0.5, 0.2, 0.2, 0.1],
        spanish: 0.85,
    },
    Persona {
        share: 10.0,
        deeds: &[
            (Kind::Shift, 3.5),
            (Kind::Doors, 2.0),
            (Kind::EventAttended, 1.5),
            (Kind::Calls, 1.0),
        ],
        skills: &[
            "driving",
            "carrying",
            "shift-coordination",
            "first-aid",
            "event-needs",
            "poll-watching",
        ],
        likes: &["shift", "doors"],
        rhythms: [0.15, 0.35, 0.4, 0.1],
        spanish: 0.12,
    },
];

/// A pattern of free time.
#[derive(Clone, Copy)]
enum Rhythm {
    /// Free after work.
    Evenings,
    /// Free when others are.
    Weekends,
    /// Free when others work.
    Days,
    /// A bit of everything.
    Mixed,
}

impl Persona {
    /// A grid of free thirds of the week; some people are freer than others.
    pub fn availability(&self, chance: &mut Chance) -> Availability {
        let rhythm = [
            Rhythm::Evenings,
            Rhythm::Weekends,
            Rhythm::Days,
            Rhythm::Mixed,
        ][chance.weighted(&self.rhythms)];
        let freedom = chance.between(0.35, 0.95);
        let mut grid = [false; 21];
        for (at, free) in grid.iter_mut().enumerate() {
            let (weekend, third) = (at / 3 >= 5, at % 3);
            let usual = match rhythm {
                Rhythm::Evenings if third == 2 => 1.0,
                Rhythm::Weekends if weekend => 1.0,
                Rhythm::Days if !weekend && third < 2 => 1.0,
                Rhythm::Evenings | Rhythm::Weekends if weekend => 0.4,
                Rhythm::Mixed => 0.5,
                _ => 0.08,
            };
            *free = chance.hit(usual * freedom);
        }
        if !grid.contains(&true) {
            grid[17] = true; // Saturday evening is everybody's own, so nobody is never free.
        }
        Availability(grid)
    }

    /// Skills with their levels, at most five.
    pub fn skills(&self, chance: &mut Chance) -> Vec<(String, i32)> {
        let count = 1 + chance.count(1.6).min(4);
        let mut skills: Vec<(String, i32)> = chance
            .some(self.skills.len(), count)
            .into_iter()
            .map(|at| {
                let level = 1 + chance.weighted(&[1.0, 2.5, 3.5, 2.0, 0.8]);
                (
                    self.skills[at].to_owned(),
                    i32::try_from(level).unwrap_or(1),
                )
            })
            .collect();
        skills.sort();
        skills
    }

    /// Languages besides English.
    pub fn languages(&self, chance: &mut Chance) -> Vec<String> {
        let mut languages = vec!["en".to_owned()];
        if chance.hit(self.spanish) {
            languages.push("es".into());
        }
        if chance.hit(0.04) {
            languages.push(chance.word(&["zh", "ar", "vi", "so", "fr", "ase"]).into());
        }
        languages
    }

    /// Kinds of tasks they say they enjoy.
    pub fn interests(&self, chance: &mut Chance) -> Vec<String> {
        let count = 1 + chance.count(0.8);
        chance
            .some(self.likes.len(), count)
            .into_iter()
            .map(|at| self.likes[at].to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volunteers::skills;

    #[test]
    fn every_skill_of_a_persona_is_on_the_list() {
        for persona in PERSONAS {
            for slug in persona.skills {
                assert!(skills::find(slug).is_some(), "{slug}");
            }
        }
    }

    #[test]
    fn everybody_is_free_at_some_time() {
        let mut chance = Chance::new(5);
        for persona in PERSONAS {
            for _ in 0..200 {
                assert!(persona.availability(&mut chance).0.contains(&true));
            }
        }
    }
}
