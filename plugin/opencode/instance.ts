import { basename } from "node:path"
import { readConfig } from "../system/config-files.ts"
import { isInsideAgent } from "../system/inside-agent.ts"
import { projectOf } from "../system/project.ts"
import { editWatchOf, hostOf, specialistsOf } from "./host-runner.ts"
import { leadOf } from "./lead-runner.ts"
import { lookAfterFleets } from "./look-after-fleets.ts"
import { noticeProblems } from "./notice.ts"
import { createDraftChecks } from "./process/draft-checks.ts"
import { createSessionProcess, type SessionProcess } from "./process/session-process.ts"
import { processParts, specialistsIn } from "./process-parts.ts"
import type { Sessions } from "./runtime/sessions.ts"
import type { Shared } from "./shared.ts"

export interface InstanceDeps {
  directory: string
  /** Asked by this instance only: another one's are asked about another directory. */
  sessions: Sessions
  options: Record<string, unknown>
  env: Record<string, string | undefined>
  home: string
  log: (error: unknown) => void
  pluginFile: string
  state: Shared
}

/** How long OpenCode's end waits for us. */
const patienceMs = 100

/**
 * One directory that OpenCode has open. In an ordinary OpenCode it leads the fleets of its project, with
 * the project's settings, agents and sessions, and knows nothing of the other projects that the process
 * has open. In a host of ours all directories belong to the host.
 */
export const openInstance = async ({
  directory,
  sessions,
  options,
  env,
  home,
  log,
  pluginFile,
  state,
}: InstanceDeps) => {
  const { config, problems } = readConfig(directory, options, env)
  for (const { path, problem } of problems) log(`configuration: ${path}: ${problem}`)
  const specialists = specialistsIn(directory, config, env)
  const extras = { bytes: 0 }
  let own: SessionProcess | undefined
  const openMeshProcess = () =>
    (own ??= createSessionProcess({
      ...processParts({
        home,
        config,
        env,
        specialists,
        ledgers: state.ledgers,
        pluginFile,
        options,
      }),
      sessions,
      owners: state.owners,
      draftChecks: createDraftChecks({ sessions, specialists, directory }),
      opencode: config.opencode ?? opencodeBinary(env),
      isInsideAgent: once(() => isInsideAgent(env)),
      extrasBytes: () => extras.bytes,
      onError: log,
    }))

  const host = await hostOf({ state, openMeshProcess, config, sessions, env, home, log }).catch(
    async (error: unknown) => {
      await own?.close()
      throw error
    },
  )
  if (host) {
    const { runner, meshProcess, shellRuns } = host
    return {
      config,
      specialists,
      extras,
      meshProcess,
      runner,
      shellRuns,
      lead: undefined,
      /** A host has the same settings, and nobody before it. */
      tellProblems: () => undefined,
      edits: editWatchOf({ meshProcess, runner, config, directory, log }),
      registered: await specialistsOf(meshProcess, env),
      /** A host ends itself, whichever directories it has open. */
      close: async () => undefined,
    }
  }

  const project = projectOf(directory)
  const meshProcess = openMeshProcess()
  const lead = leadOf({ meshProcess, config, sessions, directory, project, log })
  const open = { project }
  state.instances.add(open)
  return {
    config,
    specialists,
    extras,
    meshProcess,
    runner: undefined,
    shellRuns: undefined,
    lead,
    /** Once somebody prompts: a screen that is still being drawn shows no toast (1.18.33). */
    tellProblems: () => noticeProblems(sessions, state.told, problems),
    edits: undefined,
    registered: [],
    /** Its sessions have no owner from here on, and its fleets go on. Idempotent. */
    async close() {
      if (!state.instances.delete(open)) return
      lead.close()
      const { callers, supervisor, eventServer } = meshProcess
      await Promise.all([
        callers.leave().catch(log),
        supervisor.handOver(),
        eventServer.close().catch(log),
      ])
      const isOpenAgain = () => [...state.instances].some((each) => each.project === project)
      const ending = lookAfterFleets({ meshProcess, project, isOpenAgain, after }).catch(log)
      await Promise.race([ending, after(patienceMs)])
    },
  }
}

export type Instance = Awaited<ReturnType<typeof openInstance>>

const after = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref?.()
  })

/** OpenCode itself, when we run inside it; a plain Bun or Node is not what a host is made of. */
const opencodeBinary = (env: Record<string, string | undefined>) =>
  /^(bun|node)/.test(basename(process.execPath))
    ? (env["MESHFLEET_OPENCODE"] ?? "opencode")
    : process.execPath

/** Its answer never changes: a process does not get other ancestors that carry a mark. */
const once = <T>(look: () => T): (() => T) => {
  let found: { value: T } | undefined
  return () => (found ??= { value: look() }).value
}
