# Regions: names of the levels, ZIP answers, moving.

region-level-nation = { $count ->
    [one] nation
   *[other] nations
}
region-level-state = { $count ->
    [one] state
   *[other] states
}
region-level-county = { $count ->
    [one] county
   *[other] counties
}
region-level-turf = { $count ->
    [one] turf
   *[other] turfs
}

postcode-missing = Type your ZIP code: five digits, such as 43215.
postcode-malformed = “{ $value }” is not a ZIP code. Type five digits, such as 43215.
postcode-unknown = No ZIP code { $value } is known. Check the five digits, or pick your state.
postcode-new = ZIP code { $value } is new to us, so you start with { $region } as a whole.

region-code-empty = Name a region, such as us-oh.
region-code-too-long = A region code has at most 64 characters.
region-code-bad-character = “{ $value }” is not a region code: only small letters, digits and hyphens.
region-code-empty-part = “{ $value }” is not a region code: something is missing beside a hyphen.
region-unknown = There is no region { $value }.
region-too-far = { $region } is more than { $km } km from your ZIP code. HQ can move you there.
