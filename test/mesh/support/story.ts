import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { noteBounds } from "../../../plugin/mesh/ledger/tables/bounds.ts"
import { recordOffer, taskOf } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { recordOutcome } from "../../../plugin/mesh/ledger/tables/capabilities.ts"
import { writeCoolDown } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import { recordTelling } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { markFile } from "../../../plugin/mesh/ledger/tables/file-marks.ts"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { recordUsage } from "../../../plugin/mesh/ledger/tables/usage.ts"
import { insertWorktree, moveWorktree } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import type { Tx } from "../../../plugin/mesh/ledger/port.ts"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { createQuestions } from "../../../plugin/mesh/questions/questions.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { askPermission } from "./asked.ts"
import { member, session } from "./callers.ts"
import type { Mesh } from "./mesh.ts"

/**
 * Something in every table: a fleet that has ended in all the ways there are, one that is at work, their
 * mail in each state, questions with an answer that lasts, and votes that ended and that wait.
 */
export const tellStory = async (mesh: Mesh) => {
  const { ledger, clock } = mesh
  const lead = session("ses_lead")
  await ledger.transact(async (tx) => {
    await claimSession(tx, {
      ...{ id: "ses_lead", project: lead.project, agent_id: null, pid: 100 },
      ...{ process_start: "1", updated_at: tx.at },
    })
    await writeCoolDown(tx, { provider: "fake", since: tx.at, until: tx.at + 1, reason: "429" })
    await recordOutcome(tx, { subject: "code-reviewer", fleetId: null }, "review", true)
  })
  const { fleet_id: ended } = await mesh.fleets.spawn(lead, {
    name: "shop’s first",
    agents: ["a1", "a2", "a3"].map((name) => ({ name, role: name, prompt: `do ${name}: ü, 漢` })),
  })
  const { fleet_id: running } = await mesh.fleets.spawn(lead, {
    agents: ["b1", "b2", "b3"].map((name) => ({ name, role: name, prompt: `do ${name}` })),
  })
  for (const [fleetId, hostId, names] of [
    [ended, "hst_ended", ["a1", "a2", "a3"]],
    [running, "hst_running", ["b1", "b2"]],
  ] as const)
    await ledger.transact(async (tx) => {
      await bringUp(tx, fleetId, hostId)
      for (const name of names) await begin(tx, mesh, name, fleetId, hostId)
    })

  for (const [fleetId, name] of [
    [ended, "a1"],
    [running, "b1"],
  ] as const) {
    await mesh.tasks.add(lead, fleetId, [{ title: "first" }, { title: "second", after: [1] }])
    const agent = await mesh.agent(name, fleetId)
    await mesh.tasks.claim(member(agent), 1)
    await mesh.tasks.update(member(agent), { task_id: 1, state: "done", note: "as wished: ü, 漢" })
    await ledger.transact(async (tx) => recordOffer(tx, (await taskOf(tx, fleetId, 1))!, agent.id))
    await mesh.tasks.update(lead, { fleet_id: fleetId, task_id: 2, state: "cancelled" })
  }

  await mesh.reservations.reserve(member(await mesh.agent("b1", running)), {
    ...{ paths: ["src/cart.ts"], mode: "exclusive", reason: "as wished", minutes: 240 },
  })

  clock.advance(1000)
  await ledger.transact(async (tx) => {
    const a1 = await mesh.agentIn(tx, "a1", ended)
    const b1 = await mesh.agentIn(tx, "b1", running)
    for (const [agent, state] of [
      [a1, "kept"],
      [b1, "ready"],
    ] as const) {
      await insertWorktree(tx, {
        ...{ agent_id: agent.id, fleet_id: agent.fleet_id, repository: "/shop/.git" },
        ...{ path: `/trees/${agent.name}`, branch: `meshfleet/${agent.name}`, base: "abc" },
      })
      await moveWorktree(tx, { agent_id: agent.id, state: "wanted" }, state)
    }
    await markFile(tx, {
      ...{ path: "/shop/cart.ts", agent_id: b1.id, fleet_id: running, seen_at: tx.at },
      ...{ seen_version: "v1", changed_at: tx.at },
    })
    for (const [name, fleetId, hostId] of [
      ["a1", ended, "hst_ended"],
      ["b1", running, "hst_running"],
    ] as const)
      await receiveAsk(
        tx,
        { agentId: (await mesh.agentIn(tx, name, fleetId)).id, hostId, deadlineMs: 900_000 },
        askPermission(`per_${name}`, { permission: "bash", patterns: ["git push"] }),
      )
  })
  const questions = createQuestions({ ledger })
  const person = session("human:1", { human: true })
  const [asked] = await questions.open(person)
  await questions.answer(person, asked!.question_id, { words: ["fleet"] })

  const a1 = member(await mesh.agent("a1", ended))
  const a2 = member(await mesh.agent("a2", ended))
  const b1 = member(await mesh.agent("b1", running))
  const { message_id: asking } = await mesh.messages.send(a1, {
    ...{ to_agent_id: "a2", type: "question", payload: { why: "x" }, correlation_id: "c1" },
  })
  await mesh.messages.send(a2, { to_agent_id: "*", type: "alert", payload: "broken" })
  await mesh.messages.send(lead, {
    ...{ to_agent_id: "a1", type: "handoff", payload: "go\non", fleet_id: ended },
  })
  await mesh.messages.send(b1, { to_agent_id: "b2", type: "result", payload: "halfway" })
  await mesh.messages.send(b1, { to_agent_id: "lead", type: "request_help", payload: "help" })
  await mesh.messages.inbox(a2, { limit: 20 })
  await mesh.messages.acknowledge(a2, asking)
  await mesh.receipts.write(a1, asking, "started", "on it")

  const open = (fleetId: string, voters: string[], more: object = {}) =>
    mesh.ratifications.open(lead, {
      ...{ fleet_id: fleetId, subject: "ship it", quorum: 1, voters, ...more },
    })
  const { message_id: agreed } = await open(ended, ["a1", "a2", "a3"], { quorum: 2 })
  for (const [voter, approve] of [
    [a1, false],
    [a1, true],
    [a2, true],
  ] as const)
    await mesh.ratifications.vote(voter, agreed, { approve })
  await open(running, ["b1", "lead"], { quorum: 2 })

  clock.advance(60_000)
  await ledger.transact(async (tx) => {
    const end = async (name: string, how: Parameters<typeof endAgent>[2]) =>
      endAgent(tx, await mesh.agentIn(tx, name, ended), how)
    await end("a1", { status: "complete", output: "it is done" })
    await end("a2", { status: "failed", failure: { code: "TIMEOUT", detail: "too slow" } })
    await end("a3", { status: "cancelled", failure: { code: "CANCELLED", detail: "not needed" } })
    // It ended, and nobody has to be woken for it.
    await tx.run("UPDATE deliveries SET wake = 0 WHERE recipient LIKE 'a%'")
    await tx.run(
      "UPDATE hosts SET status = 'ended', ended_at = ?, cause = 'its fleet has ended' WHERE id = 'hst_ended'",
      tx.at,
    )
  })
  await mesh.fleets.attach(lead, ended, { name: "a4", role: "a4", prompt: "later" })
  await ledger.transact(async (tx) =>
    endAgent(tx, await mesh.agentIn(tx, "a4", ended), {
      ...{ status: "cancelled", failure: { code: "CANCELLED", detail: "changed my mind" } },
    }),
  )
  await mesh.templates.save(lead, {
    name: "trio",
    description: "Three eyes on {{part}}",
    agents: [{ role: "reviewer", prompt: "Review {{part}}" }],
  })
  await ledger.transact((tx) => recordTelling(tx, running, "ses_other"))
  return { ended, running, lead }
}

const bringUp = async (tx: Tx, fleetId: string, id: string) => {
  await insertHost(tx, {
    ...{ id, fleet_id: fleetId, nonce_hash: `secret of ${id}`, directory: "/shop" },
    ...{ specialists: "[]", created_at: tx.at },
  })
  await tx.run(
    `UPDATE hosts SET status = 'ready', pid = 4711, process_start = '8', starter_pid = 100,
       starter_start = '1', beat_at = ? WHERE id = ?`,
    tx.at,
    id,
  )
}

const begin = async (tx: Tx, mesh: Mesh, name: string, fleetId: string, hostId: string) => {
  const agent = await mesh.agentIn(tx, name, fleetId)
  await assign(tx, agent, hostId)
  await tx.run(
    "UPDATE agents SET status = 'running', session_id = ?, partial = 'so far' WHERE id = ?",
    `ses_${name}`,
    agent.id,
  )
  if (!(await tx.get("SELECT 1 AS found FROM bounds WHERE agent_id = ?", agent.id)))
    await noteBounds(tx, agent.id, "[]")
  await recordUsage(tx, agent.id, [{ messageId: `m_${name}`, tokens: 10, costUsd: 0.1 }])
}
