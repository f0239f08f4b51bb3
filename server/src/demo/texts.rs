//! What tasks, posts, comments and notes of the demo say. `{city}`, `{county}` and `{state}` are
//! filled in.

use crate::tasks::TaskKind::{
    self, Calls, DataEntry, Doors, EventAttended, EventHosted, Shift, Training, Translation,
};

/// A task somebody could be asked for.
pub struct Template {
    /// What is done.
    pub kind: TaskKind,
    /// A verb first.
    pub title: &'static str,
    /// What to expect.
    pub body: &'static str,
    /// How long it takes.
    pub minutes: i32,
    /// Its rung of the ladder.
    pub rung: i32,
    /// Places, from and to.
    pub slots: (i64, i64),
    /// Skill, level, whether needed.
    pub skills: &'static [(&'static str, i32, bool)],
    /// Language, whether needed.
    pub language: Option<(&'static str, bool)>,
}

/// Where a county's people meet.
pub const LOCAL: &[Template] = &[
    Template {
        kind: Doors,
        title: "Knock on doors in {city}",
        body: "We meet at the door, share out walk lists and go in pairs. You get a script, and somebody who has done it before walks with you.",
        minutes: 120,
        rung: 2,
        slots: (4, 12),
        skills: &[("canvassing", 2, false), ("active-listening", 2, false)],
        language: None,
    },
    Template {
        kind: Calls,
        title: "Call from the {city} phone bank",
        body: "Phones, lists and pizza are there. The first fifteen minutes are practice.",
        minutes: 120,
        rung: 1,
        slots: (5, 14),
        skills: &[("phone-calls", 1, false)],
        language: None,
    },
    Template {
        kind: EventAttended,
        title: "Greet newcomers at the {city} open house",
        body: "Say hello at the door, hand out name tags, and introduce people to each other. Bring a friend.",
        minutes: 90,
        rung: 1,
        slots: (3, 10),
        skills: &[("greeting", 1, false)],
        language: None,
    },
    Template {
        kind: Shift,
        title: "Drive neighbours to early voting in {city}",
        body: "Two or three rides within five miles. We pair you with people who asked for one.",
        minutes: 150,
        rung: 3,
        slots: (2, 6),
        skills: &[("driving", 3, true)],
        language: None,
    },
    Template {
        kind: EventHosted,
        title: "Host a house meeting in {city}",
        body: "Your living room, six to twelve neighbours, one conversation about what matters here. We help you invite.",
        minutes: 120,
        rung: 4,
        slots: (1, 3),
        skills: &[
            ("event-organising", 2, false),
            ("public-speaking", 2, false),
        ],
        language: None,
    },
    Template {
        kind: Shift,
        title: "Cook for the {city} canvass",
        body: "Soup and sandwiches for thirty people who come back cold. The kitchen is warm.",
        minutes: 180,
        rung: 2,
        slots: (2, 4),
        skills: &[("cooking", 2, false), ("carrying", 1, false)],
        language: None,
    },
    Template {
        kind: Doors,
        title: "Knock on doors with Spanish-speaking neighbours in {city}",
        body: "A short list of households that would rather talk in Spanish. Pairs, with a script in both languages.",
        minutes: 120,
        rung: 3,
        slots: (3, 6),
        skills: &[("canvassing", 2, false), ("spanish", 3, true)],
        language: Some(("es", true)),
    },
    Template {
        kind: Training,
        title: "Learn to lead a canvass in {city}",
        body: "How to brief a team, share out lists and bring everybody home. Afterwards you can lead one yourself.",
        minutes: 90,
        rung: 3,
        slots: (4, 10),
        skills: &[("canvassing", 3, false), ("leadership", 1, false)],
        language: None,
    },
    Template {
        kind: Shift,
        title: "Staff the stall at the {city} farmers’ market",
        body: "Hand out flyers, register voters, answer questions. The first hour is the busiest.",
        minutes: 180,
        rung: 1,
        slots: (2, 6),
        skills: &[("flyering", 1, false), ("greeting", 1, false)],
        language: None,
    },
];

/// What a state's people do from home.
pub const REMOTE: &[Template] = &[
    Template {
        kind: Calls,
        title: "Call {state} voters about early voting",
        body: "From your own phone, with a script and a list of thirty numbers. Do as many as you like.",
        minutes: 40,
        rung: 1,
        slots: (25, 60),
        skills: &[("phone-calls", 1, false)],
        language: None,
    },
    Template {
        kind: Calls,
        title: "Call Spanish-speaking voters in {state}",
        body: "A warm list of people who asked to be called in Spanish. The script comes in both languages.",
        minutes: 40,
        rung: 2,
        slots: (6, 16),
        skills: &[("phone-calls", 2, false), ("spanish", 3, true)],
        language: Some(("es", true)),
    },
    Template {
        kind: DataEntry,
        title: "Type in Tuesday’s walk lists",
        body: "Photographed sheets from the field, one at a time. Fifteen minutes help already.",
        minutes: 15,
        rung: 1,
        slots: (20, 50),
        skills: &[("data-entry", 1, false)],
        language: None,
    },
    Template {
        kind: DataEntry,
        title: "Clean up the {state} contact list",
        body: "Find doubles and wrong numbers in a shared sheet. You need a calm hour and a good eye.",
        minutes: 60,
        rung: 2,
        slots: (3, 8),
        skills: &[("spreadsheets", 2, true), ("data-cleaning", 2, false)],
        language: None,
    },
    Template {
        kind: Translation,
        title: "Translate the {state} leaflet into Spanish",
        body: "Two pages about where and how to vote early. A second person reads it before it is printed.",
        minutes: 60,
        rung: 3,
        slots: (2, 4),
        skills: &[("text-translation", 3, false), ("spanish", 4, true)],
        language: Some(("es", true)),
    },
];

