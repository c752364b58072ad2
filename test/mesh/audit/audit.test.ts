import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { auditLedger, checks, explain } from "../../../plugin/mesh/audit/audit.ts"
import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { recordUsage } from "../../../plugin/mesh/ledger/tables/usage.ts"
import { noteBounds } from "../../../plugin/mesh/ledger/tables/bounds.ts"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { askPermission } from "../support/asked.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

/** A fleet that has worked, talked, asked and ended, by the services alone. */
beforeEach(async () => {
  mesh = await createMesh()
  const { fleet_id } = await mesh.fleets.spawn(lead, {
    agents: ["a1", "a2"].map((name) => ({ name, role: name, prompt: `do ${name}` })),
  })
  const { ledger } = mesh
  await ledger.transact(async (tx) => {
    await insertHost(tx, {
      id: "hst_1",
      fleet_id,
      nonce_hash: "",
      directory: "/shop",
      specialists: "[]",
      created_at: tx.at,
    })
    await tx.run(
      "UPDATE hosts SET status = 'ready', pid = 1, process_start = '1', beat_at = ?",
      tx.at,
    )
    for (const name of ["a1", "a2"]) {
      const agent = await mesh.agentIn(tx, name)
      await assign(tx, agent, "hst_1")
      await tx.run(
        "UPDATE agents SET status = 'running', session_id = ? WHERE id = ?",
        `ses_${name}`,
        agent.id,
      )
      await noteBoundsOnce(tx, agent.id)
      await recordUsage(tx, agent.id, [{ messageId: `m_${name}`, tokens: 10, costUsd: 0.1 }])
    }
    const a1 = await mesh.agentIn(tx, "a1")
    await receiveAsk(
      tx,
      { agentId: a1.id, hostId: "hst_1", deadlineMs: 900_000 },
      askPermission("per_1", { permission: "bash", patterns: ["git push"] }),
    )
  })
  const a1 = member(await mesh.agent("a1"))
  await mesh.tasks.add(lead, fleet_id, [{ title: "first" }, { title: "second", after: [1] }])
  await mesh.tasks.claim(a1, 1)
  await mesh.tasks.update(a1, { task_id: 1, state: "done" })
  await mesh.messages.send(a1, { to_agent_id: "a2", type: "question", payload: { why: "x" } })
  await mesh.messages.send(lead, { to_agent_id: "a1", type: "handoff", payload: "go", fleet_id })
  await mesh.complete("a1")
  await mesh.complete("a2")
  const agents = [{ role: "x", prompt: "Do it." }]
  await mesh.templates.save(lead, { name: "saved", agents })
})
afterEach(() => mesh.end())

const noteBoundsOnce = async (tx: Parameters<typeof noteBounds>[0], agentId: string) => {
  if (!(await tx.get("SELECT 1 AS found FROM bounds WHERE agent_id = ?", agentId)))
    await noteBounds(tx, agentId, "[]")
}

const audit = () => mesh.ledger.read(auditLedger)

test("a ledger that only Meshfleet wrote is sound", async () => {
  expect(await audit()).toMatchObject({
    ok: true,
    errors: 0,
    warnings: 0,
    findings: [],
    counts: { fleets: 1, agents: 2, attempts: 2 },
  })
})

test("a ledger with receipts, and with votes that ended or wait, is sound", async () => {
  await mesh.fleets.attach(lead, "flt_1", { name: "a3", role: "a3", prompt: "vote" })
  const a3 = member(await mesh.agent("a3"))
  const open = (more: object) =>
    mesh.ratifications.open(lead, { subject: "x", quorum: 1, voters: ["a3", "lead"], ...more })
  const { message_id: first } = await open({ deadline: "PT1M" })
  const { message_id: second } = await open({ quorum: 2, weights: { a3: 2 } })
  await mesh.receipts.write(a3, first, "started", "on it")
  mesh.clock.advance(60_000)
  for (const [id, approve] of [
    [first, true],
    [second, true],
  ] as const)
    await mesh.ratifications.vote(a3, id, { approve })
  const { message_id: third } = await open({ quorum: 1 })
  for (const approve of [false, true]) await mesh.ratifications.vote(a3, third, { approve })
  await open({})
  expect(await audit()).toMatchObject({
    errors: 0,
    warnings: 0,
    findings: [],
    counts: { receipts: 5, ratifications: 4 },
  })
})

