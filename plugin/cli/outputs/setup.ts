import * as z from "zod"
import { document } from "./output.ts"

const part = z.enum(["server", "tui"]).describe("opencode.json, or tui.json")
const step = z.object({
  path: z.string(),
  part,
  change: z.enum(["create", "edit", "remove"]),
  diff: z.string(),
})
const changes = z.object({
  applied: z.boolean().describe("False with --dry-run, and when the person said no"),
  changes: z.array(step),
})

export const installOutputs = {
  one: document(
    "`install`",
    changes.extend({
      already: z.array(z.object({ path: z.string(), part, spec: z.string() })),
      backups: z.array(z.string()),
      warnings: z.array(z.string()),
    }),
  ),
}

export const uninstallOutputs = {
  one: document(
    "`uninstall`",
    changes.extend({
      copies: z.array(z.string()).describe("Plugin files that somebody has put there by hand"),
      stays: z.array(z.object({ path: z.string(), what: z.string(), bytes: z.number() })),
      purged: z.array(z.string()),
    }),
  ),
}

export const updateOutputs = {
  one: document(
    "`update`",
    changes.extend({
      entries: z.array(
        z.object({
          spec: z.string(),
          from: z.string().nullable().describe("Null: OpenCode had not installed it yet"),
          to: z.string(),
          folder: z.string(),
        }),
      ),
    }),
  ),
}

export const doctorOutputs = {
  one: document(
    "`doctor`; its exit code is 1 where there is a fault",
    z.object({
      ok: z.boolean(),
      faults: z.number(),
      warnings: z.number(),
      took_ms: z.number(),
      findings: z.array(
        z.object({
          check: z.string(),
          state: z.enum(["ok", "warning", "fault"]),
          says: z.string(),
          fix: z.string().optional(),
          fixed: z.string().optional().describe("What --fix did about it"),
        }),
      ),
    }),
  ),
}
