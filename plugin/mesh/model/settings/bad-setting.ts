import type * as z from "zod"
import { editDistance } from "../words/edit-distance.ts"

export interface ConfigProblem {
  /** Where it was read, and the setting. */
  path: string
  problem: string
}

/** These may hold a password or a key: their values are in no log and on no screen. */
const secret = new Set(["ledger", "routing", "telemetry"])

/** What a person knows again; the rest of it is in their file. */
const mostCharacters = 60

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text
}

/** Why a value does not fit, and which one holds in its place. */
export const describeBadValue = (
  key: string,
  value: unknown,
  schema: z.ZodType,
  issue: z.core.$ZodIssue | undefined,
  used: { value: unknown; from: string | undefined },
) => {
  const said = (issue?.message ?? "").replace(/^Invalid input: /, "")
  // Of a choice between two kinds of value zod says no more than that.
  const why = said === "" || said === "Invalid input" ? (schema.description ?? "not valid") : said
  const isHidden = secret.has(key) && typeof value !== "number"
  const what = isHidden ? "its value does not fit" : `${shown(value)} does not fit`
  const instead =
    used.value === undefined
      ? "the default is used"
      : secret.has(key)
        ? `the one of ${used.from ?? "the default"} is used`
        : `${shown(used.value)} is used, ${used.from === undefined ? "the default" : `from ${used.from}`}`
  return `${what} (${why}); ${instead}`
}

/** Two slips in a short name, a few more in a long one. */
const mostSlips = (name: string) => Math.max(2, Math.floor(name.length / 4))

/** A setting that is not there, and the one that may have been meant. */
export const describeUnknown = (key: string, known: readonly string[]) => {
  const name = key.toLowerCase().replaceAll(/[- ]/g, "_")
  const near = known
    .map((each) => ({ each, slips: Math.min(editDistance(name, each), withoutEnd(name, each)) }))
    .filter(({ slips }) => slips <= mostSlips(name))
    .toSorted((a, b) => a.slips - b.slips)[0]
  return `unknown setting; it is ignored${near ? `. Did you mean ${near.each}?` : ""}`
}

/** "stall" for stall_ms, "retention" for retention_days: an end that was left out is one slip. */
const withoutEnd = (name: string, known: string) =>
  name.length >= 4 && known.startsWith(`${name}_`) ? 1 : Infinity
