import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import type { Param, Tx } from "../../plugin/mesh/ledger/port.ts"
import { newId } from "../../plugin/mesh/model/ids.ts"
import { leadRecipient, systemSender } from "../../plugin/mesh/model/message.ts"

/** What each fleet has: together 20,000 agents, 500,000 messages and 2,000,000 events in 2,000 fleets. */
export const perFleet = { agents: 10, messages: 250, events: 1000 }

const day = 24 * 3_600_000
const yearMs = 365 * day

export interface YearOptions {
  project: string
  directory: string
  /** The end of the year: the newest fleet runs at that moment. */
  now: number
  /** How many fleets the year had, and how many of them, the newest, are written. */
  fleets: number
  written?: number
  /** Owns the newest lead's session and the newest fleet's host. */
  process: { pid: number; process_start: string }
}

/** A fleet of the year, by its number. */
export const fleetIdOf = (at: number) => `flt_${String(at).padStart(8, "0")}`
export const agentIdOf = (at: number, agent: number) => `agent${agent}-${at}`
/** A lead has four fleets, one after the other. */
export const leadOf = (at: number) => `ses_lead_${Math.floor(at / 4)}`

/**
 * Writes what a year of heavy use leaves: fleets one after the other, with agents that worked, talked,
 * asked and voted, whose mail was read, but for a little that nobody fetched. The newest fleet runs.
 */
export const writeYear = async (ledger: Ledger, options: YearOptions) => {
  const { fleets, written = fleets } = options
  for (let first = fleets - written; first < fleets; first += fleetsAtOnce)
    await ledger.transact(async (tx) => {
      const rows = createRows(tx, (first - (fleets - written)) * perFleet.messages)
      for (let at = first; at < Math.min(first + fleetsAtOnce, fleets); at++)
        await writeFleet(rows, at, options)
      await rows.end()
    })
}

const fleetsAtOnce = 20

