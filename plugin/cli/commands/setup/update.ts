import { createInstallRecords } from "../../../setup/files/install-records.ts"
import { fetchPackage } from "../../../setup/fetch-package.ts"
import { carryOutSteps } from "../../../setup/install.ts"
import { lookAtLedger, usersOf } from "../../../setup/ledger-look.ts"
import { createPackageCache } from "../../../setup/package-cache.ts"
import { planUpdate } from "../../../setup/update.ts"
import { defineCommand, flag, json } from "../../define/command.ts"
import { print, printJson } from "../../terminal/terminal.ts"
import { UsageError } from "../../define/usage-error.ts"
import { openCodeOf } from "../../mesh/find-opencode.ts"
import { confirm } from "./confirm.ts"
import { updateOutputs } from "../../outputs/setup.ts"
import { showSteps, stepsAsJson } from "./show-steps.ts"

export const update = defineCommand({
  name: "update",
  summary: "Fetch the newest Meshfleet, or a given version, for OpenCode's next start",
  usage: ["update [version] [--yes] [--dry-run] [--json]"],
  options: {
    yes: flag("Do not ask"),
    "dry-run": flag("Only show what would be changed"),
    json,
  },
  outputs: updateOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [version] }, context) {
    const { terminal, env, directory, home } = context
    const dryRun = values["dry-run"] ?? false
    if (!dryRun) context.refuseInsideAgent()
    // It becomes an argument of npm and a part of the configuration.
    if (version !== undefined && !/^[a-z0-9][\w.+-]*$/i.test(version))
      throw new UsageError(
        `"${version}" is no version.`,
        "Give one as in 1.2.3, or a tag as in next.",
      )
    const records = createInstallRecords(home)
    const cache = createPackageCache(env)
    const opencode = openCodeOf({ directory, env })
    const plan = await planUpdate(
      {
        directory,
        env,
        records,
        cache,
        fetch: (wanted, folder) => fetchPackage({ env, opencode }, wanted, folder),
      },
      version,
    )
    try {
      const { steps, entries } = plan
      const isNew = steps.length > 0 || entries.some(({ from, to }) => from !== to)
      if (!values.json) {
        terminal.paint(showSteps(steps))
        for (const { spec, from, to } of entries)
          print(
            terminal,
            from === to && steps.length === 0
              ? `${spec}: ${to} is what OpenCode has.`
              : `${spec}: from ${from ?? "nothing installed yet"} to ${to}`,
          )
      }
      const isAsked = isNew && !dryRun && !values.yes && !values.json
      const applied = isNew && !dryRun && (!isAsked || (await confirm(terminal, "Do this?")))
      if (applied) {
        carryOutSteps(steps, records)
        plan.place()
      }
      if (values.json)
        return printJson(terminal, updateOutputs.one, {
          applied,
          changes: stepsAsJson(steps),
          entries,
        })
      if (!isNew) return
      if (!applied) return print(terminal, "Nothing was changed.")
      for (const folder of new Set(entries.map((entry) => entry.folder)))
        print(terminal, `OpenCode loads it from ${folder}.`)
      const users = await lookAtLedger(context, (read) => read(usersOf)).catch(() => undefined)
      if (users && users.fleets.length + users.pids.length > 0)
        print(
          terminal,
          "What runs goes on: open windows and hosts keep the version they have, and hosts that start from now on have the new one.",
        )
      print(terminal, "Done. Start OpenCode again for the new version.")
    } finally {
      plan.close()
    }
  },
})
