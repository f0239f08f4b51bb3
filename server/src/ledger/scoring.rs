//! The weights and caps of the scoring engine, as `config/scoring.toml` names and explains them.

use serde::Deserialize;

use super::points::Points;
use super::weight::{Mission, Weight};

/// Declares sections of the file: a public struct of public fields that refuses unknown keys.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    )*};
}

sections! {
    /// The whole file.
    ScoringConfig {
        /// Points of phone calls.
        calls: Calls,
        /// Points of doors.
        doors: Doors,
        /// Points and daily limit of listening notes.
        listening_note: ListeningNote,
        /// Points of shifts.
        shift: Shift,
        /// Points of hosting an event.
        event_hosted: EventHosted,
        /// Points of attending one.
        event_attended: EventAttended,
        /// Points and weekly limit of recruits.
        recruit: Recruit,
        /// Points and weekly limit of donations raised.
        donation: Donation,
        /// Points of data entry.
        data_entry: Hourly,
        /// Points of translation.
        translation: Hourly,
        /// Points of training.
        training: Training,
        /// Outside of these an entry is refused.
        bounds: Bounds,
        /// What a mission weight may be.
        mission: MissionBounds,
        /// How a person's week is capped.
        soft_cap: SoftCap,
        /// What an unverified entry counts.
        trust: Trust,
        /// When weeks end for good.
        weeks: Weeks,
        /// The race.
        race: RaceNumbers,
    }
    /// Phone calls: points a dial and, on top, a conversation.
    Calls {
        /// Points a dial.
        dial: Points,
        /// Points a conversation, on top.
        conversation: Points,
    }
    /// Doors: points a door and, on top, a conversation.
    Doors {
        /// Points a door.
        door: Points,
        /// Points a conversation, on top.
        conversation: Points,
    }
    /// Listening notes.
    ListeningNote {
        /// Points a note.
        note: Points,
        /// Notes of one person and day that score.
        per_day: u32,
    }
    /// Shifts.
    Shift {
        /// Points an hour, when no work was counted.
        hour: Points,
        /// Points for showing up, when the work was counted instead.
        checked_in: Points,
    }
    /// Events somebody hosts.
    EventHosted {
        /// Points for hosting.
        hosting: Points,
        /// Points a guest.
        guest: Points,
        /// Guests that score.
        guests_counted: u32,
    }
    /// Events somebody attends.
    EventAttended {
        /// Points for attending.
        attending: Points,
    }
    /// Recruits.
    Recruit {
        /// Points at the recruit's first verified action.
        first_action: Points,
        /// Points again at a later one,
        later_action: Points,
        /// which is this one,
        later_at: u32,
        /// within so many days.
        later_days: u32,
        /// Recruits of one person and week that score.
        per_week: u32,
    }
    /// Donations raised from others.
    Donation {
        /// Points a donor.
        donor: Points,
        /// Points times the root of the dollars.
        root_dollar: Points,
        /// Dollars that score.
        dollars_counted: u32,
        /// Points of one person and week from donations.
        per_week: Points,
    }
    /// Work paid by the hour.
    Hourly {
        /// Points an hour.
        hour: Points,
    }
    /// Training.
    Training {
        /// Points a training.
        training: Points,
    }
    /// The largest amounts an entry may name.
    Bounds {
        /// Dials or doors.
        quantity: u32,
        /// Guests.
        guests: u32,
        /// Dollars of one donor.
        dollars: u32,
        /// Minutes.
        minutes: u32,
        /// Characters of a note.
        note: u32,
        /// Minutes that `occurred_at` may lie ahead.
        ahead_minutes: u32,
    }
    /// What a mission weight may be.
    MissionBounds {
        /// The least.
        least: Mission,
        /// The most.
        most: Mission,
    }
    /// The soft cap `u` of a member-week.
    SoftCap {
        /// Points that count whole.
        full: Points,
        /// Points beyond that count in part.
        further: Points,
        /// In which part.
        share: Weight,
    }
    /// Trust: the verification of an entry nobody has looked at.
    Trust {
        /// Days whose decisions are counted.
        days: u32,
        /// Approvals everybody starts with.
        prior_for: u32,
        /// Decisions everybody starts with.
        prior_all: u32,
        /// How many decisions a rejection weighs.
        rejection: u32,
        /// Never more than this without somebody looking.
        ceiling: Weight,
    }
    /// When weeks end.
    Weeks {
        /// Hours after the race's close at which a week is final.
        final_hours: u32,
        /// Days of inactivity after which a person rests.
        resting_days: u32,
    }
    /// The race (scoring.md, The race: Pace against par).
    RaceNumbers {
        /// Points hoped for from a member and week, h.
        hoped: f64,
        /// Exponent of the roster in the cold-start par.
        exponent: f64,
        /// Dispersion between members at the start, φ.
        phi: f64,
        /// Variance between regions at the start, τ².
        tau2: f64,
        /// The least τ² an estimate gives.
        tau2_min: f64,
        /// The most.
        tau2_max: f64,
        /// What damps the weights of that estimate.
        tau2_damping: f64,
        /// The least common pace g.
        g_min: f64,
        /// The most.
        g_max: f64,
        /// Iterations of g at most.
        g_steps: u32,
        /// Local hour at which a day's work begins, for the cold-start share.
        from_hour: u32,
        /// Local hour at which it ends.
        to_hour: u32,
        /// Eligible from a par of so many φ,
        eligible_phi: f64,
        /// and a roster of so many.
        eligible_members: u32,
        /// Ranked entries that make a board live.
        live_from: u32,
        /// Lower end of the interval shown, a probability.
        interval_low: f64,
        /// Upper end.
        interval_high: f64,
        /// Lower end of the ranks shown, a probability.
        range_low: f64,
        /// Upper end.
        range_high: f64,
        /// Draws for the ranks.
        draws: u32,
        /// Seconds between two sets of draws of a board.
        redraw_seconds: u32,
        /// Probability from which a lead is clear.
        clear: f64,
    }
}
