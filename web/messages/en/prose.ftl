# Texts people write, and moments as people say them.
prose-missing = Write something first.
prose-long = This takes at most { $most } characters.
prose-control = This holds characters that cannot be shown. Type it again, or paste it as plain text.

lately = { $day }, { $time }
lately-day = { $day ->
    [today] today
    [yesterday] yesterday
    [tomorrow] tomorrow
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}
