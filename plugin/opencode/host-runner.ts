import type { Config } from "../mesh/model/config.ts"
import { createFileMarks } from "../mesh/worktrees/file-marks.ts"
import { claimHost, hostById } from "../mesh/ledger/tables/hosts.ts"
import type { Catalog } from "../mesh/specialists/catalog.ts"
import { hashNonce } from "../mesh/prompts.ts"
import { createReservationGuard } from "../mesh/reservations/guard.ts"
import { createEditWatch } from "./host/files/edit-watch.ts"
import { createShellLook, pathsOfStatus } from "./host/files/shell-look.ts"
import { createGit } from "../system/git.ts"
import { treeOf } from "../system/project.ts"
import { repositoryPath } from "../system/worktrees/repository-paths.ts"
import {
  beforeUs,
  configFolder,
  environmentNames as names,
  forgetSecrets,
  offlineInstall,
} from "../system/mesh-environment.ts"
import { pathsIn } from "../system/mesh-home.ts"
import { createStepWatch } from "./process/step-watch.ts"
import type { SessionProcess } from "./process/session-process.ts"
import { type HostExtras, limitExtras } from "./host-extras.ts"
import { processesOf, processesOfAgent } from "../system/offspring/offspring.ts"
import { createShellRuns, type ShellRuns } from "../system/offspring/shell-runs.ts"
import { endProcesses, ownProcess } from "../system/processes.ts"
import { createRunner, type Runner } from "./host/runner.ts"
import type { Sessions } from "./runtime/sessions.ts"
import { treeConfigFor } from "../system/worktree-config.ts"
import { clearStartMark } from "./api/start-guard.ts"

export interface HostDeps {
  /** What this process has once. */
  state: { host?: Promise<Host | undefined> }
  /** Opens the mesh process of the directory that asks, if none is open yet. */
  openMeshProcess: () => SessionProcess
  config: Config
  sessions: Sessions
  env: Record<string, string | undefined>
  home: string
  log: (error: unknown) => void
}

/** This process as a host of ours: it has one runner and one mesh process for all its directories. */
export interface Host {
  runner: Runner
  meshProcess: SessionProcess
  shellRuns: ShellRuns
}

/** What this process is as a host, whatever the number of directories that are loaded at once. */
export const hostOf = async (deps: HostDeps): Promise<Host | undefined> => {
  const { state, env } = deps
  const [hostId, nonce] = [env[names.host], env[names.nonce]]
  if (!state.host && (!hostId || !nonce)) return undefined
  state.host ??= startHost(deps, hostId!, nonce!)
  const starting = state.host
  const forget = () => {
    if (state.host === starting) delete state.host
  }
  try {
    const host = await starting
    if (!host) forget()
    return host
  } catch (error) {
    // The next directory tries again.
    forget()
    throw error
  }
}

/**
 * This process is a host only if the ledger says so: its nonce is that of the host's row, and the
 * row has no other pid. Anything else with those variables is an ordinary OpenCode.
 */
