import { createChanges } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config, limitsOf, retryOf } from "../../mesh/model/config.ts"
import { createFleets } from "../../mesh/fleets/fleets.ts"
import type { DraftChecks } from "../../mesh/model/draft-checks.ts"
import type { LazyLedger } from "../../mesh/ledger/lazy-ledger.ts"
import type { InboxDeps } from "../../mesh/mail/inbox.ts"
import { createMessages } from "../../mesh/mail/messages.ts"
import { createQuestions } from "../../mesh/questions/questions.ts"
import { createResults } from "../../mesh/fleets/results.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import type { Leases } from "../../mesh/supervision/leases.ts"
import { createSupervisor } from "../../mesh/supervision/supervisor.ts"
import { createWork, type Ranker, type Specialists } from "../../mesh/work.ts"
import { createTools } from "../../tools/registry.ts"
import { readMachine } from "../../system/machine.ts"
import { createGitWorktrees } from "../../system/git-worktrees.ts"
import { isAlive, isGone, ownProcess } from "../../system/processes.ts"
import { totalmem } from "node:os"

export interface MeshProcessDeps {
  home: string
  config: Config
  lazyLedger: LazyLedger
  leases: Leases
  /** What this process is carrying into sessions; a shell has none. */
  deliveries: Pick<InboxDeps, "isInFlight" | "hold">
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

/** What every process of the mesh has: lead, host and command line. */
export const createMeshProcess = (deps: MeshProcessDeps) => {
  const { home, config, lazyLedger, onError } = deps
  const { ledger } = lazyLedger
  const now = Date.now
  const changes = createChanges(ledger, onError)
  const machine = () => ({ ...readMachine(), extrasBytes: deps.extrasBytes() })
  const worktrees = createGitWorktrees({ home, env: () => process.env })
  const supervisor = createSupervisor({
    ledger,
    changes,
    now,
    random: Math.random,
    isAlive,
    heartbeatMs: config.heartbeat_ms,
    machine: recent(machine, now),
    self: ownProcess(),
    isGone,
    hosts: deps.hosts,
    leases: deps.leases,
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
    retry: retryOf(config),
    caps: capsOf(config),
    onError,
  })
  const results = createResults({ ledger, changes, now, isAlive, worktrees })
  const fleets = createFleets({
    ledger,
    changes,
    now,
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
    isAlive,
    isInFlight: deps.deliveries.isInFlight,
    hold: deps.deliveries.hold,
  })
  const questions = createQuestions({ ledger })
  const work = createWork({
    ledger,
    ranker: deps.ranker,
    specialists: deps.specialists,
  })

  return {
    lazyLedger,
    ledger,
    changes,
    now,
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
