# Sentences about what people did and what it earned.
ledger-key-reused = This key came with another request before. Use a fresh key for each new activity.
activity-key = A key has 1 to 200 visible characters.
activity-not-for-others = Only captains and HQ enter activities for others.
activity-no-task = There is no such task.
activity-trained-already = This training is in your record already; it scores once.
activity-sheet-long = A sheet has at most { $most } rows.
activity-needed = { $field } is needed for { $kind }.
activity-foreign = { $field } does not belong to { $kind }; leave it out.
activity-outside = { $field } must be a whole number from { $least } to { $most }.
activity-more-than-quantity = { $field } cannot be more than quantity.
activity-too-long = { $field } may have at most { $most } characters.
activity-unstorable = { $field } holds a character that cannot be stored.
activity-system-only = { $field } cannot be recruit: recruits are counted when the people you invited act.
activity-ahead = { $field } lies in the future; it may be at most { $minutes } minutes ahead.
activity-final-week = { $field } lies in a week whose results are final.
activity-kind = Choose what kind of work it was.
activity-number = Type a whole number.
activity-moment = Type a day and time such as 2026-11-18T14:30.
activity-moment-needed = Say which day it was.
activity-decision = A decision is approved, rejected or held.
activity-reason-needed = Say why, so that the person can read it.
activity-reason-long = A reason has at most { $most } characters.
activity-own = Nobody decides about their own activities.
activity-reversed = This was taken back; enter it again instead.
activity-too-late = It is too late to undo this here. Ask your captain to take it back.
activity-week = A week is written like 2026-W47.

# What was done.
activity-what-doors = { $quantity ->
    [one] 1 door
   *[other] { $quantity } doors
}
activity-what-calls = { $quantity ->
    [one] 1 call
   *[other] { $quantity } calls
}
activity-what-listening_note = A listening note
activity-what-shift = { $hours ->
    [0] { $minutes ->
        [0] A shift
        [one] A shift of 1 minute
       *[other] A shift of { $minutes } minutes
    }
    [one] { $minutes ->
        [0] A shift
       *[other] A shift of 1 hour
    }
   *[other] A shift of { $hours } hours
}
activity-what-event_hosted = { $quantity ->
    [0] Hosted an event
    [one] Hosted an event with 1 guest
   *[other] Hosted an event with { $quantity } guests
}
activity-what-event_attended = Went to an event
activity-what-recruit = Somebody you invited
activity-what-donation = { $quantity ->
    [one] Raised 1 dollar
   *[other] Raised { $quantity } dollars
}
activity-what-data_entry = { $hours ->
    [0] { $minutes ->
        [one] 1 minute of data entry
       *[other] { $minutes } minutes of data entry
    }
    [one] 1 hour of data entry
   *[other] { $hours } hours of data entry
}
activity-what-translation = { $hours ->
    [0] { $minutes ->
        [one] 1 minute of translation
       *[other] { $minutes } minutes of translation
    }
    [one] 1 hour of translation
   *[other] { $hours } hours of translation
}
activity-what-training = A training
activity-what-talks = { $talks ->
    [one] { $done }, 1 conversation
   *[other] { $done }, { $talks } conversations
}

# Why it earned what it did: rates, then what became of them.
activity-rate-dials = { $rate } a dial
activity-rate-doors = { $rate } a door
activity-rate-conversations = { $rate } a conversation
activity-rate-notes = { $rate } a note
activity-rate-minutes = { $rate } an hour
activity-rate-check-ins = { $rate } for being there
activity-rate-hosting = { $rate } for hosting
activity-rate-guests = { $rate } a guest
activity-rate-attending = { $rate } for going
activity-rate-recruits = { $named ->
    [no] { $rate } for what somebody you invited did
   *[other] { $rate } because you invited { $name }
}
activity-rate-donors = { $rate } a donor
activity-rate-dollars = { $rate } times the square root of the dollars
activity-rate-trainings = { $rate } a training
activity-why-one = { $first }.
activity-why-two = { $first } and { $second }.
activity-why-cut = { $cut } beyond the limit of the day or week earn nothing.
activity-why-unverified = Counts at { $percent }% until somebody confirms it: { $counted } now.
activity-why-full = Counted in full: { $counted }.
activity-why-entered = { $named ->
    [no] Entered by your captain
   *[other] Entered by { $name }
}, so it counts in full: { $counted }.
activity-why-confirmed = { $named ->
    [no] Confirmed
   *[other] Confirmed by { $name }
}: { $counted }.
activity-why-twin = Held: the same was logged in the same minute before. It counts nothing until somebody has looked.
activity-why-overlap = Held: it overlaps another shift of yours. It counts nothing until somebody has looked.
activity-why-held = Held: it counts nothing until somebody has looked.
activity-why-rejected = Not confirmed, so it does not count. Ask your captain if you think it should.
activity-why-reversed = Taken back.
activity-why-correction-approved = { $named ->
    [no] The difference since it was confirmed.
   *[other] The difference since { $name } confirmed it.
}
activity-why-correction-rejected = { $named ->
    [no] The difference since somebody looked at it.
   *[other] The difference since { $name } looked at it.
}
activity-why-correction-reversed = { $named ->
    [no] Taken back.
   *[other] Taken back by { $name }.
}
activity-why-correction-undone = You took it back.
activity-why-reason = They wrote: “{ $reason }”

