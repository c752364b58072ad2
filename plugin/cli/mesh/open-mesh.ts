import { type Caller, personIn } from "../../mesh/model/caller.ts"
import type { Catalog } from "../../mesh/specialists/catalog.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import { readConfig } from "../../system/config-files.ts"
import { meshHome } from "../../system/mesh-home.ts"
import { extrasBytes } from "../../opencode/host-extras.ts"
import { createLog } from "../../system/log.ts"
import { createExchanges } from "../../mesh/mail/exchanges.ts"
import { createMeshProcess, type MeshProcess } from "../../opencode/process/mesh-process.ts"
import { projectOf } from "../../system/project.ts"
import { processParts, specialistsIn } from "../../opencode/process-parts.ts"
import { createDraftChecks } from "../../opencode/process/draft-checks.ts"
import { openCodeOf } from "./find-opencode.ts"
import { readExtras, readOpenCodeSettings } from "./opencode-settings.ts"
import type { LogDeps } from "./read-log.ts"
import { packageFiles } from "./package-files.ts"
import { shellAgents } from "./shell-agents.ts"

export interface MeshOptions {
  directory: string
  env: Record<string, string | undefined>
  warn: (text: string) => void
  isInsideAgent: boolean
  /** In place of real processes. */
  hosts?: Hosts | undefined
  /** How often others' commits are looked for, in ms: whoever shows a fleet for hours need not wake for each. */
  lookMs?: number | undefined
}

/** The mesh as the person at the keyboard sees it from one directory. */
export interface Mesh {
  meshProcess: MeshProcess
  specialists: Catalog
  person: Caller
  project: string
  directory: string
  home: string
  /** The OpenCode that hosts run. */
  opencode: string
  /** What it takes to read an agent's session. */
  logDeps: LogDeps
  /** Host starts under way are waited for: without their starter's first request they never wake. */
  close(): Promise<void>
}

/** What a session of OpenCode runs as when nobody chose. */
const defaultAgent = "build"

export const openMesh = ({
  directory,
  env,
  warn,
  isInsideAgent,
  hosts,
  lookMs,
}: MeshOptions): Mesh => {
  const home = meshHome(env)
  const { config, problems } = readConfig(directory, {}, env)
  for (const { path, problem } of problems) warn(`configuration: ${path}: ${problem}`)
  const settings = readOpenCodeSettings(directory, env, defaultAgent)
  const files = packageFiles()
  const specialists = specialistsIn(directory, config, env)
  const parts = processParts({
    home,
    config,
    env,
    specialists,
    ledgers: new Map(),
    pluginFile: files.plugin,
    options: {},
    ...(lookMs !== undefined && { ledgerOptions: { lookMs } }),
  })
  const opencode = openCodeOf({ directory, env, configured: config.opencode })
  const meshProcess = createMeshProcess({
    ...parts,
    ...(hosts && { hosts }),
    deliveries: { isInFlight: () => false, hold: () => () => undefined },
    exchanges: createExchanges(),
    draftChecks: createDraftChecks({
      sessions: { agents: shellAgents(settings.agents) },
      specialists,
      directory,
    }),
    opencode,
    isInsideAgent: () => isInsideAgent,
    extrasBytes: () => extrasBytes(readExtras(directory, env), config),
    onError: createLog(home, Date.now),
  })
  const project = projectOf(directory)
  return {
    meshProcess,
    specialists,
    project,
    directory,
    home,
    opencode,
    logDeps: { env, opencode, isInsideAgent },
    person: personIn(project, directory, { agent: defaultAgent, model: settings.model }),
    async close() {
      await meshProcess.supervisor.close()
      await meshProcess.supervisor.settle()
      await meshProcess.close()
    },
  }
}
