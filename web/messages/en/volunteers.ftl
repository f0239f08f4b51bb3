# Sentences about people and their profiles.
email-malformed = This does not look like an e-mail address. Check for a typing slip, such as a missing @ or dot.
availability-unknown = Choose among mon-am, mon-pm, mon-eve … sun-eve.
name-too-long = A name has at most 80 letters.
interest-unknown = Choose among these kinds of task: { $kinds }.
access-malformed = Say what you need in a few plain words, such as step-free.
list-too-long = This list is too long, or one of its entries is.
language-unknown = Choose among the languages listed, by tags such as en, es or zh.
number-out-of-range = Choose a number from { $low } to { $high }.
skill-unknown = This skill is not on the list, or stands there twice.
skill-level = A level is a number from 1 (a start) to 5 (could teach it).
