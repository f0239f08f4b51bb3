# Sentences that belong to the whole house: navigation, errors, units.
app-skip = Skip to the content
nav-home = Home
nav-race = Race
nav-log = Log
nav-tasks = Tasks
nav-me = Me
nav-captain = Captain
nav-hq = HQ
nav-join = Join
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-label = Main

error-invalid = Some of this cannot be used. Please look at the marked fields.
error-malformed = This request cannot be read.
error-sign-in-needed = Please sign in first.
error-forbidden = This is for captains and HQ. If it should be yours to do, ask HQ.
error-not-found = There is nothing here, or it is not yours to see.
error-conflict = This cannot be done right now.
error-gone = This is no longer there.
error-too-large = This is larger than we take. Send at most { $kib } KiB.
error-wrong-type = Send this as { $wanted }.
error-too-many = Too much at once. Try again in { $seconds } seconds.
error-unavailable = We cannot save anything at this moment. Try again in { $seconds } seconds; nothing you were told is saved has been lost.
error-internal = Something broke on our side. Nothing you were told is saved has been lost.
error-method = This address does not take that method. It takes { $allow }.
error-too-slow = The rest of this did not arrive in time. Send it again.
error-title-400 = We could not read that
error-title-401 = Please sign in
error-title-403 = Not allowed
error-title-404 = Nothing here
error-title-405 = Not like this
error-title-408 = Too slow
error-title-409 = Not right now
error-title-410 = No longer there
error-title-413 = Too large
error-title-415 = Wrong kind of content
error-title-422 = Please look again
error-title-429 = Too many
error-title-500 = Our mistake
error-title-503 = One moment, please
error-help-home = Go to the start page
error-help-race = See the race
error-request = If you ask for help, give this number: { $id }

error-origin = This came from another site. Open Muster itself and try again.
error-json-syntax = The body is not JSON: { $why }.
error-field-unknown = There is no field { $field } here.
error-field-missing = The field { $field } is missing.
error-field-twice = The field { $field } stands there twice.
error-field-whole = Give a whole number, such as 12.
error-field-size = This number is too small or too large.
error-field-number = Give a number, such as 1.5.
error-field-text = Give a text, in quotation marks.
error-field-yes-no = Give true or false.
error-field-list = Give a list, in square brackets.
error-field-object = Give an object, in braces with named fields.
error-field-choice = Choose one of these: { $choices }.
error-field-time = Give a time in UTC, such as 2026-11-21T14:00:00Z.
error-field-day = Give a day, such as 2026-11-21.
error-field-unreadable = This is not in a form we can read.
error-json-object = Send one JSON object: named fields in braces.
error-form = The field { $field } of this form cannot be read.
error-cursor = This cursor is not one of ours. Begin again without it.
error-limit = Give a number from 1 to 200.
error-key-needed = Send an Idempotency-Key header, so that a repeat cannot score twice.
error-key-malformed = An Idempotency-Key has 1 to 200 visible characters of plain ASCII.
error-id = This is not an id.
error-summary = Please look again
nav-region = Region
foot-about = { $campaign ->
    [Muster] Muster is free software.
   *[other] { $campaign } runs on Muster, which is free software.
}

date-day = { $month } { $day }
date-weekday = { $weekday }, { $day }
date-moment = { $day }, { $time }
# $hour runs from 0 to 23, $hour12 from 1 to 12 with $half.
date-time = { $hour12 }:{ $minute } { $half ->
    [am] AM
   *[pm] PM
}
ago-now = just now
ago-minutes = { $count ->
    [one] a minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] an hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = June
month-7 = July
month-8 = Aug
month-9 = Sept
month-10 = Oct
month-11 = Nov
month-12 = Dec
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
day-mon = Monday
day-tue = Tuesday
day-wed = Wednesday
day-thu = Thursday
day-fri = Friday
day-sat = Saturday
day-sun = Sunday
third-am = Morning
third-pm = Afternoon
third-eve = Evening

number-group = ,
number-decimal = .
