# Boards, the race page and the live socket.
live-protocol = Offer the subprotocol muster.v1.
live-handshake = Open this address as a WebSocket.

race-week-malformed = A week is written like 2026-W47.
race-week-ahead = This week has not begun yet.

race-title = The { $region } race
race-place = Place
race-week = Week { $week }, { $from } to { $to }
race-closes = closes in { $span }
race-closed = closed; late entries count until { $until }
race-final = final
race-span-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
} { $hours ->
    [0] {""}
    [one] { $hours } hour
   *[other] { $hours } hours
}
race-span-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
race-span-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
race-week-before = The week before
race-week-now = This week

race-warming-first = This first week is a warm-up: everything counts, nobody is ranked yet.
race-warming-few = Ranks appear once at least three regions are large enough, and far enough into their week, to be compared fairly.
race-opens = Opens in
race-opens-note = Until then regions stand by points.

race-duel = Next to you
race-duel-par = dashed line: par
race-behind = { $count ->
    [one] About { $n } door behind { $name }.
   *[other] About { $n } doors behind { $name }.
}
race-ahead = Ahead of { $name }, for now.

race-standing = Standing
race-live-on = Live
race-live-lost = Last updated { $time }
race-live-paused = Paused at { $time }
race-live-signed-out = You have been signed out. Sign in to watch live.
race-live-off = Updated { $time }
race-waiting = { $count ->
    [one] { $n } update waiting
   *[other] { $n } updates waiting
}
race-pause = Pause
race-resume = Resume
race-say-own = { $name } is { $rank }, Pace { $pace }.
race-say-lead = { $name } leads.
race-say-label = Spoken updates for screen readers
race-say-half = every 30 seconds
race-say-two = every 2 minutes
race-say-off = off

race-caption = Pace against par, where 100 is a usual week for a region of that size.
race-caption-points = By points, until there is enough to compare fairly
race-head-rank = Rank
race-head-region = Region
race-head-pace = Pace
race-head-band = Where it likely stands
race-head-next = To next
race-head-people = People
race-head-active = Active
race-head-points = Points
race-unranked = By points, until there is enough to compare fairly
race-none = –
race-par = ✓ par
race-points = { $count ->
    [one] { $n } point
   *[other] { $n } points
}
race-tie = { $n }=
race-range = likely { $low }–{ $high }
race-range-sure = likely { $low }
race-ordinal-one = { $n }st
race-ordinal-two = { $n }nd
race-ordinal-few = { $n }rd
race-ordinal-other = { $n }th
race-next = { $count ->
    [one] { $n } door
   *[other] { $n } doors
}
race-up = up
race-down = down

race-moved = What moved it
race-moved-by = +{ $points } { $region } { $kind }
race-moved-nothing = Nothing since this page’s server started. The next entry shows here.
race-deed-calls = phone bank
race-deed-doors = doors
race-deed-listening-note = listening notes
race-deed-shift = shift
race-deed-event-hosted = event hosted
race-deed-event-attended = event
race-deed-recruit = new volunteer
race-deed-donation = fundraising
race-deed-data-entry = data entry
race-deed-translation = translation
race-deed-training = training
race-deed-other = work

race-empty = Nobody races here yet.
race-empty-past = Nobody took part that week.
race-empty-invite = A region is in the race from its first entry on. Log something, or bring somebody who will.
race-empty-link = Get my invitation link

race-how = How is this computed?
race-how-par = Each region is measured against its own par: what a region with that many members can be expected to do by this hour of the week, fixed on Monday. Whoever joins later adds points and never raises par.
race-how-points = Points count with trust: work that somebody else has confirmed counts in full. Above 200 points a week a person’s points count half and above 600 no more, so that nobody has to burn out for a rank.
race-how-sure = Small regions swing more, so the rank weighs how sure we are. The pale band is where the true Pace most likely lies, and the likely ranks say how much of the order is chance.

race-strip-title = { $region } this week
race-strip-whole = Whole race
race-strip-pace = Pace
race-strip-par = par is 100
race-strip-range = Likely { $low } to { $high }.
race-strip-range-sure = Likely { $low }.
race-strip-warming = { $points } so far. Ranks come when there is enough to compare fairly.
race-strip-none = Your region is not in the race yet: it starts with its first entry.
race-strip-lead = In the lead.
race-strip-all = { $count ->
    [0] Nobody has logged anything yet this week. The first entry opens the race.
    [one] One region is in the race this week.
   *[other] { $count } regions are in the race this week.
}
race-mini-title = { $region } this week
race-mini-some = Pace · { $shown } of { $count }
race-mini-pace = Pace
