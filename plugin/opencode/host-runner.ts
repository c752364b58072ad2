import type { Config } from "../mesh/model/config.ts"
import { createFileMarks } from "../mesh/worktrees/file-marks.ts"
import { claimHost, hostById } from "../mesh/ledger/tables/hosts.ts"
import type { Catalog } from "../mesh/specialists/catalog.ts"
import { hashNonce } from "../mesh/prompts.ts"
import { createEditWatch } from "./host/edit-watch.ts"
import {
  environmentNames as names,
  offlineInstall,
  offlineInstallBefore,
} from "../system/mesh-environment.ts"
import { pathsIn } from "../system/mesh-home.ts"
import type { SessionProcess } from "./process/session-process.ts"
import { type HostExtras, limitExtras } from "./host-extras.ts"
import { endProcesses, markedProcesses, ownProcess } from "../system/processes.ts"
import { createRunner, type Runner } from "./host/runner.ts"
import type { Sessions } from "./runtime/sessions.ts"
import type { Shared } from "./shared.ts"
import { clearStartMark } from "./api/start-guard.ts"

export interface HostRunnerDeps {
  state: Shared
  meshProcess: SessionProcess
  config: Config
  sessions: Sessions
  env: Record<string, string | undefined>
  home: string
  log: (error: unknown) => void
}

/** The one runner of this process, whatever the number of directories that are loaded at once. */
export const runnerOf = async (deps: HostRunnerDeps): Promise<Runner | undefined> => {
  const { state } = deps
  if (state.runner) return state.runner
  state.starting ??= startRunner(deps).finally(() => delete state.starting)
  return state.starting
}

/**
 * This process is a host only if the ledger says so: its nonce is that of the host's row, and the
 * row has no other pid. Anything else with those variables is an ordinary OpenCode.
 */
const startRunner = async ({
  state,
  meshProcess,
  config,
  sessions,
  env,
  home,
  log,
}: HostRunnerDeps): Promise<Runner | undefined> => {
  const hostId = env[names.host]
  const nonce = env[names.nonce]
  if (!hostId || !nonce) return undefined
  await meshProcess.lazyLedger.ready()
  const self = ownProcess()
  const host = await meshProcess.ledger.transact(async (tx) => {
    await claimHost(tx, { id: hostId, nonce_hash: hashNonce(nonce) }, self)
    return hostById(tx, hostId)
  })
  if (!host || host.nonce_hash !== hashNonce(nonce) || host.pid !== self.pid) return undefined
  clearStartMark(pathsIn(home).startMark(host.id))
  restoreEnvironment(env)
  const runner = createRunner({
    host,
    self,
    ledger: meshProcess.ledger,
    changes: meshProcess.changes,
    sessions,
    courier: meshProcess.courier,
    now: meshProcess.now,
    random: Math.random,
    config,
    endChildren: (agentId, graceMs) =>
      endProcesses(() => markedProcesses([`${names.agent}=${agentId}`]), graceMs),
    async endProcess(agentIds) {
      await meshProcess.supervisor.close()
      // Only we know the password of a host we are starting: nobody else could ask it anything.
      await meshProcess.supervisor.settle()
      const marks = [`${names.host}=${host.id}`, ...agentIds.map((id) => `${names.agent}=${id}`)]
      await endProcesses(() => markedProcesses(marks), 1000)
      process.exit(0)
    },
    onError: log,
  })
  state.runner = runner
  const supervise = () => void meshProcess.supervisor.supervise(host.fleet_id)
  setInterval(supervise, 2000).unref?.()
  // The instance has to be complete before its own client can be called.
  setTimeout(() => void runner.ready().catch(log), 0)
  return runner
}

/** What this host's agents do to files, in the instance of one directory. */
export const editWatchOf = ({
  meshProcess,
  runner,
  directory,
  log,
}: {
  meshProcess: SessionProcess
  runner: Runner
  directory: string
  log: (error: unknown) => void
}) => {
  const agents = new Map<string, string>()
  return createEditWatch({
    marks: createFileMarks(meshProcess),
    async agentOf(sessionId) {
      const known = runner.agentOfSession(sessionId) ?? agents.get(sessionId)
      if (known) return known
      const ancestor = await runner.ancestorAgent(sessionId)
      if (ancestor) agents.set(sessionId, ancestor)
      return ancestor
    },
    directory,
    now: meshProcess.now,
    onError: log,
  })
}

/** npm was told to stay offline for OpenCode's own start; what agents run must not inherit that. */
const restoreEnvironment = (env: Record<string, string | undefined>) => {
  const before = env[offlineInstallBefore]
  if (before) process.env[offlineInstall] = before
  else delete process.env[offlineInstall]
  delete process.env[offlineInstallBefore]
}

/** The roster's specialists that this host registers. */
export const specialistsOf = async (
  meshProcess: SessionProcess,
  env: Record<string, string | undefined>,
): Promise<string[]> => {
  const host = await meshProcess.ledger.read((db) => hostById(db, env[names.host] ?? ""))
  return host ? (JSON.parse(host.specialists) as string[]) : []
}

/** What of OpenCode's configuration a host changes for itself. */
export interface HostSettings extends HostExtras {
  experimental?: object
  agent?: Record<string, unknown>
  subagent_depth?: number
}

/** What a host's own configuration has that its lead's has not, and the other way round. */
export const configureHost = (
  settings: HostSettings,
  config: Config,
  specialists: Pick<Catalog, "find">,
  registered: readonly string[],
) => {
  limitExtras(settings, config)
  // A question of an agent that is rejected ends that call and not the agent's turn; OpenCode
  // rejects the other questions of its session along with it.
  settings.experimental = { ...settings.experimental, continue_loop_on_deny: true } as object
  settings.agent = { ...settings.agent }
  allowSubSessions(settings)
  for (const name of registered) {
    const specialist = specialists.find(name)
    if (specialist) settings.agent[name] = structuredClone(specialist.config)
  }
}

/**
 * OpenCode lets a session start sub-sessions only so many levels down, one by default, and a member's
 * lies one level below its lead's: without this its task tool would refuse every call.
 */
const allowSubSessions = (settings: HostSettings) => {
  settings.subagent_depth = (settings.subagent_depth ?? 1) + 1
}
