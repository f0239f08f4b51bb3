# Sentences about people and their profiles.
email-malformed = This does not look like an e-mail address. Check for a typing slip, such as a missing @ or dot.
availability-unknown = Choose among mon-am, mon-pm, mon-eve … sun-eve.
