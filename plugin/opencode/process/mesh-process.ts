import { createChanges } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config, limitsOf, retentionOf, retryOf } from "../../mesh/model/config.ts"
import { createHealth } from "../../mesh/fleets/health.ts"
import { createFleets } from "../../mesh/fleets/fleets.ts"
import type { DraftChecks } from "../../mesh/model/draft-checks.ts"
import type { LazyLedger } from "../../mesh/ledger/lazy-ledger.ts"
import type { InboxDeps } from "../../mesh/mail/inbox.ts"
import type { Exchanges } from "../../mesh/mail/exchanges.ts"
import { auditLedger } from "../../mesh/audit/audit.ts"
import { createMessages } from "../../mesh/mail/messages.ts"
import { createRetention } from "../../mesh/retention/retention.ts"
import { createRatifications } from "../../mesh/councils/ratifications.ts"
import { createReceipts } from "../../mesh/mail/receipts.ts"
import { createQuestions } from "../../mesh/questions/questions.ts"
import { createResults } from "../../mesh/fleets/results.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import type { Leases } from "../../mesh/supervision/leases.ts"
import { createCoolDowns } from "../../mesh/lifecycle/cool-downs.ts"
import { leadTrace } from "./lead-trace.ts"
import { supervisionLimitsOf } from "./supervision-limits.ts"
import { createSupervisor } from "../../mesh/supervision/supervisor.ts"
import { createWakefulness } from "../../mesh/supervision/wakefulness.ts"
import { createWork, type Ranker, type Specialists } from "../../mesh/work.ts"
import { createTelemetry, unfinishedFleets } from "../../mesh/telemetry/telemetry.ts"
import { createTemplates, type TemplatesDeps } from "../../mesh/templates/templates.ts"
import { createStreams } from "../../mesh/streams/streams.ts"
import { createMerges } from "../../mesh/merging/merges.ts"
import { createChoice } from "../../mesh/tasks/choose.ts"
import { createReservations } from "../../mesh/reservations/reservations.ts"
import { createTasks } from "../../mesh/tasks/tasks.ts"
import { createTools } from "../../tools/registry.ts"
import { createLazyEventServer } from "../../system/event-server/lazy-event-server.ts"
import { createRunCheck } from "../../system/offspring/run-check.ts"
import { ledgerPlace, shownPlace } from "../../system/ledger-store.ts"
import { pathsIn } from "../../system/mesh-home.ts"
import { repositoryPath } from "../../system/worktrees/repository-paths.ts"
import { freeDiskBytes, readMachine } from "../../system/machine.ts"
import { createOtlpSink } from "../../system/telemetry/otlp-sink.ts"
import { createProgressFiles } from "../../system/telemetry/progress-files.ts"
import type { TelemetrySettings } from "../../system/telemetry/telemetry-settings.ts"
import { createHomeFiles } from "../../system/upkeep/home-files.ts"
import { setupOf } from "../../mesh/worktrees/tree-setup.ts"
import { hasBranch } from "../../system/merging/has-branch.ts"
import { createGitMergeTrees } from "../../system/merging/git-merge-trees.ts"
import { createGitWorktrees } from "../../system/git-worktrees.ts"
import { isAlive, isGone, ownProcess } from "../../system/processes.ts"
import { existsSync } from "node:fs"
import { totalmem } from "node:os"

export interface MeshProcessDeps {
  home: string
  config: Config
  lazyLedger: LazyLedger
  leases: Leases
  /** What this process is carrying into sessions; a shell has none. */
  deliveries: Pick<InboxDeps, "isInFlight" | "hold">
  exchanges: Exchanges
  draftChecks: DraftChecks
  specialists: Specialists
  ranker: Ranker
  bundledTemplates: TemplatesDeps["bundled"]
  /** Undefined: off. */
  telemetry: TelemetrySettings | undefined
  env: Record<string, string | undefined>
  hosts: Hosts
  opencode: string
  isInsideAgent: () => boolean
  /** What each host takes beyond itself. */
  extrasBytes: () => number
  onError: (error: unknown) => void
}

/** What a busy machine may keep a process waiting is no sleep; nor may a sleep look like lost hosts. */
const mostLeastSleepMs = 5000

