/** Ledgers as agent-mesh keeps them, of each version of its schema, with what it lets happen. */
const t = Date.UTC(2026, 5, 1)

const fleets = {
  "fleet-1": { id: "fleet-1", status: "complete", created_at: t, completed_at: t + 90_000 },
}
const agents = {
  "agent-1": {
    ...{ id: "agent-1", fleet_id: "fleet-1", role: "Security Reviewer", prompt: "Look for holes" },
    ...{ agent_file: "security-reviewer.md", status: "complete", output: "none found", pid: 4242 },
    ...{ started_at: t + 1000, completed_at: t + 60_000, retry_count: 1 },
  },
  "agent-2": {
    ...{ id: "agent-2", fleet_id: "fleet-1", role: "Security Reviewer", prompt: "Look again" },
    ...{ status: "failed", output: "I began", error: "exit code 1" },
    ...{ started_at: t + 2000, completed_at: t + 90_000 },
  },
}
const messages = {
  "msg-1": {
    ...{ id: "msg-1", from_agent_id: "agent-1", to_agent_id: "agent-2", fleet_id: "fleet-1" },
    ...{ type: "question", payload: "Do you see it too?", correlation_id: "c1" },
    ...{ timestamp: t + 3000, acknowledged: true },
  },
  "msg-2": {
    ...{ id: "msg-2", from_agent_id: "agent-2", to_agent_id: "orchestrator", fleet_id: "fleet-1" },
    ...{ type: "request_help", payload: "Which port?", timestamp: t + 4000, acknowledged: false },
  },
  "msg-3": {
    ...{ id: "msg-3", from_agent_id: "orchestrator", to_agent_id: "agent-2", fleet_id: "fleet-1" },
    ...{ type: "handoff", payload: '{"port":80}', timestamp: t + 5000, acknowledged: false },
  },
}

/** Before it had versions: no receipts, an acknowledgement is a flag. */
export const unversioned = () =>
  structuredClone({
    ...{ fleets, agents, messages },
    inboxes: { "agent-1": [], "agent-2": ["msg-3"], orchestrator: ["msg-2"] },
    capabilities: {
      "agent-1": {
        ...{ agent_id: "agent-1", fleet_id: "fleet-1", role: "Security Reviewer" },
        ...{ skills: ["security"], registered_at: t },
      },
    },
  })

export const version1 = () => ({ ...unversioned(), schema_version: 1 })

const receipt = (
  message_id: string,
  agent_id: string,
  action: string,
  ms: number,
  note?: string,
) => ({
  [`${message_id}:${agent_id}:${action}`]: {
    ...{ message_id, agent_id, action, timestamp: t + ms, ...(note && { note }) },
  },
})

/** With receipts, broadcasts, votes, and agents that were at work when it was left. */
export const version2 = () => {
  const base = unversioned()
  return {
    ...base,
    schema_version: 2,
    fleets: {
      ...base.fleets,
      "fleet-2": { id: "fleet-2", status: "running", created_at: t + 100_000 },
      "fleet-3": { id: "fleet-3", status: "complete", created_at: t + 100_000 },
    },
    agents: {
      ...base.agents,
      "agent-3": {
        ...{ id: "agent-3", fleet_id: "fleet-2", role: "tester", prompt: "Test" },
        ...{ status: "running", started_at: t + 101_000 },
      },
      "agent-4": {
        ...{ id: "agent-4", fleet_id: "fleet-2", role: "lead", prompt: "Wait", status: "pending" },
      },
      "agent-5": {
        ...{ id: "agent-5", fleet_id: "gone", role: "x", prompt: "x", status: "interrupted" },
      },
    },
    messages: {
      ...base.messages,
      "msg-4": {
        ...{ id: "msg-4", from_agent_id: "agent-1", to_agent_id: "*", fleet_id: "fleet-1" },
        ...{ type: "question", payload: "Ship it?", timestamp: t + 6000, acknowledged: false },
        recipients: ["agent-2", "orchestrator"],
      },
      "msg-5": {
        ...{ id: "msg-5", from_agent_id: "agent-5", to_agent_id: "*", fleet_id: "gone" },
        ...{ type: "alert", payload: "?", timestamp: t, acknowledged: false },
      },
    },
    receipts: {
      ...receipt("msg-1", "agent-2", "ack", 3500),
      ...receipt("msg-1", "agent-2", "seen", 3200),
      ...receipt("msg-3", "agent-2", "seen", 5500),
      ...receipt("msg-1", "agent-1", "retracted", 8000, "no need"),
      ...receipt("msg-4", "agent-2", "r-decline", 6500),
      ...receipt("msg-4", "agent-2", "r-ack:1", 7000, "now it is fine"),
      ...receipt("msg-4", "stranger", "r-ack", 7000),
      ...receipt("msg-9", "agent-2", "seen-by-me", 7000),
    },
    ratifications: {
      "msg-4": {
        ...{ message_id: "msg-4", proposer: "agent-1", fleet_id: "fleet-1", subject: "Ship it?" },
        ...{ quorum: 1, voters: ["agent-2"], required_signoffs: ["agent-2"], weights: {} },
        ...{ opened_at: t + 6000, silence_policy: "abstain", status: "ratified" },
        resolved_at: t + 7000,
      },
    },
    templates: { "review@v1": { name: "review", version: 1, agents: [] } },
  }
}

/** The same in the tables of its SQLite file. */
export const asTables = (ledger: ReturnType<typeof version2>) => [
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
  "INSERT INTO meta VALUES ('schema_version', '2'), ('storage_schema_version', '4')",
  "CREATE TABLE fleets (id TEXT PRIMARY KEY, data TEXT NOT NULL)",
  "CREATE TABLE agents (id TEXT PRIMARY KEY, fleet_id TEXT, data TEXT NOT NULL)",
  "CREATE TABLE messages (id TEXT PRIMARY KEY, fleet_id TEXT, data TEXT NOT NULL)",
  "CREATE TABLE inboxes (agent_id TEXT PRIMARY KEY, data TEXT NOT NULL)",
  "CREATE TABLE capabilities (agent_id TEXT PRIMARY KEY, data TEXT NOT NULL)",
  "CREATE TABLE receipts (key TEXT PRIMARY KEY, message_id TEXT, data TEXT NOT NULL)",
  "CREATE TABLE ratifications (message_id TEXT PRIMARY KEY, fleet_id TEXT, data TEXT NOT NULL)",
  "CREATE TABLE templates (key TEXT PRIMARY KEY, data TEXT NOT NULL)",
  ...(["fleets", "agents", "messages", "receipts", "ratifications"] as const).flatMap((table) =>
    Object.entries(ledger[table]).map(([key, row]) => {
      const id = { receipts: "key", ratifications: "message_id" }[table as string] ?? "id"
      return `INSERT INTO ${table} (${id}, data) VALUES ('${key}', '${JSON.stringify(row).replaceAll("'", "''")}')`
    }),
  ),
  `INSERT INTO templates VALUES ('review@v1', '${JSON.stringify(ledger.templates["review@v1"])}')`,
  `INSERT INTO capabilities VALUES ('agent-1', '${JSON.stringify(ledger.capabilities["agent-1"])}')`,
]
