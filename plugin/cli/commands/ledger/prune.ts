import type { Pruned } from "../../../mesh/retention/retention.ts"
import { defineCommand, flag, json, type Option } from "../../define/command.ts"
import { pruneOutputs } from "../../outputs/program.ts"
import { UsageError } from "../../define/usage-error.ts"
import { renderTable } from "../../render/render-table.ts"
import { print, printJson } from "../../terminal/terminal.ts"

const [hour, day] = [3_600_000, 24 * 3_600_000]
const units: Record<string, number> = { h: hour, d: day, w: 7 * day }
/** A century: as long as the setting may be. */
const longest = 36_500 * day

const age: Option<number> = {
  hint: "<age>",
  help: "What ended longer ago goes: 12h, 30d, 8w (default: the setting retention_days)",
  parse: (text) => {
    const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? []
    const ms = count === undefined ? 0 : Number(count) * units[unit!]!
    if (ms > 0 && ms <= longest) return ms
    throw new Error("a number above 0 and h, d or w, as in 30d, at most 36500d")
  },
}

export const prune = defineCommand({
  name: "prune",
  summary: "Take the history of fleets that ended long ago out of the ledger",
  usage: ["prune [--older-than 30d] [--dry-run] [--all] [--json]"],
  options: {
    "older-than": age,
    "dry-run": flag("Only say what would go, and what stays"),
    all: flag("Fleets of every project in this ledger"),
    json,
  },
  outputs: pruneOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { terminal } = context
    const { meshProcess, project } = await context.mesh()
    const { retention, retentionMs } = meshProcess
    const olderThanMs = values["older-than"] ?? retentionMs
    const dryRun = values["dry-run"] ?? false
    if (olderThanMs === undefined)
      throw new UsageError(
        "retention_days is 0: history is kept for good.",
        "Say what is old enough to go, as in meshfleet prune --older-than 90d.",
      )
    if (!dryRun) await context.refuseModels(meshProcess)
    const bytesBefore = (await retention.size())?.bytes ?? null
    const pruned = await retention.prune({
      projects: values.all ? undefined : [project],
      olderThanMs,
      dryRun,
    })
    const notRewritten = dryRun ? undefined : await retention.giveBack()
    const bytesAfter = (await retention.size())?.bytes ?? null
    const { before, ...counts } = pruned
    if (values.json)
      return printJson(terminal, pruneOutputs.one, {
        dry_run: dryRun,
        ended_before: new Date(before).toISOString(),
        ...counts,
        bytes_before: bytesBefore,
        bytes_after: bytesAfter,
        ...(notRewritten !== undefined && { not_rewritten: notRewritten }),
      })
    const size = dryRun ? [] : describeSize(bytesBefore, bytesAfter, notRewritten)
    const lines = [describe(pruned, dryRun), ...size, ...listKept(pruned, terminal.columns())]
    print(terminal, lines.join("\n"))
  },
})

const describe = ({ before, fleets, agents, messages, events }: Pruned, dryRun: boolean) => {
  const since = new Date(before).toISOString().slice(0, 10)
  if (fleets === 0)
    return `No fleet that ended before ${since} ${dryRun ? "would go" : "was to go"}.`
  const counted = [
    plural(fleets, "fleet"),
    plural(agents, "agent"),
    plural(messages, "message"),
    plural(events, "event"),
  ].join(", ")
  return `${dryRun ? "Would take away" : "Taken away"}, ended before ${since}: ${counted}.`
}

const plural = (count: number, what: string) =>
  `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`

const describeSize = (before: number | null, after: number | null, notRewritten?: string) => {
  if (before === null || after === null) return []
  const lines = [`The ledger has ${megabytes(after)}; before it had ${megabytes(before)}.`]
  if (notRewritten !== undefined)
    lines.push(
      `Free space stays in the file until it is rewritten, which was left: ${notRewritten}. Prune again later.`,
    )
  return lines
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`

/** The oldest: more than a screen of them nobody reads. */
const mostKept = 20

const listKept = ({ kept }: Pruned, columns: number) => {
  if (kept.length === 0) return []
  const rows = kept.slice(0, mostKept).map((each) => [each.fleet_id, each.name, each.reason])
  const more = kept.length - rows.length
  return [
    "",
    ...renderTable(columnsOfKept, rows, columns),
    ...(more > 0 ? [`and ${more} more (--json lists all)`] : []),
  ]
}

const columnsOfKept = ["STAYS", "NAME", "BECAUSE"].map((title) => ({ title }))
