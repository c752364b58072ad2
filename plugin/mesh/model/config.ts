import * as z from "zod"
import { isPostgresAddress } from "./ledger-place.ts"

const positive = z.number().int().positive()

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
    attempts: positive.max(20).default(3).describe("Attempts per agent, including the first"),
    retry_base_ms: positive
      .default(1000)
      .describe("Wait before the second attempt; doubles each time"),
    heartbeat_ms: positive.min(100).default(5000).describe("Interval between a host's heartbeats"),
    stall_ms: positive
      .default(600_000)
      .describe("Silence after which an agent is reported as stalled"),
    on_stall: z
      .enum(["report", "cancel", "retry"])
      .default("report")
      .describe("What else happens to a stalled agent, unless a call says otherwise"),
    loop_calls: positive
      .min(2)
      .default(10)
      .describe("Identical tool calls in a row after which an agent is reported as looping"),
    on_loop: z
      .enum(["report", "cancel"])
      .default("report")
      .describe("What else happens to a looping agent"),
    cool_down_ms: positive
      .default(30_000)
      .describe(
        "How long a provider rests after its rate limit failed an attempt; doubles each time",
      ),
    linger_ms: z
      .number()
      .int()
      .min(0)
      .default(10_000)
      .describe("How long a host without work stays up for mail after its fleet's end"),
    memory_reserve_mb: z
      .number()
      .int()
      .min(0)
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
    host_start_ms: positive.default(60_000).describe("How long a host may take to start"),
    wrap_up_grace_ms: positive
      .default(60_000)
      .describe("Time an agent has to report after a wrap_up"),
    stop_patience_ms: positive
      .default(10_000)
      .describe("How long a stop may take before the host is killed"),
    batch_ms: z
      .number()
      .int()
      .min(0)
      .default(250)
      .describe("Messages that arrive within this time enter a session together"),
    seen_deadline_ms: positive
      .default(30_000)
      .describe("Redeliver a message that stays unseen for this long"),
    question_deadline_ms: positive
      .default(900_000)
      .describe("How long an agent's question waits for a person before it is rejected"),
    agent_folders: z
      .array(z.string())
      .default([])
      .describe("Additional folders with agent files, such as a clone of agency-agents"),
    opencode: z
      .string()
      .optional()
      .describe("OpenCode binary for hosts (default: the one that runs the lead)"),
    ledger: ledgerPlace
      .optional()
      .describe(
        "Where the ledger is: a path, or postgres://user:password@host/database (default: mesh.db in MESHFLEET_HOME)",
      ),
    routing: z
      .record(z.string(), z.unknown())
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
}

/** How often an agent is tried, and after what wait. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attempts: number
  /** Before the second attempt, in ms; doubled for each further one. */
  baseMs: number
}

/** How often members may wake each other. */
export interface WakeCaps {
  /** Wakes per fleet that a member's message caused. */
  perFleet: number
  /** Messages of one correlation after which it wakes nobody. */
  hops: number
}

export interface ConfigProblem {
  path: string
  problem: string
}

/**
 * Later layers win. A bad value is reported with its path, and the one below it or the default is
 * used: a typo in a configuration never costs the user their tools.
 */
export const parseConfig = (
  layers: readonly { from: string; values: Record<string, unknown> }[],
): { config: Config; problems: ConfigProblem[] } => {
  const problems: ConfigProblem[] = []
  const merged: Record<string, unknown> = {}
  const shape = configSchema.shape as Record<string, z.ZodType>
  for (const { from, values } of layers)
    for (const [key, value] of Object.entries(values)) {
      const schema = Object.hasOwn(shape, key) ? shape[key] : undefined
      if (!schema) {
        problems.push({ path: `${from}: ${key}`, problem: "unknown setting; it is ignored" })
        continue
      }
      const parsed = schema.safeParse(value)
      if (parsed.success) merged[key] = parsed.data
      else
        problems.push({
          path: `${from}: ${[key, ...(parsed.error.issues[0]?.path ?? [])].join(".")}`,
          problem: `${parsed.error.issues[0]?.message ?? "not valid"}; the default is used`,
        })
    }
  return { config: configSchema.parse(merged), problems }
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
})

export const retryOf = (config: Config): RetryPolicy => ({
  attempts: config.attempts,
  baseMs: config.retry_base_ms,
})

export const capsOf = (config: Config): WakeCaps => ({
  perFleet: config.wakes_per_fleet,
  hops: config.hops_per_correlation,
})