test("a vote that is taken away is missed, also by the history", async () => {
  const { message_id } = await mesh.ratifications.open(lead, { subject: "x", quorum: 2 })
  await mesh.ratifications.vote(member(await mesh.agent("a1")), message_id, { approve: true })
  expect((await audit()).findings).toEqual([])
  await mesh.ledger.transact((tx) => tx.run("DELETE FROM receipts"))
  expect((await audit()).findings).toEqual([
    { severity: "error", check: "receipts-against-events", subject: "flt_1", detail: "0" },
  ])
})

const proposal = (columns: string, values: string) =>
  `INSERT INTO ratifications (message_id, fleet_id, subject, quorum, voters, silence_policy, status, opened_at${columns}) SELECT id, fleet_id, 'x', 1, '[{"voter":"lead"}]', 'abstain', ${values} FROM messages WHERE type = 'handoff'`
const receipts = (actor: string, ...actions: [action: string, at?: string][]) =>
  actions
    .map(
      ([action, at = "created_at"]) =>
        `INSERT INTO receipts (message_id, actor, action, at) SELECT id, '${actor}', '${action}', ${at} FROM messages WHERE type = 'handoff'`,
    )
    .join("; ")

test("a ledger with templates, saved and imported, is sound", async () => {
  const agents = [{ role: "x", prompt: "Do {{what}}." }]
  for (const description of ["first", "second"])
    await mesh.templates.save(lead, { name: "own", description, agents })
  const person = session("human:1", { human: true })
  await mesh.templates.import(person, { name: "own", agents })
  expect(await audit()).toMatchObject({ errors: 0, warnings: 0, counts: { templates: 4 } })
})

const template = (name: string, version: number, agents = '[{"role":"x","prompt":"y"}]') =>
  `INSERT INTO templates (project, name, version, agents, created_at) VALUES ('', '${name}', ${version}, '${agents}', 1)`

const reservation = (fleet: string, agent: string, mode: string) =>
  `INSERT INTO reservations (agent_id, pattern, fleet_id, mode, reason, created_at, until) SELECT ${agent === "gone" ? "'gone'" : "id"}, 'src', '${fleet}', '${mode}', 'x', 1, 2 FROM agents WHERE name = 'a1'`

