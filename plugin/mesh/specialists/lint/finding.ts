/** Where a file breaks a rule of docs/specialists.md. */
export interface Finding {
  file: string
  rule: string
  detail: string
}

/** What a rule says of a file that is known from where it is asked. */
export type Found = readonly [rule: string, detail: string]

export const when = (holds: boolean, rule: string, detail: string): Found[] =>
  holds ? [[rule, detail]] : []

export const outside = (rule: string, count: number, min: number, max: number, unit: string) =>
  when(count < min || count > max, rule, `${count} ${unit}, needs ${min}-${max}`)

/** How two texts are compared that should not be the same. */
export const normal = (text: string) => text.toLowerCase().replace(/\s+/g, " ").trim()

const repeated = (values: readonly string[]) =>
  values.map(normal).filter((value, at, all) => all.indexOf(value) !== at)

export const unrepeated = (rule: string, values: readonly string[]) =>
  repeated(values).map((value): Found => [rule, `"${value}" is named twice`])
