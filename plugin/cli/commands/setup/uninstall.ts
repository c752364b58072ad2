import { MeshError } from "../../../mesh/model/errors.ts"
import { dataIn, removeData, sizeOf, worktreesIn } from "../../../setup/data.ts"
import { createInstallRecords } from "../../../setup/files/install-records.ts"
import { databaseOf, lookAtLedger, usersOf } from "../../../setup/ledger-look.ts"
import { createPackageCache } from "../../../setup/package-cache.ts"
import { planUninstall, uninstall as carryOut } from "../../../setup/uninstall.ts"
import { type CommandContext, defineCommand, flag, json } from "../../define/command.ts"
import { print, printJson } from "../../terminal/terminal.ts"
import { confirm } from "./confirm.ts"
import { uninstallOutputs } from "../../outputs/setup.ts"
import { showSteps, stepsAsJson } from "./show-steps.ts"

export const uninstall = defineCommand({
  name: "uninstall",
  summary: "Take Meshfleet out of OpenCode's configuration, and with --purge all of its data",
  usage: ["uninstall [--purge] [--yes] [--dry-run] [--json]"],
  options: {
    purge: flag(
      "Also remove the ledger with its history, logs, and what OpenCode has cached of it",
    ),
    yes: flag("Do not ask"),
    "dry-run": flag("Only show what would be changed"),
    json,
  },
  outputs: uninstallOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { terminal, env, directory, home } = context
    const dryRun = values["dry-run"] ?? false
    if (!dryRun) context.refuseInsideAgent()
    const records = createInstallRecords(home)
    const { steps, copies } = planUninstall(directory, env, records)
    const cache = createPackageCache(env)
    const cached = cache.all().map(({ spec, folder }) => ({
      spec,
      path: folder,
      what: "the package, as OpenCode keeps it",
      bytes: sizeOf(folder),
    }))
    const database = databaseOf(directory, env, home)
    const data = dataIn(home)
    const trees = worktreesIn(home).map((path) => ({
      path,
      what: "a worktree of an agent: git worktree remove takes it away",
      bytes: sizeOf(path),
    }))
    const inDatabase = database
      ? [{ path: database, what: "the ledger: drop its schema by hand", bytes: 0 }]
      : []
    const kept = data.filter(({ path }) => !path.endsWith("/installed"))
    const removable = [...kept, ...cached.map(({ path, what, bytes }) => ({ path, what, bytes }))]
    const purge = values.purge ?? false
    const stays = [...(purge ? [] : removable), ...trees, ...inDatabase]
    const isNothing = steps.length === 0 && (!purge || removable.length === 0)
    if (!values.json) {
      terminal.paint(showSteps(steps))
      if (steps.length === 0) print(terminal, "No configuration names Meshfleet.")
      for (const copy of copies) print(terminal, `OpenCode also loads ${copy}: remove it yourself.`)
      if (purge) list(context, "To be removed for good:", removable)
      list(context, "Stays:", stays)
    }
    if (purge && !dryRun) await refuseInUse(context)
    const isAsked = !isNothing && !dryRun && !values.yes && !values.json
    if (purge && isAsked && !terminal.isInteractive)
      throw new MeshError(
        "NOT_ALLOWED",
        "Nobody can be asked here, and what --purge removes is gone for good. Nothing was changed.",
        "Read the list above, and add --yes.",
      )
    const agreed =
      !isNothing &&
      !dryRun &&
      (!isAsked || (await confirm(terminal, purge ? "Remove all of this?" : "Write this?")))
    if (agreed) {
      carryOut(steps, records)
      if (purge) {
        for (const { spec } of cached) cache.remove(spec)
        removeData(home, data)
      }
    }
    if (values.json)
      return printJson(terminal, uninstallOutputs.one, {
        applied: agreed,
        changes: stepsAsJson(steps),
        copies,
        stays,
        purged: agreed && purge ? removable.map(({ path }) => path) : [],
      })
    if (isNothing) return
    print(
      terminal,
      agreed ? "Done. An OpenCode that is open has it until it ends." : "Nothing was changed.",
    )
  },
})

const list = (
  { terminal }: CommandContext,
  title: string,
  items: readonly { path: string; what: string; bytes: number }[],
) => {
  if (items.length === 0) return
  print(terminal, title)
  for (const { path, what, bytes } of items)
    print(terminal, `  ${path}  ${(bytes / 1024 / 1024).toFixed(1)} MB  ${what}`)
}

/** Models never remove a history, and nobody does below somebody who writes to it. */
const refuseInUse = async (context: CommandContext) => {
  const users = await lookAtLedger(context, async (read) => {
    await context.refuseModels({ ledger: { read } as never })
    return read(usersOf)
  })
  const [fleet] = users?.fleets ?? []
  if (fleet)
    throw new MeshError(
      "NOT_ALLOWED",
      `Fleet ${fleet.id} (${fleet.name}) runs. Nothing was changed.`,
      `Stop it (meshfleet stop ${fleet.id}) or let it end, and call again.`,
    )
  if (users && users.pids.length > 0)
    throw new MeshError(
      "NOT_ALLOWED",
      `OpenCode has the ledger open (process ${users.pids.join(", ")}). Nothing was changed.`,
      "Close it, and call again.",
    )
}
