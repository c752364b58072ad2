import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { pathsIn } from "../../system/mesh-home.ts"
import { defineCommand, flag, json } from "../define/command.ts"
import { unattendedOutputs } from "../outputs/people.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { UsageError } from "../define/usage-error.ts"

export const unattended = defineCommand({
  name: "unattended",
  summary: "Show or change whether scripts without a terminal may act as you",
  usage: ["unattended [--allow|--forbid] [--json]"],
  options: {
    allow: flag("From now on they may: for jobs of your own, on a machine whose agents you trust"),
    forbid: flag("From now on they may not (the default)"),
    json,
  },
  outputs: unattendedOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { allow, forbid } = values
    if (allow && forbid)
      throw new UsageError("--allow and --forbid exclude each other.", "Give one.")
    const { meshProcess, home } = await context.mesh()
    const path = pathsIn(home).unattended
    if (allow) {
      await context.refuseModels(meshProcess)
      mkdirSync(home, { recursive: true, mode: 0o700 })
      writeFileSync(path, "")
    } else if (forbid) rmSync(path, { force: true })
    const allowed = existsSync(path)
    if (values.json) return printJson(context.terminal, unattendedOutputs.one, { allowed })
    print(
      context.terminal,
      allowed
        ? "Scripts that no terminal has started may act as you."
        : "Only what you start in a terminal may act as you.",
    )
  },
})