/** Collects rows and inserts many with one statement. */
const createRows = (tx: Tx, messagesBefore: number) => {
  const tables = new Map<string, { columns: string[]; values: Param[]; count: number }>()
  const insert = async (table: string) => {
    const { columns, values, count } = tables.get(table)!
    if (count === 0) return
    const row = `(${columns.map(() => "?").join(", ")})`
    await tx.run(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${Array(count).fill(row).join(", ")}`,
      ...values,
    )
    tables.set(table, { columns, values: [], count: 0 })
  }
  let messages = messagesBefore
  return {
    nextMessage: () => ++messages,
    async add(table: string, row: Record<string, Param>) {
      const known = tables.get(table)
      if (!known) tables.set(table, { columns: Object.keys(row), values: [], count: 0 })
      const rows = tables.get(table)!
      for (const column of rows.columns) rows.values.push(row[column] ?? null)
      if (++rows.count === 50) await insert(table)
    },
    async end() {
      for (const table of tables.keys()) await insert(table)
    },
  }
}
type Rows = ReturnType<typeof createRows>

const writeFleet = async (rows: Rows, at: number, options: YearOptions) => {
  const { project, directory, now, fleets, process } = options
  const id = fleetIdOf(at)
  const gap = yearMs / fleets
  const start = Math.floor(now - yearMs + (at + 0.2) * gap)
  const end = Math.floor(start + gap / 2)
  const isRunning = at === fleets - 1
  const failed = at % 7 === 0
  const agents = Array.from({ length: perFleet.agents }, (_, agent) => agentIdOf(at, agent))
  const hostId = `hst_${id.slice(4)}`
  // One message after the other, and events between them.
  const step = (end - start) / (perFleet.events + 2)
  let told = 0
  const tell = async (type: string, agent: string | null, data: object) => {
    await rows.add("events", {
      at: Math.floor(start + ++told * step),
      type,
      fleet_id: id,
      agent_id: agent,
      data: JSON.stringify(data),
    })
  }

  await rows.add("fleets", {
    id,
    name: `fleet-${at}`,
    project,
    directory,
    lead_session: leadOf(at),
    lead_agent: "build",
    lead_model: "anthropic/claude",
    lead_rules: rules,
    opencode: "/usr/bin/opencode",
    status: isRunning ? "running" : failed ? "failed" : "complete",
    isolation: "auto",
    max_parallel: 4,
    host_limit: 4,
    on_stall: "report",
    created_at: start,
    ended_at: isRunning ? null : end,
    collected_at: isRunning ? null : end,
    ran_ms: isRunning ? 0 : end - start,
  })
  if (at % 4 === 0 || at === fleets - (options.written ?? fleets))
    await rows.add("sessions", {
      id: leadOf(at),
      project,
      agent_id: null,
      ...(leadOf(at) === leadOf(fleets - 1) ? process : { pid: 2 ** 30 + at, process_start: "1" }),
      updated_at: start,
    })
  await rows.add("hosts", {
    id: hostId,
    fleet_id: id,
    nonce_hash: "0".repeat(64),
    directory,
    specialists: "[]",
    status: isRunning ? "ready" : "ended",
    ...(isRunning ? process : { pid: 2 ** 29 + at, process_start: "1" }),
    beat_at: now,
    created_at: start,
    ended_at: isRunning ? null : end,
    cause: isRunning ? null : "its fleet has ended",
  })
  await tell("fleet.created", null, {
    name: `fleet-${at}`,
    isolation: "auto",
    maxParallel: 4,
    hostLimit: 4,
  })
  for (const [position, agent] of agents.entries())
    await writeAgent(
      rows,
      { id: agent, position, fleetId: id, hostId, directory, project, start, end },
      {
        status: isRunning ? "running" : failed && position === 3 ? "failed" : "complete",
        process,
      },
    )
  for (const type of ["agent.queued", "agent.starting", "agent.running"])
    for (const agent of agents) await tell(type, agent, { attempt: 1, host_id: hostId })

  const first = await writeMail(rows, id, agents, start, end, tell)
  // What is left of its events tells how mail went on.
  const ends = isRunning ? 0 : agents.length + 1
  const resolved = 2
  while (told < perFleet.events - ends - resolved) {
    const agent = agents[told % agents.length]!
    const type = told % 2 === 0 ? "message.injected" : "message.seen"
    await tell(type, agent, { message_id: first, seq: at * perFleet.messages, by: "turn" })
  }
  const vote = { voter: agents[0]!, approve: true, action: "r-ack" }
  await tell("vote.cast", agents[0]!, { message_id: first, ...vote })
  await tell("ratification.resolved", null, { message_id: first, status: "ratified" })
  if (!isRunning) {
    for (const [position, agent] of agents.entries())
      await tell(failed && position === 3 ? "agent.failed" : "agent.complete", agent, {})
    await tell("fleet.ended", null, { status: failed ? "failed" : "complete" })
  }
}

const writeAgent = async (
  rows: Rows,
  agent: {
    id: string
    position: number
    fleetId: string
    hostId: string
    directory: string
    project: string
    start: number
    end: number
  },
  { status, process }: { status: string; process: YearOptions["process"] },
) => {
  const { id, position, fleetId, hostId, start, end } = agent
  const isEnded = status !== "running"
  const output = status === "complete" ? `${text.repeat(4)} (${id})` : null
  const steps = 10
  await rows.add("agents", {
    id,
    fleet_id: fleetId,
    position,
    name: `agent${position}`,
    role: roles[position % roles.length]!,
    agent: "build",
    model: "anthropic/claude",
    prompt: `${text.repeat(2)} (${id})`,
    directory: agent.directory,
    status,
    attempts: 1,
    generation: 1,
    host_id: hostId,
    session_id: `ses_${id}`,
    output,
    error_code: status === "failed" ? "SESSION_ERROR" : null,
    error_detail: status === "failed" ? "the provider refused" : null,
    activity_at: end,
    tokens: steps * 1000,
    cost_usd: steps * 0.01,
    turns: steps,
    created_at: start,
    started_at: start + 1000,
    ended_at: isEnded ? end : null,
  })
  await rows.add("attempts", {
    agent_id: id,
    attempt: 1,
    host_id: hostId,
    session_id: `ses_${id}`,
    started_at: start + 1000,
    ended_at: isEnded ? end : null,
    cause: isEnded ? status : null,
    system_text: text,
  })
  for (let at = 0; at < steps; at++)
    await rows.add("usage", {
      agent_id: id,
      message_id: `msg_${at}`,
      attempt: 1,
      tokens: 1000,
      cost_usd: 0.01,
    })
  if (output !== null)
    await rows.add("outputs", { agent_id: id, generation: 1, output, at: end, answered: null })
  await rows.add("bounds", { agent_id: id, rules })
  await rows.add("capabilities", {
    agent_id: id,
    role: roles[position % roles.length]!,
    fleet_id: fleetId,
    skills: '["review","tests"]',
    registered_at: start,
  })
  await rows.add("sessions", {
    id: `ses_${id}`,
    project: agent.project,
    agent_id: id,
    ...(isEnded ? { pid: 2 ** 29, process_start: "1" } : process),
    updated_at: start,
  })
  if (position === 0)
    await rows.add("outcomes", {
      subject: id,
      capability_key: "",
      fleet_id: fleetId,
      successes: 1,
      failures: 0,
    })
}

/** Every tenth message goes to everybody; every fiftieth is a notice of ours to the lead. */
const writeMail = async (
  rows: Rows,
  fleetId: string,
  agents: readonly string[],
  start: number,
  end: number,
  tell: (type: string, agent: string | null, data: object) => Promise<void>,
) => {
  const lead = leadRecipient(fleetId)
  const counts = new Map<string, { total: number; unacked: number }>()
  let first = ""
  for (let at = 0; at < perFleet.messages; at++) {
    const id = newId.message()
    const seq = rows.nextMessage()
    if (at === 0) first = id
    const sentAt = Math.floor(start + 2000 + (at * (end - start - 4000)) / perFleet.messages)
    const isNotice = at % 50 === 49
    const isForAll = at % 25 === 24 && !isNotice
    const from = agents[at % agents.length]!
    const others = agents.filter((agent) => agent !== from)
    const to = isForAll
      ? others
      : isNotice || at % 9 === 0
        ? [lead]
        : [others[(at * 7) % others.length]!]
    await rows.add("messages", {
      seq,
      id,
      fleet_id: fleetId,
      from_agent_id: isNotice ? systemSender : from,
      to_agent_id: isForAll ? "*" : to[0] === lead ? "lead" : to[0]!,
      type: isNotice ? "alert" : at === 0 ? "question" : "result",
      payload: text,
      payload_kind: "text",
      correlation_id: at % 20 === 0 ? `task-${at}` : null,
      hops: 0,
      whole: 0,
      auto_replies: 0,
      created_at: sentAt,
    })
    // Nobody fetched the last ones.
    const isRead = isNotice || at < perFleet.messages - 3
    for (const recipient of to) {
      const inbox = counts.get(recipient) ?? { total: 0, unacked: 0 }
      if (!isNotice) {
        inbox.total++
        if (!isRead) inbox.unacked++
        counts.set(recipient, inbox)
      }
      await rows.add("deliveries", {
        recipient,
        message_seq: seq,
        position: isNotice ? null : inbox.total,
        state: isRead ? "acked" : "accepted",
        wake: isRead ? 1 : 0,
        tries: isRead ? 1 : 0,
        accepted_at: sentAt,
        injected_at: isRead ? sentAt + 50 : null,
        seen_at: isRead ? sentAt + 100 : null,
        acked_at: isRead ? sentAt + 150 : null,
        auto_acked: 1,
      })
    }
    if (!isNotice)
      await tell("message.sent", from, { message_id: id, type: "result", to: to.slice(0, 20) })
  }
  for (const [recipient, inbox] of counts) await rows.add("inboxes", { recipient, ...inbox })
  const proposal = { message_id: first, at: start + 3000 }
  await rows.add("ratifications", {
    message_id: first,
    fleet_id: fleetId,
    subject: "Shall we?",
    quorum: 1,
    voters: JSON.stringify([{ voter: agents[0]!, weight: 1, signoff: false }]),
    silence_policy: "abstain",
    status: "ratified",
    opened_at: start + 2000,
    resolved_at: proposal.at,
  })
  const reader = agents[1]!
  await rows.add("receipts", { ...proposal, actor: agents[0]!, action: "r-ack" })
  await rows.add("receipts", { ...proposal, actor: reader, action: "started" })
  await tell("receipt.written", reader, { message_id: first, action: "started" })
  return first
}

const text =
  "The tests of this part pass; the parser now keeps comments where they stood, and what was slow is measured again."
const rules = JSON.stringify(
  ["edit", "bash", "webfetch", "external_directory"].map((permission) => ({
    permission,
    pattern: "*",
    action: "ask",
  })),
)
const roles = ["Reviewer", "Tester", "Implementer", "Writer", "Analyst"]
