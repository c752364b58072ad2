import type { Query } from "../../ledger/port.ts"
import { digestOf, type TemplateRow } from "../../ledger/tables/templates.ts"
import { isRecord } from "../../model/is-record.ts"
import { bySql, type Check, type Found, mostFound, restoreRemedy } from "../check.ts"

/** Saved fleets: their versions, and whether each still says what it said. */
export const templates: readonly Check[] = [
  bySql({
    id: "template-version-missing",
    explains: "the versions of a template are not numbered one after the other: one is gone",
    remedy: restoreRemedy,
    sql: `SELECT name AS subject, 'of ' || max(version) || ' there are ' || count(*) AS detail
          FROM templates GROUP BY project, name HAVING max(version) <> count(*) OR min(version) <> 1`,
  }),
  {
    id: "template-agents",
    severity: "error",
    explains: "a template has no agents that could be spawned",
    remedy: restoreRemedy,
    find: (db) => among(db, ({ agents }) => !areAgents(agents)),
  },
  {
    id: "template-name",
    severity: "error",
    explains: "a template has a name by which no call reaches it",
    remedy: restoreRemedy,
    find: (db) => among(db, ({ name }) => !/^[a-z0-9_-]{1,64}$/.test(name)),
  },
  {
    id: "template-changed",
    severity: "error",
    explains:
      "a version of a template says something else than when it was saved, or nobody saved it",
    remedy:
      "Read it before you spawn from it: meshfleet templates show. Save what it should say anew.",
    async find(db) {
      const events = await db.all<{ data: string }>(
        "SELECT data FROM events WHERE type = 'template.saved'",
      )
      const saved = new Set(events.map(({ data }) => savedAs(data)))
      return among(db, (row) => !saved.has(keyOf({ ...row, digest: digestOf(row) })))
    },
  },
]

const among = async (db: Query, isWrong: (row: TemplateRow) => boolean): Promise<Found[]> =>
  (await db.all<TemplateRow>("SELECT * FROM templates ORDER BY project, name, version"))
    .filter(isWrong)
    .slice(0, mostFound)
    .map(({ name, version }) => ({ subject: name, detail: `version ${version}` }))

const keyOf = (saved: { project: string; name: string; version: number; digest: string }) =>
  JSON.stringify([saved.project, saved.name, saved.version, saved.digest])

/** Undefined for an event that another check finds to be no JSON. */
const savedAs = (data: string) => {
  try {
    return keyOf(JSON.parse(data) as Parameters<typeof keyOf>[0])
  } catch {
    return undefined
  }
}

const areAgents = (text: string) => {
  try {
    const agents: unknown = JSON.parse(text)
    return (
      Array.isArray(agents) &&
      agents.length > 0 &&
      agents.every((each) => isRecord(each) && isText(each["role"]) && isText(each["prompt"]))
    )
  } catch {
    return false
  }
}

const isText = (value: unknown) => typeof value === "string" && value !== ""
