# Matching: why a task suits a person, what to know before saying yes, why it is not for somebody.
# The codes are stored; these are their sentences. $skill and $language come as names, $slot, $deeds
# and $kind as the texts of the messages below.

# The bars that staff see.
matching-term-skill = Skills
matching-term-distance = Distance
matching-term-time = Time
matching-term-ladder = Next step
matching-term-interest = Interest
matching-term-language = Language
matching-term-known = Knows somebody

# Parts of sentences.
matching-slot = { $slot ->
    [mon-am] Monday morning
    [mon-pm] Monday afternoon
    [mon-eve] Monday evening
    [tue-am] Tuesday morning
    [tue-pm] Tuesday afternoon
    [tue-eve] Tuesday evening
    [wed-am] Wednesday morning
    [wed-pm] Wednesday afternoon
    [wed-eve] Wednesday evening
    [thu-am] Thursday morning
    [thu-pm] Thursday afternoon
    [thu-eve] Thursday evening
    [fri-am] Friday morning
    [fri-pm] Friday afternoon
    [fri-eve] Friday evening
    [sat-am] Saturday morning
    [sat-pm] Saturday afternoon
    [sat-eve] Saturday evening
    [sun-am] Sunday morning
    [sun-pm] Sunday afternoon
    [sun-eve] Sunday evening
   *[other] time
}
matching-kind = { $kind ->
    [calls] phone banks
    [doors] door-knocking rounds
    [listening_note] rounds of listening
    [shift] shifts
    [event_hosted] hosting events
    [event_attended] going to events
    [recruit] recruiting drives
    [donation] fundraisers
    [data_entry] data entry sessions
    [translation] translations
    [training] trainings
   *[other] tasks like this
}
matching-deeds = { $kind ->
    [calls] { $count ->
        [one] one phone bank
       *[other] { $count } phone banks
    }
    [doors] { $count ->
        [one] one door-knocking round
       *[other] { $count } door-knocking rounds
    }
    [listening_note] { $count ->
        [one] one round of listening
       *[other] { $count } rounds of listening
    }
    [shift] { $count ->
        [one] one shift
       *[other] { $count } shifts
    }
    [event_hosted] { $count ->
        [one] one event as host
       *[other] { $count } events as host
    }
    [event_attended] { $count ->
        [one] one event
       *[other] { $count } events
    }
    [recruit] { $count ->
        [one] one recruiting drive
       *[other] { $count } recruiting drives
    }
    [donation] { $count ->
        [one] one fundraiser
       *[other] { $count } fundraisers
    }
    [data_entry] { $count ->
        [one] one data entry session
       *[other] { $count } data entry sessions
    }
    [translation] { $count ->
        [one] one translation
       *[other] { $count } translations
    }
    [training] { $count ->
        [one] one training
       *[other] { $count } trainings
    }
   *[other] { $count ->
        [one] one task
       *[other] { $count } tasks
    }
}

# Reasons.
matching-reason-skill = { $need ->
    [required] It needs one of your skills: { $skill }.
   *[welcome] One of your skills helps here: { $skill }.
}
matching-reason-language = { $need ->
    [required] You speak { $language }, and this needs it.
   *[welcome] You speak { $language }, and it helps here.
}
matching-reason-distance = { $miles ->
    [0] Right in your neighbourhood.
    [one] 1 mile away.
   *[other] { $miles } miles away.
}
matching-reason-home = You can do it from home.
matching-reason-time = On a { $slot }, when you said you are free.
matching-reason-any-time = Whenever it suits you.
matching-reason-first-step = A good first step.
matching-reason-next-step = { $count ->
    [one] A good next step after { $deeds }.
   *[other] A good next step after your { $deeds }.
}
matching-reason-done-before = You have { $deeds } behind you.
matching-reason-said-yes = You said yes to { $deeds } before.
matching-reason-enjoys = You said you enjoy { $kind }.
matching-reason-known-person = Somebody you know is going.

# The same reasons as a captain or HQ reads them beside somebody's name.
matching-reason-skill-theirs = { $need ->
    [required] Has a skill it needs: { $skill }.
   *[welcome] Has a skill that helps here: { $skill }.
}
matching-reason-language-theirs = { $need ->
    [required] Speaks { $language }, and this needs it.
   *[welcome] Speaks { $language }, and it helps here.
}
matching-reason-distance-theirs = { $miles ->
    [0] Lives right there.
    [one] Lives 1 mile away.
   *[other] Lives { $miles } miles away.
}
matching-reason-home-theirs = Can do it from home.
matching-reason-time-theirs = Is free on a { $slot }.
matching-reason-any-time-theirs = Can choose the hour.
matching-reason-next-step-theirs = A good next step after { $deeds }.
matching-reason-done-before-theirs = Has done { $deeds }.
matching-reason-said-yes-theirs = Said yes to { $deeds } before.
matching-reason-enjoys-theirs = Enjoys { $kind }.
matching-reason-known-person-theirs = Knows somebody who is going.

