import { MeshError, toMeshError } from "../mesh/model/errors.ts"
import { ownsSessions } from "../mesh/ledger/tables/sessions.ts"
import type { Hosts } from "../mesh/supervision/hosts.ts"
import { meshHome } from "../system/mesh-home.ts"
import { createLog } from "../system/log.ts"
import type { ProcessIdentity } from "../system/processes.ts"
import type { CommandContext } from "./define/command.ts"
import { type Mesh, openMesh } from "./mesh/open-mesh.ts"
import { parseCommandLine } from "./define/parse-command-line.ts"
import { findCommand } from "./registry.ts"
import type { Terminal } from "./terminal/terminal.ts"
import { UsageError } from "./define/usage-error.ts"

export interface CliDeps {
  terminal: Terminal
  env: Record<string, string | undefined>
  directory: string
  isInsideAgent: () => boolean
  /** Also true in the shells of an OpenCode that owns sessions of ours. */
  isInsideOpenCode: (isOwner: (process: ProcessIdentity) => Promise<boolean>) => Promise<boolean>
  now?: () => number
  /** In place of real processes. */
  hosts?: Hosts
}

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs one command line and answers its exit code. Never throws. */
export const runCli = async (argv: readonly string[], deps: CliDeps): Promise<number> => {
  const { terminal, env, directory } = deps
  let mesh: Mesh | undefined
  const context: CommandContext = {
    terminal,
    now: deps.now ?? Date.now,
    async mesh({ ledger } = { ledger: true }) {
      mesh ??= openMesh({
        directory,
        env,
        warn: terminal.warn,
        isInsideAgent: deps.isInsideAgent(),
        hosts: deps.hosts,
      })
      if (ledger) await mesh.meshProcess.lazyLedger.ready()
      return mesh
    },
    refuseInsideAgent() {
      if (deps.isInsideAgent())
        throw new MeshError(
          "NOT_ALLOWED",
          "This command is for people, and this shell belongs to an agent of a fleet.",
          "Use the tools of your session; send_message reaches your lead.",
        )
    },
    async refuseModels({ ledger }) {
      context.refuseInsideAgent()
      if (await deps.isInsideOpenCode((each) => ledger.read((db) => ownsSessions(db, each))))
        throw new MeshError(
          "NOT_ALLOWED",
          "Only a person may do this, and in a shell inside OpenCode a model could be typing.",
          "Ask the user to run it in a terminal of their own.",
        )
    },
  }
  try {
    const [name = "help", ...args] = expand(argv)
    const command = findCommand(name)
    const parsed = parseCommandLine(command, args)
    const code =
      "help" in parsed
        ? await findCommand("help").run({ values: {}, positionals: [name] }, context)
        : await command.run(parsed, context)
    return code ?? (terminal.interrupted.aborted ? exitCodes.interrupted : exitCodes.done)
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.warn(error.message)
      return exitCodes.usage
    }
    const known = toMeshError(error)
    if (known.code === "INTERNAL") createLog(meshHome(env), Date.now)(known)
    terminal.warn(known.message)
    return exitCodes.failed
  } finally {
    await mesh?.close().catch((error: unknown) => createLog(meshHome(env), Date.now)(error))
  }
}

/** What every program understands, as the commands it stands for. */
const expand = (argv: readonly string[]) => {
  const [first, ...rest] = argv
  if (first === "--help" || first === "-h") return ["help", ...rest]
  if (first === "--version" || first === "-v") return ["version", ...rest]
  if (first?.startsWith("-"))
    throw new UsageError(`Unknown option ${first}.`, "meshfleet help lists the commands.")
  return argv
}
