import { spawn } from "node:child_process"
import { MeshError } from "../../../mesh/model/errors.ts"
import {
  attachArgs,
  attachEnvironment,
  type HostAddress,
} from "../../../opencode/api/session-logs.ts"
import { defineCommand, json, text } from "../../define/command.ts"
import { attachOutputs } from "../../outputs/mail.ts"
import { pickAgent } from "../../mesh/pick-agent.ts"
import { livingHostOf } from "../../mesh/read-log.ts"
import { printJson } from "../../terminal/terminal.ts"

export const attach = defineCommand({
  name: "attach",
  summary: "Open an agent's own session in OpenCode",
  usage: ["attach <agent> [--fleet id] [--json]"],
  options: {
    fleet: text(
      "<fleet>",
      "The agent's fleet (default: the newest that has an agent of this name)",
    ),
    json: { ...json, help: "Say what would be opened, as one JSON document, and open nothing" },
  },
  outputs: attachOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [wanted] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const { meshProcess, project, logDeps } = await context.mesh()
    // What opens is a place where one can type as the person.
    await context.refuseModels(meshProcess)
    const { agent, host } = await meshProcess.ledger.read(async (db) => {
      const { agent } = await pickAgent(db, project, wanted!, values.fleet)
      return { agent, host: await livingHostOf(db, agent) }
    })
    if (agent.session_id === null)
      throw new MeshError(
        "NOT_ALLOWED",
        `"${agent.name}" has no session yet: it is ${agent.status}.`,
        `meshfleet watch ${agent.fleet_id} shows when it begins.`,
      )
    const args = attachArgs({ id: agent.session_id, directory: agent.directory }, host)
    if (values.json)
      return printJson(terminal, attachOutputs.one, {
        agent_id: agent.id,
        session_id: agent.session_id,
        host: host?.url ?? null,
        command: [logDeps.opencode, ...args],
      })
    if (!terminal.isInteractive)
      throw new MeshError(
        "NOT_ALLOWED",
        "OpenCode's screen needs a terminal, and stdout is none.",
        `meshfleet logs ${agent.name} prints the session.`,
      )
    // From here on the terminal is OpenCode's.
    terminal.progress("")
    return open(logDeps.opencode, args, agent.directory, logDeps.env, host)
  },
})

const open = (
  opencode: string,
  args: readonly string[],
  directory: string,
  env: Record<string, string | undefined>,
  host: HostAddress | undefined,
) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(opencode, args, {
      cwd: directory,
      stdio: "inherit",
      env: attachEnvironment(env, directory, host),
    })
    child.once("error", reject)
    child.once("exit", (code) => resolve(code ?? 1))
  })
