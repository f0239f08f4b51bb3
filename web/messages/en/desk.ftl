# Home, the captain's page, HQ.
desk-staff-unknown = Nobody has joined with { $email } yet. Ask them to join first.
desk-skill-unknown = There is no such skill. GET /api/v1/skills lists them.

# Home.
desk-home = Home
desk-week = week { $week }
desk-home-first = You are { $region }’s first. Bring two.
desk-home-hello = { $third ->
    [am] Good morning.
    [pm] Good afternoon.
   *[eve] Good evening.
}
desk-home-hello-name = { $third ->
    [am] Good morning, { $name }.
    [pm] Good afternoon, { $name }.
   *[eve] Good evening, { $name }.
}
desk-weeks = { $of ->
    [one] { $did ->
        [0] your first week
       *[other] active in your first week
    }
   *[other] { $did } of your last { $of } weeks
}
desk-in = You’re in.
desk-in-name = You’re in, { $name }.
desk-call-captain = { $name } looks after your region and will write to you within 72 hours.
desk-call-hq = Somebody from HQ will write to you within 72 hours.
desk-next = Your next commitment
desk-also = Also yours
desk-cannot-named = I can’t come: { $title }
desk-see-task = See the task
desk-check-in = Your host checks you in.
desk-cannot = I can’t come
desk-invited = You are invited
desk-fits = Fits you this week
desk-all-tasks = All tasks
desk-said-not-now = Not now, then. It may come back later.
desk-said-too-far = Noted: too far. We will look nearer to you.
desk-said-not-my-thing = Noted: not your thing. You will see less of its kind.
desk-said-never = Noted. We will not offer you its kind again.
desk-said-cancelled = Noted: you are off it, and its place is free for somebody else.
desk-said-name = Good to meet you.
desk-said-back = Changed your mind? Here it is.
desk-no-task = No task fits you at this moment.
desk-no-task-why = Tell us when you are free and what you can do, and look in again: captains write new ones every day.
desk-no-task-go = Say when you are free
desk-log = Did something?
desk-log-why = Two taps, and your region moves.
desk-log-go = Log it
desk-points = My points
desk-posts = News for { $region }
desk-posts-none = Nothing new.
desk-posts-all = All from { $region }
desk-invite = Bring somebody along
desk-invite-why = Whoever joins by your link is counted as yours once they act.
desk-invite-link = Your link

# The captain's page.
desk-captain = Captain
desk-captain-eyebrow = captain
desk-captain-title = { $count ->
    [0] Nobody waits for your welcome.
    [one] One person waits to hear from you.
   *[other] { $count } people wait to hear from you.
}
desk-show = Show
desk-called = { $outcome ->
    [reached] Welcome them again soon: one off the list.
    [not_interested] Noted. Thank you for asking.
   *[other] Noted. They stay on the list.
}
desk-decided = { $count ->
    [0] Nothing was left to decide.
    [one] One entry decided.
   *[other] { $count } entries decided.
}
desk-saved = { $count ->
    [0] The sheet was empty.
    [one] One line saved.
   *[other] { $count } lines saved.
}
desk-call-today = Write to today
desk-call-why = who hears from you within 72 hours stays
desk-call-nobody = Everybody has heard from you. Thank one person today.
desk-call-beneath = { $count ->
    [one] One more waits for a captain beneath you, still in time.
   *[other] { $count } more wait for captains beneath you, still in time.
}
desk-approve = To confirm
desk-approve-nothing = Nothing waits to be confirmed.
desk-approve-caption = Entries waiting for a second person
desk-approve-choose = Choose
desk-approve-some = The { $shown } oldest are shown.
desk-approve-all = Tick all
desk-approve-none = Tick none
desk-approve-tick = Tick at least one line.
desk-reject-why = Say why, so that they know.
desk-approve-chosen = Confirm chosen
desk-reject-chosen = Reject chosen
desk-reason = Reason, if you reject
desk-reason-twice = This was counted already.
desk-reason-many = The number seems too high. What happened?
desk-reason-other = This belongs to somebody else.
desk-held = Held
desk-nobody = Somebody
desk-head-who = Who
desk-head-did = Did
desk-head-when = When
desk-head-note = Note
desk-head-kind = Kind
desk-head-quantity = How many
desk-head-talks = Talks
desk-head-minutes = Minutes
desk-head-day = Day
desk-sheet = Paper sheet
desk-sheet-why = One line a person, by name or e-mail. Good lines are kept even if others need mending.
desk-sheet-faults = Some lines need mending
desk-sheet-row = Line { $n }
desk-sheet-cell = Line { $n }: { $what }
desk-sheet-fault = Line { $n }: { $why }
desk-sheet-save = Save the sheet
desk-sheet-more = Ten more lines
desk-sheet-day = Type a day such as 2026-11-21.
desk-sheet-who = Say who it was: a name or an e-mail address.
desk-sheet-nobody = There is nobody called “{ $name }” here. Type their e-mail address.
desk-sheet-several = Several people are called “{ $name }”. Type the e-mail address.
desk-post = Say something to your people
desk-post-text = A goal, a thank-you, where to meet
desk-post-go = Post to { $region }
desk-people-of = People of { $region }
desk-tasks = Tasks

