import { createHash } from "node:crypto"
import type { Caller } from "../../mesh/model/caller.ts"
import type { Catalog } from "../../mesh/specialists/catalog.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import { readConfig } from "../../system/config-files.ts"
import { meshHome } from "../../system/mesh-home.ts"
import { extrasBytes } from "../../opencode/host-extras.ts"
import { createLog } from "../../system/log.ts"
import { createMeshProcess, type MeshProcess } from "../../opencode/process/mesh-process.ts"
import { projectOf } from "../../system/project.ts"
import { processParts } from "../../opencode/process-parts.ts"
import { createDraftChecks } from "../../opencode/process/draft-checks.ts"
import { findOpenCode } from "./find-opencode.ts"
import { readExtras, readOpenCodeSettings } from "./opencode-settings.ts"
import { packageFiles } from "./package-files.ts"
import { shellAgents } from "./shell-agents.ts"

export interface MeshOptions {
  directory: string
  env: Record<string, string | undefined>
  warn: (text: string) => void
  isInsideAgent: boolean
  /** In place of real processes. */
  hosts?: Hosts | undefined
}

/** The mesh as the person at the keyboard sees it from one directory. */
export interface Mesh {
  meshProcess: MeshProcess
  specialists: Catalog
  person: Caller
  project: string
  directory: string
  /** Host starts under way are waited for: without their starter's first request they never wake. */
  close(): Promise<void>
}

/** What a session of OpenCode runs as when nobody chose. */
const defaultAgent = "build"

export const openMesh = ({ directory, env, warn, isInsideAgent, hosts }: MeshOptions): Mesh => {
  const home = meshHome(env)
  const { config, problems } = readConfig(directory, {}, env)
  for (const { path, problem } of problems) warn(`configuration: ${path}: ${problem}`)
  const settings = readOpenCodeSettings(directory, env, defaultAgent)
  const files = packageFiles()
  const parts = processParts({
    directory,
    home,
    config,
    env,
    pluginFile: files.plugin,
    options: {},
  })
  const { specialists } = parts
  const meshProcess = createMeshProcess({
    ...parts,
    ...(hosts && { hosts }),
    deliveries: { isInFlight: () => false, hold: () => () => undefined },
    draftChecks: createDraftChecks({
      sessions: { agents: shellAgents(settings.agents) },
      specialists,
      directory,
    }),
    opencode: findOpenCode({
      configured: config.opencode,
      packageRoot: files.root,
      directory,
      path: env["PATH"],
      running: env["BUN_BE_BUN"] === "1" ? process.execPath : undefined,
    }),
    isInsideAgent,
    extrasBytes: () => extrasBytes(readExtras(directory, env), config),
    onError: createLog(home, Date.now),
  })
  const project = projectOf(directory)
  return {
    meshProcess,
    specialists,
    project,
    directory,
    person: {
      sessionId: personIn(project),
      project,
      directory,
      delegated: false,
      human: true,
      agent: defaultAgent,
      model: settings.model,
      member: undefined,
    },
    async close() {
      await meshProcess.supervisor.close()
      await meshProcess.supervisor.settle()
      await meshProcess.close()
    },
  }
}

/** The same in every shell of a project, so that what one spawned, another one leads. */
const personIn = (project: string) =>
  `human:${createHash("sha256").update(project).digest("hex").slice(0, 12)}`
