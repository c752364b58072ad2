import { readConfigFiles } from "../../../setup/config/read-config.ts"
import { createInstallRecords } from "../../../setup/files/install-records.ts"
import { carryOutSteps, planInstall } from "../../../setup/install.ts"
import { oldServersIn } from "../../../setup/old-servers.ts"
import { published, sourceFrom } from "../../../setup/source.ts"
import { defineCommand, flag, json, text } from "../../define/command.ts"
import { print, printJson } from "../../terminal/terminal.ts"
import { confirm } from "./confirm.ts"
import { installOutputs } from "../../outputs/setup.ts"
import { showSteps, stepsAsJson } from "./show-steps.ts"

export const install = defineCommand({
  name: "install",
  summary: "Make OpenCode load Meshfleet: an entry in its configuration, shown first",
  usage: ["install [--global] [--tui] [--from path] [--yes] [--dry-run] [--json]"],
  options: {
    global: flag("For all projects, not only this one"),
    tui: flag("Also the panel and /fleets in OpenCode's screen (tui.json)"),
    from: text("<path>", "A local meshfleet.js, package folder or tarball, not what is published"),
    yes: flag("Do not ask"),
    "dry-run": flag("Only show what would be changed"),
    json,
  },
  outputs: installOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, { terminal, env, directory, home, refuseInsideAgent }) {
    const dryRun = values["dry-run"] ?? false
    if (!dryRun) refuseInsideAgent()
    const records = createInstallRecords(home)
    const { steps, already } = planInstall({
      directory,
      env,
      global: values.global ?? false,
      parts: values.tui ? ["server", "tui"] : ["server"],
      source: values.from === undefined ? published : sourceFrom(directory, values.from),
      records,
    })
    const warnings = oldServersIn(readConfigFiles(directory, env)).map(
      ({ name, path }) =>
        `${path} starts the MCP server "${name}", which Meshfleet replaces: models would have two sets of such tools. Remove it; "meshfleet import" takes its data over.`,
    )
    const isAsked = steps.length > 0 && !dryRun && !values.yes && !values.json
    if (!values.json) {
      terminal.paint(showSteps(steps))
      for (const { path, spec } of already) print(terminal, `Already in ${path}: ${spec}`)
      for (const warning of warnings) print(terminal, `Note: ${warning}`)
    }
    const agreed = !dryRun && (!isAsked || (await confirm(terminal, "Write this?")))
    const applied = agreed && steps.length > 0
    if (applied) carryOutSteps(steps, records)
    const backups = applied
      ? steps.filter(({ before }) => before).map(({ realPath }) => records.backupOf(realPath))
      : []
    if (values.json)
      return printJson(terminal, installOutputs.one, {
        applied,
        changes: stepsAsJson(steps),
        already,
        backups,
        warnings,
      })
    if (steps.length === 0) return
    if (!applied) return print(terminal, "Nothing was changed.")
    for (const backup of backups) print(terminal, `As it was: ${backup}`)
    print(terminal, "Done. Start OpenCode again, and type /fleet and what you want done.")
  },
})
