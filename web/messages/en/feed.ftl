# A region's page: posts, answers, deeds, the honour roll.
feed-crumbs = Place
feed-race-inside = Race inside { $region }
feed-people = { $members ->
    [one] one person
   *[other] { $members } people
}, { $active } active this week
feed-captains = captain { $names }
feed-posts = Posts
feed-new-one = { "{n}" } new post
feed-new-other = { "{n}" } new posts
feed-write = A post to { $region }
feed-post = Post
feed-closed = What { $region } says to its people stays among them.
feed-closed-why = The race is open to everybody.
feed-empty = Nothing has been said yet.
feed-empty-why = Posts of your captain and of HQ appear here, and everybody in the region can answer.
feed-nobody = Somebody
feed-role-captain = Captain
feed-role-staff = HQ
feed-to = to { $region }
feed-delete = Delete
feed-answer = Answer
feed-send = Send
feed-older = Older posts
feed-deeds = Recent deeds
feed-deed = { $kind ->
    [calls] made { $n ->
        [one] one call
       *[other] { $n } calls
    }
    [doors] knocked on { $n ->
        [one] one door
       *[other] { $n } doors
    }
    [listening_note] wrote down what somebody said
    [shift] did a shift of { $minutes } minutes
    [event_hosted] hosted { $n ->
        [one] one guest
       *[other] { $n } guests
    }
    [event_attended] went to an event
    [donation] raised { $n } dollars
    [data_entry] typed in data for { $minutes } minutes
    [translation] translated for { $minutes } minutes
    [training] finished a training
   *[other] helped
}
feed-roll = Honour roll
feed-roll-empty = Nobody stands here yet this week.
feed-roll-who = Only people who asked to stand here.
feed-roll-join = Ask to be shown

feed-post-forbidden = Captains of this region and HQ write posts. You can answer them.
feed-delete-forbidden = Its author, the region’s captain or HQ can take this away.
feed-full = This discussion is full. Ask your captain to open a new one.
