import type { ShownAgent, ShownFleet, Snapshot } from "../../../plugin/tui/view/snapshot.ts"

export const at = Date.parse("2026-01-01T00:00:00Z")

export const agent = (name: string, more: Partial<ShownAgent> = {}): ShownAgent =>
  ({
    agent_id: `${name}-0001`,
    name,
    role: name,
    agent: "build",
    status: "running",
    pid: 1,
    host_alive: true,
    attempts: 1,
    activity: `reading ${name}.ts`,
    last_tool: "read",
    age_ms: 125_000,
    tokens: 12_345,
    cost_usd: 0.25,
    turns: 3,
    unread: 0,
    blocked_on: null,
    session_id: `ses_${name}`,
    ...more,
  }) as ShownAgent

export const fleet = (
  agents: readonly ShownAgent[],
  more: Partial<ShownFleet["fleet"]> = {},
): ShownFleet => ({
  fleet: {
    fleet_id: "flt_1",
    name: "parser-review",
    status: "running",
    isolation: "auto",
    max_parallel: 4,
    created_at: new Date(at - 180_000).toISOString(),
    spent: { tokens: 0, cost_usd: 0, turns: 0, duration_ms: 0 },
    ...more,
  } as ShownFleet["fleet"],
  leadSession: "ses_lead",
  agents,
})

export const question = (of: string, wanted: string): Snapshot["questions"][number] => ({
  question_id: `ask_${of}`,
  fleet_id: "flt_1",
  agent_id: `${of}-0001`,
  agent: of,
  kind: "permission",
  wanted: `permission: bash ${wanted}`,
  request: { permission: "bash", patterns: [wanted], always: [], metadata: {} },
  asked_at: new Date(at - 60_000).toISOString(),
  deadline_at: new Date(at + 840_000).toISOString(),
})

export const snapshot = (
  fleets: readonly ShownFleet[],
  questions: Snapshot["questions"] = [],
): Snapshot => ({ at, fleets, questions })

/** What agents write that must not reach a terminal as it is, or push anything out of its place. */
export const nasty = [
  "\u001b[31mred\u001b[2J\u001b]52;c;aGk=\u0007",
  "x".repeat(65_536),
  "\u202eright\u2066 to \u200fleft \u061c",
  "👩‍👩‍👧 e\u0301 漢字 👍🏽".repeat(20),
  "two\nlines\tand\r\nmore",
  "\ud800 half",
  `Z${"\u0351\u036b\u0343\u032a".repeat(60)}algo \u2067עברית العربية`,
]
