import * as z from "zod"
import { isRecord } from "./is-record.ts"
import { isPostgresAddress } from "./ledger-place.ts"
import { longestTimerMs } from "./limits/numbers.ts"
import { duration } from "./settings/duration.ts"
import { treeSettings } from "./settings/tree-settings.ts"
import { type ConfigProblem, describeBadValue, describeUnknown } from "./settings/bad-setting.ts"

const positive = z.number().int().positive().max(1_000_000)
const durationOrNone = z.number().int().min(0).max(longestTimerMs)

/** What hosts share of the user's own: every host starts its own. */
const hostChoice = z.union([z.enum(["inherit", "none"]), z.array(z.string())]).default("inherit")

const ledgerPlace = z
  .string()
  .min(1)
  .refine(
    (place) => !place.includes("://") || isPostgresAddress(place),
    "neither a path nor an address that begins with postgres://",
  )

/** Every setting, all optional: from here the JSON Schema and the README's table are made. */
export const configSchema = z
  .object({
    tools: z
      .union([z.enum(["core", "all"]), z.array(z.string())])
      .default("core")
      .describe("Tools that a lead sees: core, all, or core plus those named"),
    isolation: z
      .enum(["auto", "process", "shared"])
      .default("auto")
      .describe("How agents share host processes, unless a call says otherwise"),
    max_parallel: positive
      .optional()
      .describe("Agents of a fleet at work at once (default: from cores and free memory)"),
    agents_per_fleet: positive.max(1000).default(64).describe("Most agents in one fleet"),
    fleets_at_once: positive.default(16).describe("Most fleets running at once in a project"),
    wakes_per_fleet: positive
      .default(50)
      .describe("Most wakes per fleet caused by messages between its members"),
    hops_per_correlation: positive
      .default(20)
      .describe("Most messages of one correlation that may wake an agent"),
    idle_exchanges: positive
      .max(1000)
      .default(6)
      .describe(
        "Most messages with their answers in a row between which nobody does anything else; further ones are refused",
      ),
    attempts: positive.max(20).default(3).describe("Attempts per agent, including the first"),
    retry_base_ms: duration
      .default(1000)
      .describe("Wait before the second attempt; doubles each time"),
    heartbeat_ms: duration.min(100).default(5000).describe("Interval between a host's heartbeats"),
    stall_ms: duration
      .default(600_000)
      .describe("Silence after which an agent is reported as stalled"),
    on_stall: z
      .enum(["report", "cancel", "retry"])
      .default("report")
      .describe("What else happens to a stalled agent, unless a call says otherwise"),
    task_lease_ms: duration
      .default(1_800_000)
      .describe("Silence of its owner after which a task of the board is given back"),
    task_check_ms: duration
      .default(600_000)
      .describe("How long the acceptance command of a task may run"),
    file_reservations: z
      .boolean()
      .default(false)
      .describe("Agents can reserve files, which others then cannot edit (docs/reservations.md)"),
    loop_calls: positive
      .min(2)
      .default(10)
      .describe("Identical tool calls in a row after which an agent is reported as looping"),
    on_loop: z
      .enum(["report", "cancel"])
      .default("report")
      .describe("What else happens to a looping agent"),
    cool_down_ms: duration
      .default(30_000)
      .describe(
        "How long a provider rests after its rate limit failed an attempt; doubles each time",
      ),
    longest_rest_ms: duration
      .default(900_000)
      .describe("The longest that a provider rests, whatever it asks for; then one agent tries it"),
    linger_ms: durationOrNone
      .default(10_000)
      .describe("How long a host without work stays up for mail after its fleet's end"),
    memory_reserve_mb: z
      .number()
      .int()
      .min(0)
      .max(1_000_000_000)
      .optional()
      .describe(
        "Free memory below which hosts without work give way, the longest idle first (default: a quarter of all memory, at least 1024)",
      ),
    host_mcp: hostChoice.describe(
      "Your MCP servers that each host starts: inherit (all), none, or those named",
    ),
    host_lsp: hostChoice.describe(
      "Language servers that each host starts, if you have them on: inherit (all), none, or those named",
    ),
    host_start_ms: duration.default(60_000).describe("How long a host may take to start"),
    wrap_up_grace_ms: duration
      .default(60_000)
      .describe("Time an agent has to report after a wrap_up"),
    stop_patience_ms: duration
      .default(10_000)
      .describe("How long a stop may take before the host is killed"),
    batch_ms: durationOrNone
      .default(250)
      .describe("Messages that arrive within this time enter a session together"),
    seen_deadline_ms: duration
      .default(30_000)
      .describe("Redeliver a message that stays unseen for this long"),
    question_deadline_ms: duration
      .default(900_000)
      .describe("How long an agent's question waits for a person before it is rejected"),
    retention_days: z
      .number()
      .int()
      .min(0)
      .max(36_500)
      .default(30)
      .describe("Days for which the history of an ended fleet is kept; 0 keeps it for good"),
    ...treeSettings,
    agent_folders: z
      .array(z.string())
      .default([])
      .describe("Additional folders with agent files, such as a clone of agency-agents"),
    opencode: z
      .string()
      .optional()
      .describe("OpenCode binary for hosts (default: the one that runs the lead)"),
    stream_token_ms: duration
      .min(60_000)
      .default(86_400_000)
      .describe("How long the token of a stream is good (docs/streams.md)"),
    ledger: ledgerPlace
      .optional()
      .describe(
        "Where the ledger is: a path, or postgres://user:password@host/database (default: mesh.db in MESHFLEET_HOME)",
      ),
    telemetry: z
      .union([z.boolean(), z.url({ protocol: /^https?$/ })])
      .optional()
      .describe(
        "Traces and metrics to a collector (docs/telemetry.md): true, false, or its address (default: on where OTEL_EXPORTER_OTLP_ENDPOINT is set)",
      ),
    routing: z
      .record(z.string(), z.unknown())
      .refine(
        ({ embeddings }) =>
          !isRecord(embeddings) || duration.optional().safeParse(embeddings["timeout_ms"]).success,
        `embeddings.timeout_ms: a whole number from 1 to ${longestTimerMs}`,
      )
      .default({})
      .describe("Synonyms, taxonomy and embeddings of the router (docs/routing.md)"),
  })
  .strict()

