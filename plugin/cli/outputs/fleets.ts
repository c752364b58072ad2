import * as z from "zod"
import { agentStatuses, fleetStatuses } from "../../mesh/model/agent.ts"
import { askedQuestion } from "./people.ts"
import { event } from "./events.ts"
import { anything, budget, document, lines, text, time, whole } from "./output.ts"

const fleetStatus = z.enum(fleetStatuses)
const agentStatus = z.enum(agentStatuses)
const cost = z.number().nullable().describe("Null where the price is unknown")
const spent = z.object({ tokens: whole, cost_usd: cost, turns: whole, duration_ms: whole })
const error = z.object({ code: text, detail: text.nullable() })
const worktree = {
  worktree_path: text.optional(),
  worktree_removed: z.boolean().optional(),
  branch: text.optional(),
  merged: z.boolean().optional().describe("Whether some of its branch was merged"),
  changed: z.boolean().optional().describe("Whether its worktree holds work"),
  commits: whole.optional(),
  uncommitted: whole.optional().describe("Files"),
}
const identity = {
  agent_id: text,
  name: text,
  role: text,
  agent: text.nullable().describe("Which specialist or agent of OpenCode it runs as"),
  status: agentStatus,
}

const oneFleet = z.object({
  fleet: z.object({
    fleet_id: text,
    name: text,
    status: fleetStatus,
    isolation: text,
    max_parallel: whole,
    created_at: time,
    completed_at: time.optional(),
    timeout_at: time.optional(),
    board: text.optional().describe("How its tasks stand, in one line"),
    budget: budget.optional(),
    spent,
  }),
  agents: z.array(
    z.object({
      ...identity,
      pid: whole.nullable().describe("Of its host"),
      host_alive: z.boolean(),
      attempts: whole,
      activity: text.nullable().describe("What it does now"),
      last_tool: text.nullable(),
      age_ms: whole,
      tokens: whole,
      cost_usd: cost,
      turns: whole,
      budget: budget.optional(),
      spent: spent.optional(),
      unread: whole.describe("Messages it has not acknowledged"),
      blocked_on: text
        .nullable()
        .describe("message, provider, or what a person is asked; null: nothing"),
      question_id: text.optional().describe("For meshfleet answer"),
      rest: z
        .object({ provider: text, until: time, reason: text })
        .optional()
        .describe("Of the provider it waits for"),
      silent_ms: whole.optional().describe("Only of a stalled agent: since its last activity"),
      queue_place: whole.optional(),
      error: error.optional(),
      ...worktree,
    }),
  ),
})

const summary = {
  fleet_id: text,
  name: text,
  status: fleetStatus,
  lead: z.boolean().describe("Whether you lead it"),
  created_at: time,
  completed_at: time.optional(),
  agent_count: whole,
  agents_queued: whole,
  agents_running: whole,
  agents_complete: whole,
  agents_failed: whole,
  agents_cancelled: whole,
}

export const statusOutputs = {
  all: document(
    "`status`",
    z.object({
      project: text.describe("The repository's folder of git, or the directory"),
      fleets: z.array(z.object({ ...summary, ...oneFleet.shape })).describe("The newest first"),
    }),
  ),
  one: document("`status <fleet>`", oneFleet),
}

export const fleetOutputs = {
  one: document(
    "`fleet <fleet>`",
    z.object({
      ...oneFleet.shape,
      attention: z
        .array(z.object({ agent_id: text, name: text, why: text }))
        .describe("Who needs somebody and why, the most urgent first"),
      questions: z.array(askedQuestion),
      reserved: z
        .array(
          z.object({
            agent_id: text,
            name: text,
            path: text.describe("Or a glob, from the root of the repository"),
            mode: z.enum(["exclusive", "shared"]),
            reason: text,
            until: time,
          }),
        )
        .describe("Files that nobody else may edit for now"),
      events: z.array(event).describe("The latest, oldest first"),
    }),
  ),
}

export const watchOutputs = {
  line: lines(
    "`watch`: how the fleet stands, each event, and how it stands at the end",
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("status"), ...oneFleet.shape }),
      z.object({ kind: z.literal("event"), ...event.shape }),
    ]),
  ),
}

export const resultsOutputs = {
  one: document(
    "`results <fleet>`",
    z.object({
      fleet_id: text,
      status: fleetStatus,
      complete: z.boolean().describe("Whether every agent named has ended"),
      board: text.optional().describe("How its tasks stand, in one line"),
      note: text.optional().describe("Why it is not complete"),
      results: z.array(
        z.object({
          ...identity,
          output: text.describe("Its newest answer, or what it has said so far"),
          partial: z.boolean(),
          earlier: z.array(z.object({ answered: text, output: text })).optional(),
          files: z.array(text).optional().describe("Changed with its tools"),
          failed_check: z
            .object({ command: text, exit: whole, output: text })
            .optional()
            .describe("The last check that failed"),
          blocked_on: text.nullable().optional(),
          error: error.optional(),
          attempts: whole,
          duration_ms: whole,
          tokens: whole,
          cost_usd: cost,
          session_id: text.nullable(),
          ...worktree,
        }),
      ),
    }),
  ),
}

const timeline = z.object({
  fleet: z.object({
    fleet_id: text,
    name: text,
    status: fleetStatus,
    created_at: time,
    completed_at: time.optional(),
  }),
  agents: z.array(z.object({ agent_id: text, name: text, role: text, status: agentStatus })),
  entries: z.array(
    z.object({
      at: time,
      kind: z.enum(["message", "event"]),
      type: text.describe("Of the message, or of the event (events.md)"),
      from: text.optional(),
      to: z.array(text).optional(),
      message_id: text.optional(),
      text: text.optional(),
      correlation_id: text.optional(),
      acknowledged: z.boolean().optional(),
      data: z.record(z.string(), anything).optional(),
    }),
  ),
})

export const timelineOutputs = {
  one: document("`timeline <fleet>`", timeline),
  page: document(
    "`timeline <fleet> --html <file>`",
    z.object({ ...timeline.shape, html: text.describe("The file that was written") }),
  ),
}

export const stopOutputs = {
  one: document(
    "`stop`",
    z.object({
      fleet_id: text,
      mode: z.enum(["wrap_up", "cancel", "kill"]),
      stopped: z.array(text).describe("Ids of agents"),
      already_ended: z.array(text),
    }),
  ),
}

export const superviseOutputs = {
  line: lines(
    "`supervise`: each change, and a last line",
    z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("fleet"),
        fleet_id: text,
        name: text,
        supervised: z
          .enum(["here", "elsewhere", "settled"])
          .describe("settled: it has ended, and so have its hosts"),
        open: whole.describe("Agents that have not ended"),
        agents: whole,
        status: fleetStatus,
      }),
      z.object({
        kind: z.literal("end"),
        reason: z.enum(["settled", "interrupted"]),
      }),
    ]),
  ),
}
