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
task-place-whole = Give both degrees of the place, or neither.
task-time-far = Choose a day within two years.
task-time-malformed = This is no date and time.
task-ends-first = It must end after it starts.
task-between = Choose a number between { $low } and { $high }.
task-number = This is not a number.
task-list-long = This is too much: at most 30 entries of 60 letters each.
task-language = Give each language once, as a tag such as es or zh.
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
