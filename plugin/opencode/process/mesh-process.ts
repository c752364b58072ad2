import { createChanges } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config, limitsOf, retryOf } from "../../mesh/model/config.ts"
import { createFleets } from "../../mesh/fleets/fleets.ts"
import type { DraftChecks } from "../../mesh/model/draft-checks.ts"
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
import { pathsIn } from "../../system/mesh-home.ts"
import { readMachine } from "../../system/machine.ts"
import { createGitWorktrees } from "../../system/git-worktrees.ts"
import { isAlive, isGone, ownProcess } from "../../system/processes.ts"
import type { Sessions } from "../runtime/sessions.ts"

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
  const lazyLedger = createLazyLedger(() => openLedger(pathsIn(home).ledger))
  const { ledger } = lazyLedger
  const now = Date.now
  const changes = createChanges(ledger, onError)
  const courier = createCourier({ ledger, sessions: deps.sessions, now, onError })
  const callers = createCallers({
    ledger,
    sessions: deps.sessions,
    self: ownProcess(),
    isAlive,
  })
  const worktrees = createGitWorktrees({ home, env: () => process.env })
  const supervisor = createSupervisor({
    ledger,
    changes,
    now,
    random: Math.random,
    isAlive,
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
    machine: () => ({ ...readMachine(), extrasBytes: deps.extrasBytes() }),
    opencode: deps.opencode,
    isInsideAgent: deps.isInsideAgent,
    supervise: (fleetId) => void supervisor.supervise(fleetId),
  })
  const messages = createMessages({
    ledger,
    changes,
    now,
    isAlive,
    isInFlight: courier.isInFlight,
    hold: courier.hold,
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

export type MeshProcess = ReturnType<typeof createMeshProcess>
