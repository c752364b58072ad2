/**
 * What two values of a setting lead to. `seen` is asked what happens under settings; `becomes` is what
 * it has to answer for each value. A value that only parses cannot pass: the two answers differ.
 */
export interface Case<Seen = unknown> {
  values: readonly [unknown, unknown]
  becomes: readonly [Seen, Seen]
  seen: (settings: Record<string, unknown>) => Seen | Promise<Seen>
}
