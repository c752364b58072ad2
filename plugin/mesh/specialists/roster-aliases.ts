import { isRecord } from "../model/is-record.ts"

const isEntry = (value: unknown): value is { agent: string; aliases?: unknown } =>
  isRecord(value) && typeof value["agent"] === "string"

/** The other names of the bundled specialists, by slug, from the text of agents/roster.json. */
export const parseRosterAliases = (text: string): Map<string, string[]> => {
  const roster: unknown = JSON.parse(text)
  if (!Array.isArray(roster)) throw new Error("the roster is no list")
  return new Map(
    roster
      .filter(isEntry)
      .map(({ agent, aliases }) => [
        agent,
        Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [],
      ]),
  )
}