/** What every process of the mesh has: lead, host and command line. */
export const createMeshProcess = (deps: MeshProcessDeps) => {
  const { home, config, lazyLedger, exchanges, onError } = deps
  const { ledger } = lazyLedger
  const now = Date.now
  const limits = limitsOf(config)
  const changes = createChanges(ledger, onError)
  const machine = () => ({ ...readMachine(), extrasBytes: deps.extrasBytes() })
  const worktrees = createGitWorktrees({
    home,
    env: () => process.env,
    setup: setupOf(config),
    reserveBytes: limits.diskReserveBytes,
  })
  const wakefulness = createWakefulness(now, Math.min(mostLeastSleepMs, config.heartbeat_ms))
  const progress = deps.telemetry && createProgressFiles(home)
  const telemetry =
    deps.telemetry &&
    progress &&
    createTelemetry({
      ledger,
      progress,
      sink: createOtlpSink(deps.telemetry),
      delayMs: deps.telemetry.delayMs,
      onError,
    })
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
    wakefulness,
    limits: supervisionLimitsOf(config, {
      totalBytes: totalmem(),
      isSpecialist: (agent) => deps.specialists.find(agent)?.registered === false,
    }),
    retry: retryOf(config),
    caps: capsOf(config),
    watch: telemetry,
    onError,
  })
  const results = createResults({ ledger, changes, now, isAlive, worktrees, exchanges, limits })
  const fleets = createFleets({
    ledger,
    changes,
    now,
    isAlive,
    draftChecks: deps.draftChecks,
    worktrees,
    limits,
    machine,
    opencode: deps.opencode,
    isInsideAgent: deps.isInsideAgent,
    traceparent: telemetry && (() => leadTrace(deps.env)),
    supervise: (fleetId) => void supervisor.supervise(fleetId),
  })
  const messages = createMessages({
    ledger,
    changes,
    now,
    isAlive,
    isInFlight: deps.deliveries.isInFlight,
    hold: deps.deliveries.hold,
    exchanges,
    caps: capsOf(config),
  })
  const audit = () => ledger.read(auditLedger)
  const health = createHealth({ ledger, isAlive, now, freeDiskBytes: () => freeDiskBytes(home) })
  const retention = createRetention({
    ledger,
    upkeep: async () => (await lazyLedger.ready()).upkeep,
    now,
    isAlive,
    isThere: existsSync,
    hasBranch,
    files: createHomeFiles(home),
    pause: (ms) => new Promise((go) => setTimeout(go, ms)),
  })
  const receipts = createReceipts({ ledger })
  const caps = capsOf(config)
  const ratifications = createRatifications({ ledger, isAlive, exchanges, caps, now })
  const eventServer = createLazyEventServer({
    ledger,
    changes,
    now,
    folder: pathsIn(home).streams,
    place: shownPlace(ledgerPlace(home, config.ledger)),
    lifetimeMs: config.stream_token_ms,
    self: ownProcess(),
    isAlive,
    onError,
  })
  const streams = createStreams({ ledger, server: eventServer })
  const questions = createQuestions({ ledger })
  const coolDowns = createCoolDowns({ ledger, now, longestRestMs: config.longest_rest_ms })
  const work = createWork({
    ledger,
    ranker: deps.ranker,
    specialists: deps.specialists,
  })

  const tasks = createTasks({
    ledger,
    isAlive,
    choose: createChoice({ ledger, ranker: deps.ranker }),
    runCheck: createRunCheck(home, () => process.env),
    checkMs: config.task_check_ms,
  })
  const reservations = createReservations({ ledger, isAlive, placeOf: repositoryPath })
  const pause = (ms: number) => new Promise<void>((go) => setTimeout(go, ms))
  const merges = createMerges({
    ledger,
    changes,
    isAlive,
    leases: deps.leases,
    trees: createGitMergeTrees({ home, env: () => process.env }),
    messages,
    fleets,
    pause,
  })
  const templates = createTemplates({ ledger, fleets, bundled: deps.bundledTemplates })

  return {
    lazyLedger,
    ledger,
    changes,
    now,
    wakefulness,
    supervisor,
    results,
    fleets,
    messages,
    work,
    questions,
    ratifications,
    templates,
    merges,
    tasks,
    coolDowns,
    eventServer,
    retention,
    /** For how long ended fleets are kept; undefined: for good. */
    retentionMs: retentionOf(config),
    onError,
    isTracing: telemetry !== undefined,
    /** Takes over fleets of the project that have ended and were not told of in full. */
    async finishTelling(project: string) {
      if (!progress) return
      for (const fleetId of await unfinishedFleets({ ledger, progress }, project))
        await supervisor.supervise(fleetId)
    },
    audit,
    tools: createTools({
      fleets,
      results,
      messages,
      work,
      receipts,
      ratifications,
      templates,
      merges,
      tasks,
      reservations,
      audit,
      health,
      now,
      streams,
    }),
    /** Leases first, so that somebody else goes on at once. Idempotent. */
    async close() {
      wakefulness.close()
      await eventServer.close()
      await supervisor.close()
      telemetry?.close()
      changes.close()
      await ledger.close()
    },
  }
}

/** Fresh enough to see memory running low, and not read with every commit. */
const recent = <T>(read: () => T, now: () => number): (() => T) => {
  let last: { value: T; at: number } | undefined
  return () => {
    if (!last || now() - last.at >= 1000) last = { value: read(), at: now() }
    return last.value
  }
}

export type MeshProcess = ReturnType<typeof createMeshProcess>
