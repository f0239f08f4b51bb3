# Calls to newcomers.
followups-speaks = speaks { $languages }
followups-tried = { $tries ->
    [one] Tried once
   *[other] Tried { $tries } times
}, { $outcome ->
    [no_answer] nobody answered
    [wrong_number] wrong number
   *[other] spoken to
}
followups-over = Overdue
followups-left = { $hours } h left
followups-reached = Reached
followups-no-answer = No answer
followups-wrong-number = Wrong number
followups-not-interested = Not interested
followups-note = Note