/** What somebody else did to the ledger, and the checks that have to tell, among others perhaps. */
const damages: [sql: string, ...found: string[]][] = [
  ["UPDATE agents SET fleet_id = 'flt_gone' WHERE name = 'a1'", "agent-without-fleet"],
  ["DELETE FROM hosts", "agent-without-host", "attempt-without-host"],
  [
    "UPDATE attempts SET agent_id = 'gone' WHERE agent_id LIKE 'a1%'",
    "attempt-without-agent",
    "attempts-missing",
  ],
  [
    "UPDATE usage SET agent_id = 'gone' WHERE agent_id LIKE 'a1%'",
    "usage-without-agent",
    "usage-sum",
  ],
  ["UPDATE outputs SET agent_id = 'gone' WHERE agent_id LIKE 'a1%'", "output-without-agent"],
  ["UPDATE bounds SET agent_id = 'gone' WHERE agent_id LIKE 'a1%'", "bounds-without-agent"],
  [
    "UPDATE capabilities SET agent_id = 'gone' WHERE agent_id LIKE 'a1%'",
    "capability-without-agent",
  ],
  [
    "INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, state) VALUES ('gone', 'flt_1', '', '', '', '', 'kept')",
    "worktree-without-agent",
  ],
  [
    "INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, state, merged) SELECT id, fleet_id, '', '', '', '', 'kept', 'c0ffee' FROM agents WHERE name = 'a1'",
    "merged-without-event",
  ],
  [
    "INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, state) SELECT id, 'flt_x', '', '', '', '', 'lost' FROM agents WHERE name = 'a1'",
    "worktree-in-another-fleet",
    "worktree-state",
  ],
  [
    "INSERT INTO sessions (id, project, agent_id, pid, process_start, updated_at) VALUES ('ses_x', '', 'gone', 1, '1', 1)",
    "session-without-agent",
  ],
  [
    "UPDATE hosts SET fleet_id = 'flt_gone'",
    "host-without-fleet",
    "agent-in-a-host-of-another-fleet",
  ],
  [
    "UPDATE messages SET fleet_id = 'flt_gone' WHERE seq = (SELECT min(seq) FROM messages WHERE type = 'question')",
    "message-without-fleet",
    "delivery-in-another-fleet",
    "sender-in-another-fleet",
    "messages-against-events",
  ],
  ["UPDATE messages SET from_agent_id = 'gone' WHERE type = 'question'", "message-without-sender"],
  [
    "DELETE FROM messages WHERE type = 'question'",
    "delivery-without-message",
    "messages-against-events",
  ],
  [
    "UPDATE deliveries SET recipient = 'gone' WHERE recipient LIKE 'a2%'",
    "delivery-without-recipient",
    "inbox-total",
    "inbox-gone",
  ],
  ["UPDATE messages SET type = 'order' WHERE type = 'question'", "message-type"],
  ["UPDATE messages SET payload_kind = 'xml' WHERE type = 'question'", "message-payload-kind"],
  ["UPDATE messages SET payload = '{\"why\":' WHERE type = 'question'", "message-payload"],
  [
    `UPDATE messages SET payload = '${"0".repeat(70_000)}' WHERE type = 'handoff'`,
    "message-too-large",
  ],
  ["UPDATE messages SET hops = -1 WHERE type = 'question'", "message-counts-below-zero"],
  ["DELETE FROM deliveries WHERE recipient LIKE 'a2%'", "message-to-nobody", "inbox-total"],
  ["UPDATE deliveries SET state = 'eaten' WHERE recipient LIKE 'a2%'", "delivery-state"],
  [
    "UPDATE deliveries SET state = 'seen' WHERE recipient LIKE 'a2%'",
    "delivery-state-without-time",
  ],
  [
    "UPDATE deliveries SET acked_at = 9e12 WHERE recipient LIKE 'a2%'",
    "delivery-time-without-state",
    "inbox-unacknowledged",
  ],
  [
    "UPDATE deliveries SET state = 'injected', injected_at = 1 WHERE recipient LIKE 'a2%'",
    "delivery-times-out-of-order",
  ],
  ["UPDATE deliveries SET accepted_at = 1 WHERE recipient LIKE 'a2%'", "delivery-before-message"],
  [
    "INSERT INTO deliveries (recipient, message_seq, position, state, wake, accepted_at) SELECT d.recipient, (SELECT seq FROM messages WHERE type = 'handoff'), d.position, 'accepted', 0, 9e12 FROM deliveries d WHERE d.recipient LIKE 'a2%'",
    "delivery-position-twice",
    "inbox-total",
  ],
  ["UPDATE inboxes SET total = total + 1", "inbox-total"],
  ["UPDATE inboxes SET unacked = 0", "inbox-unacknowledged"],
  ["DELETE FROM inboxes", "inbox-gone"],
  ["DELETE FROM events WHERE type = 'message.sent'", "messages-against-events"],
  [
    "INSERT INTO receipts (message_id, actor, action, at) VALUES ('msg_gone', 'lead', 'read', 1)",
    "receipt-without-message",
  ],
  [receipts("lead", ["acked"]), "receipt-of-a-delivery"],
  [receipts("lead", ["read"]), "receipts-against-events"],
  [receipts("lead", ["read", "1"]), "receipt-before-message"],
  [
    `${proposal("", "'open', 1")}; UPDATE ratifications SET message_id = 'msg_gone'`,
    "ratification-without-message",
  ],
  [
    `${proposal("", "'open', 1")}; UPDATE ratifications SET fleet_id = 'flt_2'`,
    "ratification-in-another-fleet",
  ],
  [proposal("", "'tired', 1"), "ratification-status"],
  [`${proposal("", "'open', 1")}; UPDATE ratifications SET voters = '['`, "ratification-voters"],
  [proposal("", "'ratified', 1"), "ratification-end-time", "ratifications-against-events"],
  [proposal(", resolved_at", "'open', 1, 1"), "ratification-end-time"],
  [receipts("lead", ["r-ack"]), "vote-without-ratification"],
  [`${proposal("", "'open', 1")}; ${receipts("a9", ["r-ack"])}`, "vote-of-no-voter"],
  [
    `${proposal(", deadline_at", "'open', 1, 2")}; ${receipts("lead", ["r-ack"])}`,
    "vote-after-the-end",
  ],
  [`${proposal("", "'open', 1")}; ${receipts("lead", ["r-ack"], ["r-decline:3"])}`, "vote-missing"],
  [template("two", 2), "template-version-missing"],
  [template("One more", 1), "template-name"],
  [template("empty", 1, "[]"), "template-agents"],
  [template("torn", 1, '[{"role":'), "template-agents"],
  [template("nobody-saved-it", 1), "template-changed"],
  ["UPDATE templates SET agents = replace(agents, 'Do', 'Delete')", "template-changed"],
  ["UPDATE tasks SET fleet_id = 'flt_gone'", "task-without-fleet", "tasks-against-events"],
  ["UPDATE tasks SET owner = 'gone'", "task-without-owner", "task-owner"],
  [
    "INSERT INTO task_offers (fleet_id, number, claims, agent_id, at) VALUES ('flt_1', 1, 1, 'gone', 1)",
    "task-offer-without-agent",
  ],
  ["UPDATE tasks SET state = 'tired'", "task-state"],
  ["UPDATE tasks SET proof = 'hope'", "task-proof"],
  ["UPDATE tasks SET needs = '['", "task-needs"],
  ["UPDATE tasks SET checked = '{'", "task-checked"],
  ["UPDATE tasks SET state = 'review', owner = NULL", "task-owner"],
  [
    "UPDATE tasks SET state = 'claimed', owner = (SELECT id FROM agents WHERE name = 'a1'); UPDATE agents SET status = 'cancelled' WHERE name = 'a1'",
    "task-held-by-the-ended",
    "task-hands-full",
  ],
  ["UPDATE agents SET fleet_id = 'flt_x' WHERE name = 'a1'", "task-in-another-fleet"],
  ["DELETE FROM events WHERE type = 'task.claimed'", "tasks-against-events"],
  [reservation("gone", "a1", "exclusive"), "reservation-without-fleet"],
  [reservation("flt_1", "gone", "exclusive"), "reservation-without-agent"],
  [reservation("flt_1", "a1", "mine"), "reservation-mode"],
  [
    `${reservation("flt_1", "a1", "shared")}; UPDATE agents SET status = 'cancelled' WHERE name = 'a1'`,
    "reservation-of-the-ended",
  ],
  ["UPDATE fleets SET status = 'tired'", "fleet-status"],
  ["UPDATE agents SET status = 'tired' WHERE name = 'a1'", "agent-status"],
  ["DELETE FROM agents", "fleet-without-agents"],
  [
    "UPDATE fleets SET status = 'complete', ended_at = 1; UPDATE agents SET status = 'running', ended_at = NULL WHERE name = 'a1'",
    "fleet-ended-too-early",
  ],
  [
    "UPDATE deliveries SET wake = 0; UPDATE fleets SET status = 'running', ended_at = NULL",
    "fleet-never-ends",
  ],
  ["UPDATE fleets SET status = 'failed', ended_at = 1", "fleet-outcome"],
  ["UPDATE fleets SET status = 'complete', ended_at = NULL", "fleet-end-time"],
  ["UPDATE agents SET ended_at = NULL WHERE name = 'a1'", "agent-end-time"],
  ["UPDATE agents SET output = NULL WHERE name = 'a1'", "agent-without-answer"],
  [
    "UPDATE agents SET status = 'failed' WHERE name = 'a1'",
    "agent-without-cause",
    "ends-against-events",
  ],
  [
    "UPDATE agents SET status = 'running', ended_at = NULL, session_id = NULL WHERE name = 'a1'",
    "agent-at-work-nowhere",
  ],
  [
    "UPDATE agents SET status = 'running', ended_at = NULL; UPDATE hosts SET status = 'ended', ended_at = 1",
    "agent-at-work-in-an-ended-host",
  ],
  ["UPDATE agents SET position = 7", "agent-position-twice"],
  ["UPDATE agents SET attempts = 3 WHERE name = 'a1'", "attempts-missing"],
  ["UPDATE attempts SET attempt = 5 WHERE agent_id LIKE 'a1%'", "attempt-number"],
  ["UPDATE attempts SET ended_at = NULL WHERE agent_id LIKE 'a1%'", "attempt-still-open"],
  ["UPDATE outputs SET generation = 99", "answer-of-the-future"],
  ["UPDATE agents SET output = 'all is well' WHERE name = 'a1'", "answer-changed"],
  ["UPDATE agents SET tokens = 1 WHERE name = 'a1'", "usage-sum"],
  ["UPDATE agents SET started_at = 1 WHERE name = 'a1'", "agent-times-out-of-order"],
  ["DELETE FROM events WHERE type = 'agent.complete'", "ends-against-events"],
  ["DELETE FROM events WHERE type = 'fleet.created'", "fleets-against-events"],
  ["UPDATE hosts SET status = 'lost'", "host-status"],
  ["UPDATE hosts SET ended_at = 1", "host-end-time"],
  ["UPDATE hosts SET pid = NULL", "host-without-process"],
  ["UPDATE questions SET state = 'forgotten'", "question-state"],
  ["UPDATE questions SET state = 'answered', answer = NULL", "question-without-answer"],
  ["UPDATE questions SET state = 'open'", "question-of-nobody"],
  ["UPDATE questions SET deadline_at = 1", "question-deadline"],
  ["UPDATE questions SET agent_id = 'gone'", "question-without-agent"],
  [
    "INSERT INTO grants (id, project, permission, pattern, exact, question_id, granted_at) VALUES ('g', '', 'bash', '*', 0, 'ask_gone', 1)",
    "grant-without-question",
  ],
  ["UPDATE fleets SET lead_rules = 'allow'", "fleet-rules"],
  ["UPDATE bounds SET rules = '['", "bounds-rules"],
  ["UPDATE events SET data = '{' WHERE seq = 1", "event-data"],
  [
    "UPDATE events SET type = 'agent.happy' WHERE type = 'agent.complete'",
    "event-type",
    "ends-against-events",
  ],
  ["UPDATE events SET fleet_id = 'flt_gone' WHERE seq = 1", "event-without-fleet"],
  ["UPDATE events SET agent_id = 'gone' WHERE agent_id IS NOT NULL", "event-without-agent"],
  ["UPDATE events SET fleet_id = 'flt_x' WHERE agent_id IS NOT NULL", "event-of-another-fleet"],
  ["UPDATE events SET at = 1 WHERE seq = 3", "history-out-of-order"],
]

describe("a ledger that somebody else wrote in", () => {
  for (const [sql, ...expected] of damages)
    test(`shows ${expected.join(", ")}`, async () => {
      await mesh.ledger.transact(async (tx) => {
        for (const statement of sql.split("; ")) await tx.run(statement)
      })
      const found = (await audit()).findings.map(({ check }) => check)
      expect(found).toEqual(expect.arrayContaining(expected))
    })

  test("is tried with every check there is", () => {
    const tried = new Set(damages.flatMap(([, ...found]) => found))
    expect(checks.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([])
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
  })
})

test("every check says what is wrong and what to do", () => {
  for (const { id } of checks) {
    expect(explain(id).explains.length).toBeGreaterThan(10)
    expect(explain(id).remedy.length).toBeGreaterThan(10)
  }
})