const startHost = async (
  { openMeshProcess, config, sessions, env, home, log }: HostDeps,
  hostId: string,
  nonce: string,
): Promise<Host | undefined> => {
  const meshProcess = openMeshProcess()
  await meshProcess.lazyLedger.ready()
  const self = ownProcess()
  const host = await meshProcess.ledger.transact(async (tx) => {
    await claimHost(tx, { id: hostId, nonce_hash: hashNonce(nonce) }, self)
    return hostById(tx, hostId)
  })
  if (!host || host.nonce_hash !== hashNonce(nonce) || host.pid !== self.pid) return undefined
  meshProcess.callers.serveAsHost()
  clearStartMark(pathsIn(home).startMark(host.id))
  restoreEnvironment(env)
  forgetSecrets()
  const shellRuns = createShellRuns()
  const runner = createRunner({
    host,
    openDirectory: createDirectories({ home, env, sessions, opened: host.directory }),
    self,
    ledger: meshProcess.ledger,
    changes: meshProcess.changes,
    sessions,
    courier: meshProcess.courier,
    exchanges: meshProcess.exchanges,
    now: meshProcess.now,
    wakefulness: meshProcess.wakefulness,
    random: Math.random,
    config,
    steps: meshProcess.isTracing ? createStepWatch(meshProcess) : undefined,
    endChildren(agentId, graceMs) {
      shellRuns.endAll(agentId)
      return endProcesses(() => processesOfAgent(host.id, agentId, shellRuns.agentAt), graceMs)
    },
    async endProcess(agentIds) {
      await meshProcess.supervisor.close()
      // Only we know the password of a host we are starting: nobody else could ask it anything.
      await meshProcess.supervisor.settle()
      await endProcesses(() => processesOf({ hostId: host.id, agentIds }), 1000)
      process.exit(0)
    },
    onError: log,
  })
  const supervise = () => void meshProcess.supervisor.supervise(host.fleet_id)
  setInterval(supervise, 2000).unref?.()
  // The instance has to be complete before its own client can be called.
  setTimeout(() => void runner.ready().catch(log), 0)
  return { runner, meshProcess, shellRuns }
}

/** What this host's agents do to files, in the instance of one directory. */
export const editWatchOf = ({
  meshProcess,
  runner,
  config,
  directory,
  log,
}: {
  meshProcess: SessionProcess
  runner: Runner
  config: Pick<Config, "file_reservations">
  directory: string
  log: (error: unknown) => void
}) => {
  const agents = new Map<string, string>()
  const marks = createFileMarks(meshProcess)
  const guard = config.file_reservations
    ? createReservationGuard({ ...meshProcess, placeOf: repositoryPath })
    : undefined
  return createEditWatch({
    marks,
    guard,
    shell: createShellLook({ marks, guard, changedIn, directory }),
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

const git = createGit(() => process.env)
/** What a tool's result may wait for; a repository too large for that is not looked at. */
const statusMs = 300

const changedIn = async (directory: string) => {
  const status = await git(directory, ["status", "--porcelain", "-z", "--no-renames"], statusMs)
  return status.ok ? pathsOfStatus(treeOf(directory), status.stdout) : undefined
}

interface DirectoriesDeps {
  home: string
  env: Record<string, string | undefined>
  sessions: Pick<Sessions, "agents">
  /** The directory this process began with. */
  opened: string
}

/**
 * Opens the directories of a host's further agents, one after the other. What a worktree lacks of its
 * project's configuration is in a folder named by the environment, which OpenCode reads whenever it
 * opens a directory: so it is set as long as that takes, and for that directory alone.
 */
const createDirectories = ({ home, env, sessions, opened }: DirectoriesDeps) => {
  const open = new Map<string, Promise<unknown>>([[opened, Promise.resolve()]])
  let last: Promise<unknown> = Promise.resolve()
  const openNow = async (directory: string) => {
    const folder = treeConfigFor(home, directory)
    process.env[offlineInstall] = "true"
    if (folder) process.env[configFolder] = folder
    try {
      await sessions.agents(directory)
    } finally {
      restoreEnvironment(env)
    }
  }
  return async (directory: string): Promise<void> => {
    const known = open.get(directory)
    if (known) return void (await known)
    const opening = last.catch(() => undefined).then(() => openNow(directory))
    open.set(directory, opening)
    last = opening
    // The next attempt tries again.
    await opening.catch((error: unknown) => {
      open.delete(directory)
      throw error
    })
  }
}

/** What was for OpenCode's own start alone: what agents run must not inherit that. */
const restoreEnvironment = (env: Record<string, string | undefined>) => {
  const before = beforeUs(env)
  for (const name of [offlineInstall, configFolder]) {
    const value = before[name]
    if (value) process.env[name] = value
    else delete process.env[name]
  }
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
