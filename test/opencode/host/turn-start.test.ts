import { afterEach, describe, expect, test } from "bun:test"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("starting", () => {
  test("gives a sub-agent the tools that OpenCode's own task would give it", async () => {
    await start(["a1"])
    world.sessions.agents_.push({
      name: "general",
      mode: "subagent",
      permission: [{ permission: "*", pattern: "*", action: "allow" }],
    })
    await world.ledger.transact((tx) => tx.run("UPDATE agents SET agent = 'general'"))
    await world.give("a1")
    await world.sessions.prompted(1)
    expect(world.sessions.created[0]!.rules.slice(0, 2)).toEqual([
      { permission: "task", pattern: "*", action: "deny" },
      { permission: "todowrite", pattern: "*", action: "deny" },
    ])
  })

  test("creates a session bound by the lead's rules, with its prompt, agent and model", async () => {
    await start(["a1"])
    await world.ledger.transact((tx) =>
      tx.run(
        `UPDATE fleets SET lead_rules = '[{"permission":"*","pattern":"*","action":"allow"},{"permission":"bash","pattern":"*","action":"deny"}]'`,
      ),
    )
    await world.give("a1")
    expect(await world.sessions.prompted(1)).toEqual({
      sessionId: "ses_1",
      directory: "/shop",
      agent: "build",
      model: "fake/m1",
      text: "do a1",
      synthetic: false,
    })
    expect(world.sessions.created).toEqual([
      {
        id: "ses_1",
        title: "a1: a1",
        parentId: "ses_lead",
        rules: expect.arrayContaining([{ permission: "bash", pattern: "*", action: "deny" }]),
      },
    ])
    expect(await world.agent("a1")).toMatchObject({
      status: "running",
      session_id: "ses_1",
      attempts: 1,
    })
    expect(world.runner.systemText("ses_1")).toContain('You are agent "a1"')
  })

  test("fails the attempt when the host does not know the agent", async () => {
    await start(["a1"])
    await world.set("a1", { agent: "unknown" })
    await world.give("a1")
    expect(await world.untilStatus("a1", "interrupted")).toMatchObject({
      error_code: "SESSION_ERROR",
      error_detail: 'this host knows no agent "unknown"',
    })
  })

  test("takes no agent that was given to somebody else meanwhile", async () => {
    await start(["a1"])
    await world.ledger.transact((tx) =>
      tx.run("UPDATE agents SET status = 'starting', host_id = 'hst_2'"),
    )
    await world.runner.look()
    expect(world.sessions.prompts).toEqual([])
  })
})

test("an agent that has mail before it begins reads it with its task, in one prompt", async () => {
  await start(["a1"])
  const { message_id } = await world.send("a1", "the parser is done")
  await world.give("a1")
  expect(await world.sessions.prompted(1)).toMatchObject({
    before: "do a1",
    text: `[meshfleet] question from lead, ${message_id}:\n> the parser is done`,
    delivered: [message_id],
  })
  await world.answer("ses_1", "It is tested.")
  await world.untilStatus("a1", "complete")
  expect(world.sessions.prompts).toHaveLength(1)
})

test("an agent that got its host early begins when its wait is over", async () => {
  await start(["a1"])
  const dueAt = world.now() + 1000
  await world.set("a1", { not_before: dueAt })
  await world.ledger.transact(async (tx) => assign(tx, await world.agentIn(tx, "a1"), "hst_1"))
  await world.runner.look()
  expect(world.runner.agentOfSession("ses_1")).toBeUndefined()
  expect(world.sessions.created).toEqual([])
  expect(world.sessions.prompts).toEqual([])
  world.clock.advance(1000)
  await world.runner.look()
  expect((await world.sessions.prompted(1)).text).toBe("do a1")
})
