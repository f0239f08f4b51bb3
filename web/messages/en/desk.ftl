# Home, the captain's page, HQ.
desk-staff-unknown = Nobody has joined with { $email } yet. Ask them to join first.
desk-skill-unknown = There is no such skill. GET /api/v1/skills lists them.
