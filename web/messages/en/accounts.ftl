# Joining, signing in, and the mails with links. Mail texts keep to plain ASCII, so that a link is
# never broken over two lines on its way.
welcome-title = Welcome
welcome-join = Join with your ZIP code

join-title = Join
join-eyebrow = { $campaign } · volunteer field office
join-headline = Your neighbours are already at it.
join-lede = Tell us where you live, and see your region’s race this minute. Then one small thing you can do about it.
join-invited = A member invited you.
join-invited-by = { $name } invited you.
join-email = E-mail
join-zip = ZIP code
join-name = Name shown to others
join-button = Show me my region
join-promise-link = No password. We mail you one link.
join-promise-data = Your address is used for this campaign’s work, and you can delete everything yourself.
join-race-says = Regions race each other, week by week, and every region can win: what counts is how active it is for its size.
join-name-long = A name has at most 80 letters, all on one line.
join-invite-unknown = This invitation is not known. Leave it out to join without it.
join-interest-unknown = Choose among the kinds of task shown.

waiting-title = { $region }
waiting-eyebrow = ZIP { $zip }
waiting-headline = { $region } could use you.
waiting-mailed = We sent a link to { $email }.
waiting-mailed-more = Open it in this browser within { $minutes } minutes. Everything below can wait, or be skipped.
waiting-other-device = Opened the mail on another device?
waiting-again = type your address again
waiting-name = What should we call you?
waiting-keep = Keep this
waiting-kept = Kept. It is yours as soon as you open the link in your mail.

interests-legend = What do you enjoy?
interest = { $kind ->
    [doors] Knock on doors
    [calls] Make calls
    [event_hosted] Host an evening
    [event_attended] Go to events
    [shift] Lend a hand
    [translation] Translate
    [data_entry] Enter data
    [training] Learn something
   *[other] { $kind }
}
when-legend = When could you?
when-caption = Days and times you are usually free
when-evenings = Weekday evenings
when-weekends = Weekends
when-any = Any time
when-clear = Clear
when-day = Day
when-am = Morning
when-pm = Afternoon
when-eve = Evening
when-day-long = { $day ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}
when-day-short = { $day ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
}

sign-in-title = Sign in
sign-in-headline = Welcome back
sign-in-lede = No password to remember. We mail you a link that works for a few minutes, in this browser.
sign-in-button = Mail me a link
sign-in-new = New here?
sign-in-join = Join with your ZIP code
mailed-title = Check your mail
mailed-headline = Check your mail
mailed-says = If { $email } is one of ours, a link is on its way. It works for { $minutes } minutes, once, in this browser.
mailed-code = Opened it on another device? Type the code it shows
mailed-nothing = Nothing after two minutes? Look in the spam folder, or
mailed-again = ask again
button-title = Sign in
button-headline = One tap and you’re in
button-says = This link works once. If you did not ask for it, close this page; nothing happens.
code-title = Your code
code-headline = Almost: use this code
code-says = You asked for the link somewhere else. Type this code on the page that is still waiting there:
code-warning = Type this only where you asked for the link.
code-warning-more = Nobody from the campaign will ever ask you for it. It works for { $minutes } minutes, five tries.
code-label = Code shown there
code-button = Continue with the code
code-not-yet = No code has been shown yet: open the link in the mail first.
code-wrong = This is not the code. Tries left: { $left }.
dead-title = This link no longer works
dead-says = It was used already, or its time is over. A fresh one takes a moment.
dead-button = Mail me a fresh link
link-dead = This link or code is wrong, used already, or its time is over. Ask for a fresh one.
token-or-code = Send either the token of the link or the code, not both.

session-device = { $browser } on { $system }
session-browser = A browser
session-program = A program

mail-sign-in-subject = Sign in to { $campaign }
mail-sign-in-before = Here is your link to { $campaign }. Open it in the browser you asked from:
mail-sign-in-after =
    It works once, for { $minutes } minutes.

    If you did not ask for it, you need do nothing: without it nobody gets in.
mail-join-subject = Welcome to { $campaign }: one link to open
mail-join-before = Good to have you. Open this link in the browser you joined from, and you are in:
mail-join-after =
    It works once, for { $minutes } minutes.

    If you did not ask to join { $campaign }, you need do nothing: nothing about you is kept.
mail-nobody-subject = No account at { $campaign } yet
mail-nobody-before = Somebody, probably you, asked to sign in to { $campaign } with this address. There is no account with it yet. If you would like to join, it takes a minute:
mail-nobody-after = If it was not you, you need do nothing.
