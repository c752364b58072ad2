import { createChanges } from "../../mesh/ledger/changes.ts"
import { type Config, limitsOf } from "../../mesh/model/config.ts"
import { createFleets } from "../../mesh/fleets/fleets.ts"
import type { DraftChecks } from "../../mesh/model/draft-checks.ts"
import { newId } from "../../mesh/model/ids.ts"
import { createLazyLedger } from "../../mesh/ledger/lazy-ledger.ts"
import { openLedger } from "../../mesh/ledger/ledger.ts"
import { createMessages } from "../../mesh/mail/messages.ts"
import { createQuestions } from "../../mesh/questions/questions.ts"
import { createResults } from "../../mesh/fleets/results.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import { createSupervisor } from "../../mesh/supervision/supervisor.ts"
import { createWork, type Ranker, type Specialists } from "../../mesh/work.ts"
import { createTools } from "../../tools/registry.ts"
import { createCallers } from "./callers.ts"
import { createCourier } from "./courier.ts"
import { createFileLeases } from "../../system/file-leases.ts"
import { readMachine } from "../../system/machine.ts"
import { createGitWorktrees } from "../../system/git-worktrees.ts"
import { isAlive, isGone, ownProcess } from "../../system/processes.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { totalmem } from "node:os"
import { join } from "node:path"

export interface MeshProcessDeps {
  home: string
  config: Config
  sessions: Sessions
  draftChecks: DraftChecks
  specialists: Specialists
  ranker: Ranker
  hosts: Hosts
  opencode: string
  isInsideAgent: boolean
  /** What each host takes beyond itself. */
  extrasBytes: () => number
  onError: (error: unknown) => void
}

/** A host is dead after so many heartbeats without one: 50 s, so that its agents go on within 75 s. */
const missedBeats = 10

/** Everything one process of the mesh shares, whatever it is: lead, host or command line. */
export const createMeshProcess = (deps: MeshProcessDeps) => {
  const { home, config, onError } = deps
  const lazyLedger = createLazyLedger(() => openLedger(join(home, "mesh.db")))
  const { ledger } = lazyLedger
  const now = Date.now
  const changes = createChanges(ledger, onError)
  const courier = createCourier({ ledger, sessions: deps.sessions, now, newId, onError })
  const callers = createCallers({
    ledger,
    sessions: deps.sessions,
    self: ownProcess(),
    isAlive,
    now,
  })
  const machine = () => ({ ...readMachine(), extrasBytes: deps.extrasBytes() })
  const worktrees = createGitWorktrees({ home, env: () => process.env })
  const supervisor = createSupervisor({
    ledger,
    changes,
    now,
    newId,
    random: Math.random,
    isAlive,
    heartbeatMs: config.heartbeat_ms,
    machine: recent(machine, now),
    self: ownProcess(),
    isGone,
    hosts: deps.hosts,
    leases: createFileLeases(home),
    worktrees,
    limits: {
      hostStartMs: config.host_start_ms,
      hostSilenceMs: config.heartbeat_ms * missedBeats,
      stallMs: config.stall_ms,
      wrapUpGraceMs: config.wrap_up_grace_ms,
      stopPatienceMs: config.stop_patience_ms,
      memoryReserveBytes: reserveBytes(config, totalmem()),
      lingerMs: config.linger_ms,
      isSpecialist: (agent) => deps.specialists.find(agent)?.registered === false,
    },
    retry: { attempts: config.attempts, baseMs: config.retry_base_ms },
    caps: { perFleet: config.wakes_per_fleet, hops: config.hops_per_correlation },
    onError,
  })
  const results = createResults({ ledger, changes, now, isAlive, worktrees })
  const fleets = createFleets({
    ledger,
    changes,
    now,
    newId,
    isAlive,
    draftChecks: deps.draftChecks,
    worktrees,
    limits: limitsOf(config),
    machine,
    opencode: deps.opencode,
    isInsideAgent: deps.isInsideAgent,
    supervise: (fleetId) => void supervisor.supervise(fleetId),
  })
  const messages = createMessages({
    ledger,
    changes,
    now,
    newId,
    isAlive,
    isInFlight: courier.isInFlight,
    hold: courier.hold,
  })
  const questions = createQuestions({ ledger, changes, now, newId })
  const work = createWork({
    ledger,
    changes,
    now,
    ranker: deps.ranker,
    specialists: deps.specialists,
  })

  return {
    lazyLedger,
    ledger,
    changes,
    now,
    newId,
    courier,
    callers,
    supervisor,
    results,
    fleets,
    messages,
    work,
    questions,
    tools: createTools({ fleets, results, messages, work }),
    /** Leases first, so that somebody else goes on at once. Idempotent. */
    async close() {
      await supervisor.close()
      changes.close()
      await ledger.close()
    },
  }
}

const mebibyte = 1024 * 1024

/** What is left to everything else: a quarter, and on a small machine as much as a new host needs to begin. */
const reserveBytes = ({ memory_reserve_mb: chosen }: Config, totalBytes: number) =>
  chosen === undefined ? Math.max(1024 * mebibyte, totalBytes / 4) : chosen * mebibyte

/** Fresh enough to see memory running low, and not read with every commit. */
const recent = <T>(read: () => T, now: () => number): (() => T) => {
  let last: { value: T; at: number } | undefined
  return () => {
    if (!last || now() - last.at >= 1000) last = { value: read(), at: now() }
    return last.value
  }
}

export type MeshProcess = ReturnType<typeof createMeshProcess>
