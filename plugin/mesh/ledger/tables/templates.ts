import { createHash } from "node:crypto"
import type { Query, Tx } from "../port.ts"

export interface TemplateRow {
  /** Whose it is: the project whose lead has saved it, or the user's own (`userWide`). */
  project: string
  name: string
  version: number
  description: string | null
  /** As JSON of `AgentDraft[]`. */
  agents: string
  created_at: number
}

/** In place of a project: what a person has imported is there in all of them. */
export const userWide = ""

/** Versions are never changed: what follows another is one more. */
export const insertTemplate = (tx: Tx, template: Omit<TemplateRow, "created_at">) =>
  tx.run(
    `INSERT INTO templates (project, name, version, description, agents, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    template.project,
    template.name,
    template.version,
    template.description,
    template.agents,
    tx.at,
  )

/** The newest when no version is named. */
export const templateCalled = (db: Query, project: string, name: string, version?: number) =>
  version === undefined
    ? db.get<TemplateRow>(
        "SELECT * FROM templates WHERE project = ? AND name = ? ORDER BY version DESC LIMIT 1",
        project,
        name,
      )
    : db.get<TemplateRow>(
        "SELECT * FROM templates WHERE project = ? AND name = ? AND version = ?",
        project,
        name,
        version,
      )

/** The newest version of each, by name. */
export const templatesOf = (db: Query, project: string) =>
  db.all<TemplateRow>(
    `SELECT t.* FROM templates t WHERE t.project = ? AND t.version =
       (SELECT max(o.version) FROM templates o WHERE o.project = t.project AND o.name = t.name)
     ORDER BY t.name`,
    project,
  )

export const countTemplates = async (db: Query, project: string) =>
  Number(
    (await db.get<{ n: number }>(
      "SELECT count(DISTINCT name) AS n FROM templates WHERE project = ?",
      project,
    ))!.n,
  )

/** Of what a version says; the history keeps it, so that a change to the row shows. */
export const digestOf = ({ description, agents }: Pick<TemplateRow, "description" | "agents">) =>
  createHash("sha256")
    .update(JSON.stringify([description, agents]))
    .digest("hex")
    .slice(0, 32)
