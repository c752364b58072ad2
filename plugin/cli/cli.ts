import { existsSync } from "node:fs"
import { type ErrorCode, MeshError, toMeshError } from "../mesh/model/errors.ts"
import { ownsSessions } from "../mesh/ledger/tables/sessions.ts"
import type { Hosts } from "../mesh/supervision/hosts.ts"
import { meshHome, pathsIn } from "../system/mesh-home.ts"
import { createLog } from "../system/log.ts"
import { whyOff } from "../system/machine.ts"
import type { ProcessIdentity } from "../system/processes.ts"
import type { CommandContext } from "./define/command.ts"
import { type Mesh, openMesh } from "./mesh/open-mesh.ts"
import { parseCommandLine } from "./define/parse-command-line.ts"
import { failure } from "./outputs/failure.ts"
import { findCommand } from "./registry.ts"
import { guardTerminal } from "./terminal/guard-terminal.ts"
import { tellSlowness } from "./terminal/tell-slowness.ts"
import { printJson, type Terminal } from "./terminal/terminal.ts"
import { UsageError } from "./define/usage-error.ts"

export interface CliDeps {
  terminal: Terminal
  env: Record<string, string | undefined>
  directory: string
  isInsideAgent: () => boolean
  /** Also true in the shells of an OpenCode that owns sessions of ours. */
  isInsideOpenCode: (isOwner: (process: ProcessIdentity) => Promise<boolean>) => Promise<boolean>
  /** A terminal, or an OpenCode that owns sessions of ours, has started this process. */
  isAttended: (isOwner: (process: ProcessIdentity) => Promise<boolean>) => Promise<boolean>
  now?: () => number
  platform?: NodeJS.Platform
  /** In place of real processes. */
  hosts?: Hosts
}

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs one command line and answers its exit code. Never throws. */
export const runCli = async (argv: readonly string[], deps: CliDeps): Promise<number> => {
  const { env, directory } = deps
  const slowness = tellSlowness(guardTerminal(deps.terminal), argv[0] ?? "help")
  const { terminal, mayFollow } = noteWriting(slowness.terminal)
  const fail = (code: ErrorCode | "USAGE", { message, detail, next }: MeshError | UsageError) => {
    if (asksJson(argv) && mayFollow())
      printJson(terminal, failure, { error: { code, detail, next } })
    terminal.warn(message)
  }
  let mesh: Mesh | undefined
  const context: CommandContext = {
    terminal,
    now: deps.now ?? Date.now,
    env,
    directory,
    home: meshHome(env),
    async mesh({ ledger = true, lookMs } = {}) {
      mesh ??= openMesh({
        directory,
        env,
        warn: terminal.warn,
        isInsideAgent: deps.isInsideAgent(),
        hosts: deps.hosts,
        lookMs,
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
    async refuseUnattended({ ledger }) {
      context.refuseInsideAgent()
      if (existsSync(pathsIn(meshHome(env)).unattended)) return
      if (await deps.isAttended((each) => ledger.read((db) => ownsSessions(db, each)))) return
      throw new MeshError(
        "NOT_ALLOWED",
        "No terminal has started this process, so an agent may have left it behind.",
        "Run it in a terminal. For scripts of your own, allow it there: meshfleet unattended --allow.",
      )
    },
    async refuseModels(meshProcess) {
      await context.refuseUnattended(meshProcess)
      const { ledger } = meshProcess
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
    refuseWhereOff(name, deps.platform ?? process.platform)
    const parsed = parseCommandLine(command, args)
    const code =
      "help" in parsed
        ? await findCommand("help").run(
            { values: { json: asksJson(args) ? true : undefined }, positionals: [name] },
            context,
          )
        : await command.run(parsed, context)
    return code ?? (terminal.interrupted.aborted ? exitCodes.interrupted : exitCodes.done)
  } catch (error) {
    if (error instanceof UsageError) {
      fail("USAGE", error)
      return exitCodes.usage
    }
    const known = toMeshError(error)
    if (known.code === "INTERNAL") createLog(meshHome(env), Date.now)(known)
    fail(known.code, known)
    return exitCodes.failed
  } finally {
    slowness.end()
    await mesh?.close().catch((error: unknown) => createLog(meshHome(env), Date.now)(error))
  }
}

/** Also where the rest of the line was not understood. */
const asksJson = (argv: readonly string[]) => {
  const end = argv.indexOf("--")
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json")
}

/** Whether one more document may follow on stdout: after lines it may, after one whole document not. */
const noteWriting = (terminal: Terminal) => {
  let last = ""
  const write = (text: string) => {
    last = text
    terminal.write(text)
  }
  return { terminal: { ...terminal, write }, mayFollow: () => !last.trimEnd().includes("\n") }
}

/** What anybody may ask anywhere. */
const everywhere = new Set(["help", "version"])

const refuseWhereOff = (command: string, platform: NodeJS.Platform) => {
  const off = whyOff(platform)
  if (off !== undefined && !everywhere.has(command))
    throw new MeshError("NOT_ALLOWED", `Meshfleet is off: ${off}`, "Call it inside WSL 2.")
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