# What counts more in a week.
mission-kind-calls = Calls
mission-kind-doors = Doors
mission-kind-listening_note = Listening notes
mission-kind-shift = Shifts
mission-kind-event_hosted = Events you host
mission-kind-event_attended = Events you go to
mission-kind-recruit = People you bring in
mission-kind-donation = Donations you raise
mission-kind-data_entry = Hours of data entry
mission-kind-translation = Hours of translation
mission-kind-training = Trainings
mission-this-week = { $what } count { $weight }× this week.
mission-in-week = { $what } count { $weight }× in week { $week }.
mission-weight = A kind of work counts { $least } to { $most } times in a week.
mission-weight-decimals = Type a number such as 1.5, with at most four decimals.
mission-begun = Week { $week } has begun, so what counts in it stands. Choose a later week.

# The page.
log-title = Log
log-heading = What did you do?
log-presets = Tap to save
log-preset-today = { $what } · today
log-preset-again = as on { $day }
log-preset-again-today = as earlier today
log-preset-usual = a good evening’s work
log-else = Something else
log-kind = What kind of work
log-more = More kinds
log-kind-doors = Doors
log-kind-calls = Calls
log-kind-shift = A shift
log-kind-event_hosted = Hosted an event
log-kind-event_attended = Went to an event
log-kind-listening_note = Listening note
log-kind-data_entry = Typed data
log-kind-translation = Translated
log-kind-donation = Raised money
log-kind-training = Training
log-quantity = How many
log-conversations = Conversations
log-conversations-hint = Somebody answered and talked.
log-minutes = Minutes
log-less = One less
log-one-more = One more
log-when = When
log-day-today = Today
log-day-yesterday = Yesterday
log-day-other = Another day
log-details = Add a task or a note
log-at = Day and time
log-task = Which task it was for
log-task-none = No task
log-note = What did you hear?
log-note-hint = your captain reads it
log-needs = { $field ->
    [quantity] { $kind ->
        [doors] How many doors?
        [calls] How many calls?
        [event_hosted] How many guests came?
       *[other] How many dollars?
    }
    [minutes] How many minutes did it take?
    [note] What did you hear? Write it down here.
   *[task] Which training was it? Choose its task.
}
log-outside = { $field ->
    [conversations] Conversations: type a whole number from { $least } to { $most }.
    [minutes] Minutes: type a whole number from { $least } to { $most }.
   *[quantity] How many: type a whole number from { $least } to { $most }.
}
log-number = { $field ->
    [conversations] Conversations: type a whole number.
    [minutes] Minutes: type a whole number.
   *[quantity] How many: type a whole number.
}
log-more-talks = { $kind ->
    [calls] There cannot be more conversations than calls.
   *[other] There cannot be more conversations than doors.
}
log-ahead = This lies in the future.
log-final-week = The results of that week are final.
log-save = Save
log-saved = Saved
log-undone = Taken back
log-where = { $region }, week { $week }
log-what = { $what }, { $day }
log-today = today
log-why = Why?
log-again = Log something else
log-your-week = Your week
log-points = { $points } points
log-saved-what = Saved: { $what }.
log-undo = Undo
log-undo-left = Undo ({ "{n}" })

points-title = Why this score?
points-week = Week { $week }
points-yours = Your points
points-counted = Your region counts { $counted } of them now.
points-full = You’ve given your region full marks. Rest counts too.
points-line = What
points-earned = Points
points-counts = Counts
points-sum = Sum
points-cap = Above { $full }, half counts
points-correction = { $what } on { $day }, { $outcome ->
    [confirmed] confirmed
    [rejected] not confirmed
    [reversed] taken back
   *[held] held
}
points-none = Nothing yet this week
points-none-hint = Whatever you do, log it, and every line stands here with its reason.
points-how = How points count
points-how-trust = What you log counts in part at once, and in full when your captain confirms it. The more is confirmed, the more the next entry counts at once.
points-how-cap = Of a week, 200 points count in full and the next 400 by half, so that no region leans on one person.
points-weeks = Weeks
points-before = The week before
points-after = The week after
