import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("a host", () => {
  test("writes down what its agents do", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("message.part.updated", {
      part: { sessionID: "ses_1", type: "tool", tool: "bash", state: { status: "running" } },
    })
    await world.until("activity", async () => (await world.agent("a1")).activity === "tool bash")
    expect((await world.agent("a1")).last_tool).toBe("bash")
  })

  test("writes down whom its agents wait for, and that a sub-session is at work", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const inbox = (status: string) =>
      world.event("message.part.updated", {
        part: {
          sessionID: "ses_1",
          type: "tool",
          tool: "get_inbox",
          state: { status, input: { wait_seconds: 600 } },
        },
      })
    await inbox("running")
    await world.until("waiting", async () => (await world.agent("a1")).blocked_on === "message")
    await inbox("completed")
    await world.until("not waiting", async () => (await world.agent("a1")).blocked_on === null)
    world.sessions.parents.set("ses_sub", "ses_1")
    await world.set("a1", { stalled_at: world.now() })
    world.clock.advance(60_000)
    await world.event("message.part.updated", { part: { sessionID: "ses_sub", type: "text" } })
    await world.until("active", async () => (await world.agent("a1")).activity_at === world.now())
    expect((await world.agent("a1")).stalled_at).toBeNull()
  })
})
