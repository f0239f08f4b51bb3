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
postcode-unknown = No ZIP code { $value } is known. Check the five digits.
postcode-new = ZIP code { $value } is new to us, so you start with { $region } as a whole.

region-code-empty = Name a region, such as us-oh.
region-code-too-long = A region code has at most 64 characters.
region-code-bad-character = “{ $value }” is not a region code: only small letters, digits and hyphens.
region-code-empty-part = “{ $value }” is not a region code: something is missing beside a hyphen.
region-unknown = There is no region { $value }.
region-hint = A name such as Ohio or “Franklin, Ohio”, a ZIP code, or a code such as us-oh-39049.
region-meant-none = No region is called “{ $name }”. Type a name, a ZIP code or a code such as us-oh-39049.
region-meant-several = Several regions are called “{ $name }”: { $several }. Add the state after a comma, or type a code.
region-too-far = { $region } is more than { $km } km from your ZIP code. HQ can move you there.
region-not-county = { $region } is not a county. Choose a county within { $km } km of your ZIP code; HQ can move you anywhere.
region-its-county = { $region } goes by its own ZIP code. Choose its county { $code } instead, or change your ZIP code.
region-unmeasured = We cannot tell how far { $region } is from you. HQ can move you there.
region-one-of-two = Give a zip or a region, one of the two.
zip-too-far = ZIP code { $value } is more than { $km } km from yours. HQ can move you there.
zip-elsewhere = ZIP code { $value } lies in another state than yours. HQ can move you there.
