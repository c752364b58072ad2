import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { hostById } from "../plugin/mesh/ledger/tables/hosts.ts"
import type { Ledger } from "../plugin/mesh/ledger/ledger.ts"
import type { AgentRow } from "../plugin/mesh/ledger/tables/rows.ts"
import { isAlive } from "../plugin/system/processes.ts"
import { runLog } from "./change.ts"

export interface Killed {
  agentId: string
  pid: number
  sessionId: string | null
  /** The attempt that was killed. */
  attempt: number
  /** Runs of the test that the agent had behind it. */
  runs: number
}

/** So many runs show that the agent is in the middle of its call. */
const enoughRuns = 3

/**
 * Kills the host of an agent while that agent's shell command is at work. Resolves with undefined
 * when `signal` says that there will be nothing to kill.
 */
export const killInMidWork = async (
  { ledger, project, agent }: { ledger: Ledger; project: string; agent: string },
  signal: AbortSignal,
): Promise<Killed | undefined> => {
  const log = join(project, runLog)
  const runs = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0)
  while (runs() < enoughRuns) {
    if (signal.aborted) return undefined
    await nextTick(signal)
  }
  const { victim, host } = await find(ledger, agent)
  if (!victim || !host || host.pid === null || host.process_start === null) return undefined
  // A pid is trusted only with its start time: it may be somebody else's by now.
  if (!isAlive({ pid: host.pid, process_start: host.process_start })) return undefined
  process.kill(host.pid, "SIGKILL")
  return {
    agentId: victim.id,
    pid: host.pid,
    sessionId: victim.session_id,
    attempt: victim.attempts,
    runs: runs(),
  }
}

const find = (ledger: Ledger, name: string) =>
  ledger.read(async (db) => {
    const victim = await db.get<AgentRow>("SELECT * FROM agents WHERE name = ?", name)
    return { victim, host: victim?.host_id ? await hostById(db, victim.host_id) : undefined }
  })

// The log's folder does not exist at first, and file watchers differ between systems.
const tickMs = 50
const nextTick = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, tickMs)
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true })
  })