/// What anybody in the country can do.
pub const ANYWHERE: &[Template] = &[
    Template {
        kind: Calls,
        title: "Thank this week’s new volunteers by phone",
        body: "Ten short calls to people who joined this week. They are glad somebody noticed.",
        minutes: 15,
        rung: 1,
        slots: (30, 60),
        skills: &[("phone-calls", 1, false), ("active-listening", 2, false)],
        language: None,
    },
    Template {
        kind: Training,
        title: "Watch the first-timers’ training",
        body: "A recorded quarter of an hour about listening at doors and on the phone, with three questions at the end.",
        minutes: 15,
        rung: 1,
        slots: (200, 400),
        skills: &[],
        language: None,
    },
    Template {
        kind: Shift,
        title: "Answer questions in the volunteers’ chat",
        body: "Help others find their polling place, their captain or their walk list, from home.",
        minutes: 60,
        rung: 2,
        slots: (8, 20),
        skills: &[("volunteer-support", 2, false), ("it-support", 1, false)],
        language: None,
    },
    Template {
        kind: DataEntry,
        title: "Sort photographs of the weekend",
        body: "Pick the ten best of a folder and write one line for each.",
        minutes: 30,
        rung: 1,
        slots: (4, 8),
        skills: &[("photography", 2, false), ("social-media", 2, false)],
        language: None,
    },
];

/// Places to meet.
pub const VENUES: &[&str] = &[
    "{city} public library",
    "{city} community centre",
    "Union hall, {city}",
    "Corner café, {city}",
    "Town hall steps, {city}",
    "School gym, {city}",
];

/// Posts of HQ.
pub const HQ_POSTS: &[&str] = &[
    "Five weeks in, and every state on the board has made calls, knocked on doors and hosted meetings. Thank you. This week is about newcomers: write to each of yours within three days.",
    "The race is close in most states. Look at the likely ranks, not only at the first line, and bring one friend on Saturday.",
    "New scripts are out. They are shorter, and they begin with a question.",
    "A region that logs on paper counts as much as one with phones out: captains can enter a whole sheet at once.",
];

/// Posts of captains.
pub const CAPTAIN_POSTS: &[&str] = &[
    "Goal for {place} this week: fifty more doors before Saturday evening. Sign up for the canvass and bring a neighbour.",
    "Thank you for a great weekend in {place}. If you were there and have not logged yet, two taps do it.",
    "We need three drivers in {place} on Saturday. If you have a car and two hours, you would make somebody’s week.",
    "New faces in {place} this week: say hello at the open house.",
    "Phones are open on Tuesday and Thursday evening. First time? Sit beside somebody who has done it before.",
];

/// Answers of members.
pub const COMMENTS: &[&str] = &[
    "Count me in.",
    "I can bring two friends on Saturday.",
    "Great conversations today. People want to talk about the bus line.",
    "Is there parking nearby?",
    "I have a car and Saturday morning free.",
    "First time for me yesterday. It was easier than I thought.",
    "I can bring soup.",
    "Who has the walk lists for the north side?",
    "Well done, everybody!",
];

/// What people wrote down after listening.
pub const NOTES: &[&str] = &[
    "Worried about the price of prescriptions.",
    "Would vote early if somebody drove her.",
    "Wants the bus line back on Sundays.",
    "Has never been asked before; happy to be called again.",
    "Two students at this address, both need to register.",
    "Cares most about schools. Undecided.",
    "Would host a house meeting in two weeks.",
];

/// Puts the place names into a text.
pub fn filled(text: &str, names: &[(&str, &str)]) -> String {
    names.iter().fold(text.to_owned(), |text, (mark, name)| {
        text.replace(&format!("{{{mark}}}"), name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volunteers::skills;

    #[test]
    fn every_task_asks_for_skills_of_the_list() {
        for template in LOCAL.iter().chain(REMOTE).chain(ANYWHERE) {
            for (slug, level, _) in template.skills {
                assert!(skills::find(slug).is_some(), "{slug}");
                assert!((1..=5).contains(level));
            }
        }
    }

    #[test]
    fn names_take_the_place_of_their_marks() {
        assert_eq!(
            filled(
                "To {city}, {state}",
                &[("city", "Dayton"), ("state", "Ohio")]
            ),
            "To Dayton, Ohio"
        );
    }
}