# Who is here now, on both.
# Five or more; the name of a region stands alone, since some want an article.
desk-here = { $region }: { $people } people are following live right now.
desk-here-few = { $region }: a few people are following live right now.
desk-here-none = { $region }: nobody is following live right now.

# HQ.
desk-tab-today = Today
desk-tab-offices = Captains
desk-people = People
desk-offices = Captains and staff
desk-hq-title = { $count ->
    [one] One volunteer, { $ready } ready now.
   *[other] { $people } volunteers, { $ready } ready now.
}
desk-first = Three first steps
desk-first-invite = Bring the first people
desk-first-invite-why = Send them your link. Each joins with an e-mail address and a ZIP code, and belongs to that region.
desk-first-captain = Name a captain
desk-first-captain-why = Somebody who looks after a region: welcomes newcomers within 72 hours and confirms what was done.
desk-first-task = Write the first task
desk-first-task-why = Fifteen minutes from home is a good first one. Whom it suits sees it at once.
desk-volunteers = Volunteers
desk-joined = { $count ->
    [0] nobody joined in seven days
   *[other] { $count } joined in seven days
}
desk-active = Active this week
desk-of-hundred = { $n }% of all
desk-ready = Ready now
desk-ready-note = said they are free at this time
desk-slots = Open places
desk-in-tasks = { $count ->
    [0] no open task
    [one] in one task
   *[other] in { $count } tasks
}
desk-missions = What counts more
desk-missions-why = Say what matters most in a week to come, before it begins. Everybody sees it where they log, and every line says it.
desk-mission-week = Week { $week }, from { $day }
desk-mission-none = Everything counts as usual.
desk-mission-until = Can be changed until { $moment }.
desk-mission-stands = It has begun, so this stands.
desk-mission-when = Week
desk-mission-what = What
desk-mission-weight = Counts so many times
desk-mission-hint = 0.5 to 2; 1 is as usual.
desk-mission-go = Let it count
desk-mission-done = Saved. People will see it when the week begins.
desk-uncalled = Not reached yet
desk-overdue = { $count ->
    [0] all within 72 hours
   *[other] { $count } past 72 hours
}
desk-where = Where they are
desk-where-caption = Choose a region to go deeper
desk-where-nobody = Nobody beneath this region yet.
desk-ready-what = Ready for what
desk-skills-none = Nobody has named a skill yet.
desk-free-when = Free when
desk-free-caption = Volunteers free by day and time
desk-day-mon = Mon
desk-day-tue = Tue
desk-day-wed = Wed
desk-day-thu = Thu
desk-day-fri = Fri
desk-day-sat = Sat
desk-day-sun = Sun
desk-q = Name or e-mail
desk-everywhere = Everywhere
desk-skill = Skill
desk-skills = Skills
desk-any = Any
desk-free = Free
desk-free-more = { $shown } and { $more } more
desk-any-time = Any time
desk-language = Language
desk-speaks = Speaks
desk-search = Search
desk-clear = Clear
desk-found = { $count ->
    [0] Nobody found
    [one] One person
   *[other] { $people } people
}
desk-found-nobody = Nobody fits all of this. Leave something out.
desk-audited = each look is written to the audit log
desk-head-name = Name
desk-last-active = Last active
desk-never = never
desk-state = State
desk-resting = Resting
desk-next-people = Next 50
desk-move = Move
desk-move-to = Move to ZIP code or region
desk-move-go = Move them
desk-moved = Moved. They belong there from now on.
desk-office-done = Done. It counts from now on.
desk-office-ended = Ended. From now on the region is closed to them, and its newcomers wait for the captain above or for HQ.
desk-captain-name = Name a captain
desk-email = Their e-mail address
desk-captain-go = Make them captain
desk-staff-name = Take somebody into HQ
desk-staff-hint = They see everybody and everything. They must have joined first.
desk-staff-go = Take them in
desk-captains = Captains
desk-captains-none = There is no captain yet. Newcomers wait for HQ.
desk-since = since { $day }
desk-end = End it
desk-you = you
