import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createRouter } from "../../../plugin/mesh/routing/router.ts"
import { loadRoster, loadRows } from "../../../scripts/routing-data.ts"
import { agent } from "./candidates.ts"

const roster = loadRoster()
/** As the build counted it and trained a classifier on it. */
const file = readFileSync(join(import.meta.dir, "../../../dist/routing.bin"))
const router = createRouter({ roster: file })
const patient = 60_000

const rank = (description: string, candidates = roster, top = 3) =>
  router.rank({ description, top }, candidates)

describe("over the whole roster", () => {
  test(
    "an audit goes to the security engineer, or to an auditor that runs already",
    () => {
      const description = "audit authentication security vulnerabilities"
      expect(rank(description)[0]?.id).toBe("application-security-engineer")
      const auditor = agent("auditor-7k2m", "Security Auditor", ["security", "authentication"])
      expect(rank(description, [...roster, auditor])[0]?.id).toBe("auditor-7k2m")
    },
    patient,
  )

  test(
    "each trigger finds its own specialist among the first three",
    () => {
      const lost = roster.flatMap(({ id, triggers = [] }) =>
        triggers
          .filter((trigger) => !rank(trigger).some((match) => match.id === id))
          .map((trigger) => `${id}: ${trigger}`),
      )
      expect(lost).toEqual([])
    },
    patient,
  )

  test(
    "the rows of the tuning set are answered as well as when the weights were fitted",
    () => {
      const rows = loadRows("tuning")
      const work = rows.filter(({ accept }) => accept.length > 0)
      const ranks = work.map(({ text, accept }) =>
        rank(text).findIndex(({ id }) => accept.includes(id)),
      )
      expect(ranks.filter((at) => at === 0).length / work.length).toBeGreaterThan(0.85)
      expect(ranks.filter((at) => at >= 0).length / work.length).toBeGreaterThan(0.92)

      const fits = (texts: readonly { text: string }[]) =>
        texts.filter(({ text }) => rank(text)[0]?.fits).length
      const talk = rows.filter(({ accept }) => accept.length === 0)
      expect(fits(work) / work.length).toBeGreaterThan(0.88)
      expect(fits(talk) / talk.length).toBeLessThan(0.1)
    },
    patient,
  )
})