# What to know before saying yes, and where to settle it.
matching-caveat-time-guessed = We guessed the time suits you.
matching-caveat-skills-unknown = We do not know your skills yet.
matching-caveat-skill-missing = It also asks for { $skill }.
matching-caveat-travel-guessed = { $miles ->
    [one] It is 1 mile away; we guessed you travel that far.
   *[other] It is { $miles } miles away; we guessed you travel that far.
}
matching-caveat-farther = { $miles ->
    [one] It is 1 mile away, farther than you said you travel.
   *[other] It is { $miles } miles away, farther than you said you travel.
}
matching-caveat-distance-unknown = We cannot tell how far it is from you.
matching-caveat-big-step = It is a bigger step than your last ones.
matching-caveat-language-wanted = It would be easier with { $language }.
matching-caveat-time-guessed-theirs = Has not said when they are free.
matching-caveat-skills-unknown-theirs = Has not named a skill yet.
matching-caveat-skill-missing-theirs = It also asks for { $skill }.
matching-caveat-travel-guessed-theirs = { $miles ->
    [one] Lives 1 mile away and has not said how far they travel.
   *[other] Lives { $miles } miles away and has not said how far they travel.
}
matching-caveat-farther-theirs = { $miles ->
    [one] Lives 1 mile away, farther than they said they travel.
   *[other] Lives { $miles } miles away, farther than they said they travel.
}
matching-caveat-distance-unknown-theirs = We cannot tell how far it is for them.
matching-caveat-big-step-theirs = It is a bigger step than their last ones.
matching-fix-availability = Say when you are free
matching-fix-skills = Tell us your skills
matching-fix-travel = Say how far you travel
matching-fix-travel-again = Change it
matching-fix-languages = Tell us your languages

# Why a task is not for somebody, as staff read it beside a name.
matching-why-not-not-open = The task is not open.
matching-why-not-over = It is too late to join.
matching-why-not-full = All places are taken.
matching-why-not-already-going = Is going already.
matching-why-not-region = Belongs to another region.
matching-why-not-role = Does not hold the role it needs.
matching-why-not-age = { $years ->
    [one] Has not said to be 1 year or older.
   *[other] Has not said to be { $years } or older.
}
matching-why-not-distance = { $miles ->
    [one] Lives 1 mile away, too far.
   *[other] Lives { $miles } miles away, too far.
}
matching-why-not-availability = Not free on a { $slot }.
matching-why-not-skill = Lacks { $skill } at level { $level }.
matching-why-not-language = Does not speak enough { $language }.
matching-why-not-certificate-missing = Has not handed in: { $certificate }.
matching-why-not-certificate-unverified = Nobody has checked yet: { $certificate }.
matching-why-not-certificate-expired = Not valid on the day: { $certificate }.
matching-why-not-access = The place does not offer: { $need }.
matching-why-not-overlap = Has something else at that time.
matching-why-not-snoozed = Said “not now”, until { $until }.
matching-why-not-declined = Declined it.
matching-why-not-blocked = Wants no { $kind }.
matching-why-not-weekly-hours = Would have { $hours } hours that week, with a limit of { $cap }.

# Languages by their tags.
language-name-am = Amharic
language-name-ar = Arabic
language-name-ase = American Sign Language
language-name-bn = Bengali
language-name-de = German
language-name-el = Greek
language-name-en = English
language-name-es = Spanish
language-name-fa = Persian
language-name-fr = French
language-name-gu = Gujarati
language-name-haw = Hawaiian
language-name-he = Hebrew
language-name-hi = Hindi
language-name-hmn = Hmong
language-name-ht = Haitian Creole
language-name-it = Italian
language-name-ja = Japanese
language-name-km = Khmer
language-name-ko = Korean
language-name-lo = Lao
language-name-my = Burmese
language-name-ne = Nepali
language-name-nv = Navajo
language-name-pa = Punjabi
language-name-pl = Polish
language-name-pt = Portuguese
language-name-ru = Russian
language-name-sm = Samoan
language-name-so = Somali
language-name-sw = Swahili
language-name-ta = Tamil
language-name-te = Telugu
language-name-th = Thai
language-name-tl = Tagalog
language-name-uk = Ukrainian
language-name-ur = Urdu
language-name-vi = Vietnamese
language-name-yi = Yiddish
language-name-zh = Chinese
