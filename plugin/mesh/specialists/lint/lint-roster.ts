import { type Finding, type Found, normal, when } from "./finding.ts"
import type { AgentFile } from "../file/parse-agent-file.ts"

export interface RosterEntry {
  agent: string
  title: string
  division: string
  access: string
  aliases: string[]
  tier: string
  origin: string
}

const isTitleCase = (title: string) =>
  title.split(/[\s/-]+/).every((word) => /^[^\p{Ll}]|^(and|or|of|for|the|in|to|with)$/u.test(word))

/** A roster fixes titles, divisions and access classes; an empty one fixes nothing. */
export const lintRoster = (
  files: readonly AgentFile[],
  roster: readonly RosterEntry[],
): Finding[] => {
  const entries = new Map(roster.map((entry) => [entry.agent, entry]))
  return files.flatMap(({ file, slug, mesh }) => {
    const entry = entries.get(slug)
    const spelledOut = mesh.title === entry?.title
    const found: Found[] = [
      ...when(!spelledOut && !isTitleCase(mesh.title), "title", `"${mesh.title}": use Title Case`),
    ]
    if (roster.length > 0 && !entry) found.push(["slug", `"${slug}" is not in the roster`])
    if (entry) {
      // The roster's capitals are not always right ("Llm"), so a file may correct them.
      const sameTitle = normal(mesh.title) === normal(entry.title)
      found.push(
        ...when(!sameTitle, "title", `"${mesh.title}", the roster has "${entry.title}"`),
        ...when(
          mesh.division !== entry.division,
          "division",
          `${mesh.division}, the roster has ${entry.division}`,
        ),
        ...when(
          mesh.access !== entry.access,
          "access",
          `${mesh.access}, the roster has ${entry.access}`,
        ),
      )
    }
    return found.map(([rule, detail]) => ({ file, rule, detail }))
  })
}