export type Config = z.infer<typeof configSchema>

export interface Limits {
  isolation: Config["isolation"]
  onStall: Config["on_stall"]
  maxParallel: number | undefined
  agentsPerFleet: number
  fleetsAtOnce: number
  hostStartMs: number
  stopPatienceMs: number
  longestRestMs: number
  diskReserveBytes: number
}

/** How often an agent is tried, and after what wait. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attempts: number
  /** Before the second attempt, in ms; doubled for each further one. */
  baseMs: number
}

/** How far agents may talk with nobody above them asking for it. */
export interface WakeCaps {
  /** Wakes per fleet that a member's message caused. */
  perFleet: number
  /** Messages of one correlation after which it wakes nobody. */
  hops: number
  /** Messages in a row, and nothing else between them, after which one wakes nobody. */
  replies: number
}

export type { ConfigProblem }

/**
 * Later layers win. A bad value is reported with its path, and the one below it or the default is
 * used: a typo in a configuration never costs the user their tools.
 */
export const parseConfig = (
  layers: readonly { from: string; values: Record<string, unknown> }[],
): { config: Config; problems: ConfigProblem[] } => {
  const merged: Record<string, unknown> = {}
  const origins = new Map<string, string>()
  const found: { path: string; describe: (config: Record<string, unknown>) => string }[] = []
  const shape = configSchema.shape as Record<string, z.ZodType>
  for (const { from, values } of layers)
    for (const [key, value] of Object.entries(values)) {
      const schema = Object.hasOwn(shape, key) ? shape[key] : undefined
      const parsed = schema?.safeParse(value)
      if (!schema || !parsed) {
        const problem = describeUnknown(key, Object.keys(shape))
        found.push({ path: `${from}: ${key}`, describe: () => problem })
      } else if (parsed.success) {
        merged[key] = parsed.data
        origins.set(key, from)
      } else {
        const [issue] = parsed.error.issues
        found.push({
          path: `${from}: ${[key, ...(issue?.path ?? [])].join(".")}`,
          // What holds in its place is known once all layers are.
          describe: (config) =>
            describeBadValue(key, value, schema, issue, {
              value: config[key],
              from: origins.get(key),
            }),
        })
      }
    }
  const config = configSchema.parse(merged)
  const problems = found.map(({ path, describe }) => ({ path, problem: describe(config) }))
  return { config, problems }
}

/** MESHFLEET_MAX_PARALLEL=4 sets max_parallel; numbers, JSON and plain words are understood. */
export const configFromEnv = (env: Record<string, string | undefined>) =>
  Object.fromEntries(
    Object.keys(configSchema.shape).flatMap((key) => {
      const text = env[`MESHFLEET_${key.toUpperCase()}`]
      return text === undefined || text === "" ? [] : [[key, parseValue(text)]]
    }),
  )

const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const limitsOf = (config: Config): Limits => ({
  isolation: config.isolation,
  onStall: config.on_stall,
  maxParallel: config.max_parallel,
  agentsPerFleet: config.agents_per_fleet,
  fleetsAtOnce: config.fleets_at_once,
  hostStartMs: config.host_start_ms,
  stopPatienceMs: config.stop_patience_ms,
  longestRestMs: config.longest_rest_ms,
  diskReserveBytes: config.disk_reserve_mb * 1024 ** 2,
})

export const retryOf = (config: Config): RetryPolicy => ({
  attempts: config.attempts,
  baseMs: config.retry_base_ms,
})

const day = 24 * 3_600_000

/** For how long ended fleets are kept; undefined: for good. */
export const retentionOf = ({ retention_days: days }: Config) => (days > 0 ? days * day : undefined)

export const capsOf = (config: Config): WakeCaps => ({
  perFleet: config.wakes_per_fleet,
  hops: config.hops_per_correlation,
  replies: config.idle_exchanges * 2,
})
