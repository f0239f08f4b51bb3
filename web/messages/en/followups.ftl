# Newcomers to welcome: all that is known of how to reach them is their address.
followups-speaks = speaks { $languages }
followups-tried = { $tries ->
    [one] Tried once
   *[other] Tried { $tries } times
}, { $outcome ->
    [no_answer] no answer yet
    [wrong_number] the address does not work
   *[other] reached
}
followups-over = Overdue
followups-left = { $hours } h left
followups-reached = Reached
followups-no-answer = No answer yet
followups-wrong-number = Address does not work
followups-not-interested = Not interested
followups-note = Note
