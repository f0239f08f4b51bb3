# Sentences about tasks and the people on them.

# What is wrong with a field.
task-title-needed = Give it a title that begins with a verb, such as “Call voters in Hilltop”.
task-title-long = A title is one line of at most 120 letters.
task-body-long = A description has at most 4,000 letters.
task-kind-needed = Say what kind of work it is.
task-kind-unknown = Choose among calls, doors, listening_note, shift, event_hosted, event_attended, donation, data_entry, translation, training.
task-status-unknown = Choose among draft, open, closed.
task-region-needed = Say whose people it is for: the code of a region.
task-region-unknown = There is no region of this code.
task-region-foreign = You do not lead this region.
task-place-long = The name of a place has at most 160 letters.
task-zip-unknown = We do not know where this ZIP code is.
task-place-whole = Give both degrees of the place, or neither.
task-time-far = Choose a day within two years.
task-time-malformed = This is no date and time.
task-ends-first = It must end after it starts.
task-between = Choose a number between { $low } and { $high }.
task-number = This is not a number.
task-list-long = This is too much: at most 30 entries of 60 letters each.
task-language = Give each language once, by the tag it has in profiles, such as es for Spanish or zh for Chinese.
task-skill-unknown = There is no such skill on the list.
task-skill-twice = This skill stands here twice.
task-host-unknown = There is nobody of that name here.
task-slots-taken = { $taken } places are taken already. Cancel somebody first, or keep that many.
task-draft-late = Somebody is on it already. Close it instead.
task-state-own = Answer with accepted, declined or cancelled.
task-state-leader = Only the person can say that. Choose invited, assigned, checked_in, done, no_show or cancelled.
task-full = All places are taken.
task-not-open = It does not take people now.
task-over = It is over.
task-foreign = It is for people of another region.
task-age = It is for older people than you have said you are. If you are 18 or older, say so in your profile.
task-step = This does not follow from where they stand. Please look at the task again.

# Kinds of work, in the words of the field.
task-kind-calls = Phone bank
task-kind-doors = Canvass
task-kind-listening_note = Listening
task-kind-shift = Shift
task-kind-event_hosted = Hosting an event
task-kind-event_attended = Event
task-kind-donation = Fundraising
task-kind-data_entry = Data entry
task-kind-translation = Translation
task-kind-training = Training

# When, where, how long.
task-when-any = Any time
task-when-until = Any time before { $day }
task-when-span = { $from } – { $to }
task-from-home = From home
task-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
task-hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}

# The one mail of an invitation or an assignment.
task-mail-invited-subject = Would you do this? { $title }
task-mail-invited =
    You are asked to help: { $title }

    { $when }
    { $place }

    Say yes or no here:
    { $link }

    Nothing else comes about it unless you say yes.

    { $campaign }
task-mail-assigned-subject = You are on: { $title }
task-mail-assigned =
    You were put on a task: { $title }

    { $when }
    { $place }

    What it is about, and how to say that you cannot come:
    { $link }

    { $campaign }

