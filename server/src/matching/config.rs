//! The weights, caps and constants of the engine, read from `config/matching.toml`; what each one
//! does stands there beside its value. Formulae: matching.md.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file as shipped; compiled in.
pub const SHIPPED: &str = include_str!("../../../config/matching.toml");

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("the matching settings cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A value outside what makes sense.
    #[error("the matching setting `{key}` is {value}; it must lie between {low} and {high}")]
    OutOfRange {
        /// The key, with its section.
        key: &'static str,
        /// What it was set to.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

/// Declares a section: a struct of named values, all of them required, no others allowed.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    };
}

section!(
    /// Everything in the file.
    MatchingConfig {
        /// Strength of each feature.
        weights: Weights,
        /// From the weighted sum to a probability.
        acceptance: Acceptance,
        /// The skill feature.
        skill: SkillRules,
        /// The distance feature and filter.
        distance: DistanceRules,
        /// The time feature; overlap and weekly hours.
        time: TimeRules,
        /// The ladder feature.
        ladder: LadderRules,
        /// The interest feature.
        interest: InterestRules,
        /// The language feature.
        language: LanguageRules,
        /// From probability to rank.
        equity: EquityRules,
        /// The list of five.
        list: ListRules,
        /// The trio of a first visit.
        first_visit: FirstVisitRules,
        /// What is said about a task.
        reasons: ReasonRules,
        /// Limits on writing to people, and when captains are asked.
        contact: ContactRules,
        /// Batch assignment.
        plan: PlanRules,
        /// How the weights are learned.
        learning: LearningRules,
    }
);

section!(
    /// Strength of each feature in the sum, in the order of [`Term::ALL`](super::score::Term::ALL).
    Weights {
        /// Knows what is asked for.
        skill: f64,
        /// How near.
        distance: f64,
        /// When.
        time: f64,
        /// The next step.
        ladder: f64,
        /// What was taken before.
        interest: f64,
        /// The language the task would like.
        language: f64,
        /// Somebody they know goes.
        known: f64,
    }
);

impl Weights {
    /// The seven in the order of [`Term::ALL`](super::score::Term::ALL).
    pub fn array(&self) -> [f64; 7] {
        [
            self.skill,
            self.distance,
            self.time,
            self.ladder,
            self.interest,
            self.language,
            self.known,
        ]
    }
}

section!(
    /// `p = min(1, σ(intercept + slope·Σ w·f)·A)`.
    Acceptance {
        /// Log-odds of nothing fitting.
        intercept: f64,
        /// Log-odds gained by everything fitting.
        slope: f64,
        /// Imagined answers in A.
        smoothing: f64,
    }
);

section!(
    /// The skill feature.
    SkillRules {
        /// The value where nothing is known.
        unknown: f64,
        /// The least rarity of a skill.
        idf_floor: f64,
    }
);

section!(
    /// The distance feature and filter.
    DistanceRules {
        /// Kilometres at which the feature is 1/e.
        scale_km: f64,
        /// The same in the country.
        rural_scale_km: f64,
        /// A county of fewer people is country.
        rural_county: u32,
        /// The feature of a remote task.
        remote: f64,
        /// The feature where a place is missing.
        unknown: f64,
        /// Times the declared travel distance that is the limit.
        travel_factor: f64,
        /// The limit where none was declared.
        default_limit_km: f64,
        /// What each "too far" does to the scale.
        too_far_factor: f64,
        /// The least share of the scale that remains.
        too_far_floor: f64,
    }
);

section!(
    /// The time feature, thirds of the day, overlap and weekly hours.
    TimeRules {
        /// Feature at a declared time.
        declared: f64,
        /// Feature where nothing was declared.
        undeclared: f64,
        /// Feature of a flexible task.
        flexible: f64,
        /// Local hour at which the afternoon begins.
        noon_hour: u32,
        /// Local hour at which the evening begins.
        evening_hour: u32,
        /// A longer window makes a task flexible.
        window_hours: u32,
        /// Minutes kept between two commitments.
        margin_minutes: u32,
        /// Cap on hours a week where the person set none.
        weekly_hours: f64,
    }
);

section!(
    /// The ladder feature by difference of rungs.
    LadderRules {
        /// How many rungs there are.
        rungs: u8,
        /// One up.
        next: f64,
        /// The same.
        same: f64,
        /// Any number below.
        below: f64,
        /// Two up.
        two_up: f64,
        /// More.
        more: f64,
    }
);

section!(
    /// The interest feature.
    InterestRules {
        /// Imagined offers.
        prior_weight: f64,
        /// Share of them taken, p̄.
        prior_rate: f64,
        /// A higher share counts as this one.
        clip: f64,
        /// Offers taken that a declared interest is worth.
        declared_accepts: f64,
        /// Offers passed over that a "not my thing" is worth.
        not_my_thing_shows: f64,
    }
);

section!(
    /// The language feature.
    LanguageRules {
        /// Speaks it well enough.
        speaks: f64,
        /// None asked, or not well enough.
        neutral: f64,
        /// Does not speak it.
        lacks: f64,
        /// Taken to be spoken where none was declared.
        default: String,
        /// Language tag → slug of the same thing on the skills list.
        skills: BTreeMap<String, String>,
    }
);

section!(
    /// From probability to rank.
    EquityRules {
        /// Most that a task's need adds.
        need_boost: f64,
        /// Power of ψ.
        fill_exponent: f64,
        /// Share of a place an open invitation takes.
        pending_share: f64,
        /// Least priority.
        priority_min: f64,
        /// Highest priority.
        priority_max: f64,
        /// Most that urgency adds.
        urgency_boost: f64,
        /// Hours left at which half of it is added.
        urgency_hours: f64,
        /// Hours over which it rises.
        urgency_scale_hours: f64,
    }
);

section!(
    /// The list of five.
    ListRules {
        /// Tasks in the list.
        length: usize,
        /// Factor for each task of the kind already in it.
        same_kind_factor: f64,
        /// Tasks of one kind at most.
        same_kind_max: usize,
        /// Minutes of the task from home that every list holds.
        home_minutes: u32,
        /// Share of the best rank an explored task has.
        explore_floor: f64,
        /// Hours unseen that make a task starve.
        starving_hours: u32,
        /// Share of the best rank a starving task has.
        starving_floor: f64,
    }
);

section!(
    /// The trio of a first visit.
    FirstVisitRules {
        /// What "nearby" means, in kilometres.
        nearby_km: f64,
        /// Highest rung of a beginner's shift.
        beginner_rung: u8,
        /// Kinds one can bring a friend to.
        friend_kinds: Vec<String>,
        /// Free places this takes.
        friend_places: u32,
    }
);

section!(
    /// What is said about a task, and for how long "not now" holds.
    ReasonRules {
        /// Reasons a task.
        count: usize,
        /// Least distance feature that is worth mentioning.
        near_share: f64,
        /// Days a "not now" lasts.
        snooze_days: u32,
    }
);

section!(
    /// Nobody is flooded, no task starves.
    ContactRules {
        /// Messages a person gets in a week at most.
        pushes_a_week: u32,
        /// Hours between two of them.
        hours_between_pushes: u32,
        /// Invitations a person has not answered, at most.
        open_offers: u32,
        /// Wanted chance that a free place is taken.
        invite_certainty: f64,
        /// Hours before the start at which a captain is asked.
        half_full_hours: u32,
        /// Share of places below which they are.
        half_full_share: f64,
    }
);

section!(
    /// Batch assignment.
    PlanRules {
        /// Worth of a place at p = 1 and priority 1.
        worth: f64,
        /// Factors of a task's first, second, … place.
        place_factors: Vec<f64>,
        /// Costs of a person's first, second, … task.
        person_costs: Vec<f64>,
    }
);

section!(
    /// How the weights are learned.
    LearningRules {
        /// Variance of the prior.
        prior_variance: f64,
        /// Label weight of an acceptance.
        accepted: f64,
        /// Label weight of showing up.
        showed: f64,
        /// Label weight of a completed task.
        completed: f64,
    }
);

impl MatchingConfig {
    /// Reads and checks the text of a file like `config/matching.toml`.
    ///
    /// # Errors
    /// Not TOML; an unknown, missing or mistyped key; a value out of its range.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// Refuses the first value that would make the formulae meaningless.
    fn check(&self) -> Result<(), ConfigError> {
        for (key, value, low, high) in super::limits::of(self) {
            if !(low..=high).contains(&value) {
                return Err(ConfigError::OutOfRange {
                    key,
                    value,
                    low,
                    high,
                });
            }
        }
        Ok(())
    }
}
