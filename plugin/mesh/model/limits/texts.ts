/**
 * Names, roles, reasons: they stand in lists, headers and on terminals, so no line break, no control
 * character and nothing that turns the direction of reading.
 */
export const oneLine = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u
export const oneLineRule = "one line of printable characters"
