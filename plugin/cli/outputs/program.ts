import * as z from "zod"
import { counts, document, facts, lines, text, time, whole } from "./output.ts"

export const verifyOutputs = {
  audit: document(
    "`verify`",
    z.object({
      ok: z.boolean(),
      errors: whole,
      warnings: whole,
      counts: counts.describe("Rows looked at, by table"),
      findings: z.array(
        z.object({
          severity: z.enum(["error", "warning"]),
          check: text,
          subject: text,
          detail: text,
        }),
      ),
    }),
  ),
  unreadable: document(
    "`verify` of what is no ledger; its exit code is 2",
    z.object({ ok: z.literal(false), unreadable: text.describe("Why") }),
  ),
}

export const exportOutputs = {
  line: lines("`export`, with and without --json", facts.describe("A row of moving.md")),
  file: document("`export --file <file>`", z.object({ file: text, fleets: whole, rows: whole })),
}

export const importOutputs = {
  one: document(
    "`import <file>`",
    z.object({
      from: z.enum(["meshfleet", "agent-mesh"]),
      counts: counts.describe("Rows written, by table"),
      left: counts.describe("Rows left where they were, by table"),
      leftOut: counts.describe("What has no place here"),
      interrupted: z.array(text).describe("Fleets that were at work there, and have ended here"),
    }),
  ),
  before: document(
    "`import` of a ledger of agent-mesh that was imported before",
    z.object({ importedAt: time }),
  ),
}

export const pruneOutputs = {
  one: document(
    "`prune`",
    z.object({
      dry_run: z.boolean(),
      ended_before: time,
      fleets: whole,
      agents: whole,
      messages: whole,
      events: whole,
      kept: z.array(z.object({ fleet_id: text, name: text, reason: text })),
      bytes_before: whole.nullable().describe("Null in Postgres"),
      bytes_after: whole.nullable(),
      not_rewritten: text.optional().describe("Why free space was left in the file"),
    }),
  ),
}

export const dashboardOutputs = {
  line: lines(
    "`dashboard`, once, then it serves; no browser is opened",
    z.object({ link: text.describe("Works once"), port: whole }),
  ),
}

export const versionOutputs = {
  one: document(
    "`version`",
    z.object({ version: text, runs_in: z.enum(["bun", "node"]), runtime_version: text }),
  ),
}

const command = z.object({
  name: text,
  summary: text,
  usage: z.array(text),
  options: z.array(
    z.object({
      name: text,
      hint: text.nullable().describe("How its value is shown; null: a flag"),
      help: text,
    }),
  ),
  outputs: z.array(text).describe("Names in cli-json.schema.json"),
})

export const helpOutputs = {
  all: document("`help`", z.object({ commands: z.array(command) })),
  one: document("`help <command>`", command),
}
