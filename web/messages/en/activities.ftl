# Sentences about what people did and what it earned.
ledger-key-reused = This key came with another request before. Use a fresh key for each new activity.
activity-key = A key has 1 to 200 visible characters.
activity-not-for-others = Only captains and HQ enter activities for others.
activity-no-task = There is no such task.
activity-trained-already = This training is in your record already; it scores once.
activity-sheet-long = A sheet has at most { $most } rows.
activity-needed = { $field } is needed for { $kind }.
activity-foreign = { $field } does not belong to { $kind }; leave it out.
activity-outside = { $field } must be a whole number from { $least } to { $most }.
activity-more-than-quantity = { $field } cannot be more than quantity.
activity-too-long = { $field } may have at most { $most } characters.
activity-unstorable = { $field } holds a character that cannot be stored.
activity-system-only = { $field } cannot be recruit: recruits are counted when the people you invited act.
activity-ahead = { $field } lies in the future; it may be at most { $minutes } minutes ahead.
activity-final-week = { $field } lies in a week whose results are final.