# Pages.
task = Task
tasks-title = Tasks
tasks-manage = Write and fill tasks
tasks-new = New task
tasks-found = Tasks found
tasks-none = Nothing near you just now.
tasks-none-why = Look further around, or come back tomorrow.
tasks-none-led = No task here yet.
tasks-none-led-why = Write one, and the people it suits will see it.
tasks-more = More
tasks-pages = Pages
task-kind = Kind
task-kind-all = All kinds
task-q = Word in the title
task-far = Everywhere
task-show = Show
task-yes = I’ll do it
task-yours = You’re on it
task-not-now = Not now
task-cannot = I can’t come
task-places-left = { $free ->
    [0] Full
   *[other] { $free } of { $slots } left
}
task-taken-of = { $taken } of { $slots }
task-with = with { $name }
task-facts = Facts
task-when = When
task-where = Where
task-away = { $miles ->
    [one] 1 mile away
   *[other] { $miles } miles away
}
task-host = Host
task-places = Places
task-points = Points
task-points-how = They count in part until somebody confirms them.
task-needs = Needs
task-needs-skill = { $skill }, level { $level }
task-needs-welcome = { $what } welcome
task-needs-age = { $years } or older
task-why-you = Why you
task-what = What you’ll do
task-other-reason = Another reason
task-why-not = Why not
task-too-far = Too far
task-not-my-thing = Not my thing
task-never = Nothing of this kind again
task-hide = Hide it
task-in = You’re in. Thank you.
task-in-name = You’re in. Thank you, { $name }.
task-in-next = It is on your home page now, and your captain knows.
task-checked-in = You are checked in.
task-done = Done. Thank you.
task-invited = You are asked to do this.
task-declined = You said no to this. You can still change your mind.
task-refused-home = More like it are on your page:
task-note-closed = This task is closed.
task-note-over = This task is over.
task-note-full = All places are taken.
task-note-foreign = This task is for people of { $region }.
task-note-others = See the other tasks
task-edit = Edit
task-edit-named = Edit { $title }
task-state = State
task-state-all = All
task-state-draft = Draft
task-state-open = Open
task-state-closed = Closed
task-state-full = Full
task-state-half = Under half full
task-region = Region
task-region-any = Everywhere
task-region-hint = A name such as Ohio or “Franklin, Ohio”, a ZIP code or a code. The task is for people at or under it.
task-do = Do
task-title = Title, starting with a verb
task-when-where = When and where
task-remote = Can be done from home
task-starts = Starts
task-ends = Ends, or is to be done by
task-length = Minutes
task-length-hint = Left blank: from start to end.
task-more = More: further skills, age, papers, priority, exact place
task-radius = Within miles
task-place = Place
task-place-zip = ZIP code of the place
task-lat = Latitude
task-lon = Longitude
task-who = Who it needs
task-skill = Skill { $n }
task-skill-none = none
task-level = Level
task-need = Needed?
task-need-welcome = a plus
task-need-required = needed
task-languages = Languages needed
task-languages-hint = Tags such as es for Spanish, with commas between.
task-languages-welcome = Languages welcome
task-rung = Step, 1 to 6
task-rung-hint = 1 for a first step. People are offered the next one up.
task-priority = Priority
task-priority-hint = 0.5 to 2; 1 is usual.
task-min-age = Minimum age
task-certificates = Certificates
task-access = The place offers
task-list-hint = With commas between.
task-host-hint = Their e-mail address. Their name stands on the task.
task-save = Save
task-publish = Publish
task-keep-draft = Keep as draft
task-close = Close it
task-saved = Saved.
task-saved-closed = Closed. Nobody new can join; who is on it still sees it.
task-said = { $name }: { $standing }.
task-on-it = Who is on it
task-nobody = Nobody yet.
task-who-for = Who for it
task-who-none = Nobody whom it suits was found. Ask for less, or look further around.
task-suitable = { $n ->
    [one] one person
   *[other] { $n } people
}
task-why-not-others = Why not the others
task-step-invited = Invite
task-step-assigned = Assign
task-step-checked_in = Check in
task-step-done = Done
task-step-no_show = Did not come
task-step-cancelled = Take off
task-standing-invited = Invited
task-standing-accepted = Said yes
task-standing-assigned = Assigned
task-standing-declined = Said no
task-standing-cancelled = Not coming
task-standing-checked_in = Checked in
task-standing-done = Done
task-standing-no_show = Did not come

# What it earns; the numbers come from the scoring file.
task-earns-calls = { $each ->
    [one] 1 point for a dial
   *[other] { $each } points for a dial
}, { $talk } for a conversation.
task-earns-doors = { $each ->
    [one] 1 point for a door
   *[other] { $each } points for a door
}, { $talk } for a conversation.
task-earns-hosted = { $each ->
    [one] 1 point
   *[other] { $each } points
}, and { $talk } for each guest.
task-earns-about = About { $points } points.
task-earns-donation = { $each ->
    [one] 1 point
   *[other] { $each } points
} and more for each donor.
