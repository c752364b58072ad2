import { expect, test } from "bun:test"
import type { Ledger } from "../../../plugin/mesh/ledger/ledger.ts"
import { type Activity, createActivity } from "../../../plugin/opencode/host/activity.ts"
import { eventOf } from "../../../plugin/opencode/api/events.ts"
import { createMesh } from "../../mesh/support/mesh.ts"

/** As OpenCode tells it. */
const teller = (activity: Activity) => (type: string, properties: Record<string, unknown>) =>
  activity.note("ada-1", eventOf({ type, properties })!)

const ledger = { transact: async () => undefined } as unknown as Ledger

test("text that a tool call follows is to be saved before the tool ends", async () => {
  const activity = createActivity({ ledger, hostId: "hst_1", now: () => 1 })
  const tell = teller(activity)
  const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
  tell("message.updated", { info: { id: "msg_1", role: "assistant", tokens, cost: 0 } })
  tell("message.part.updated", {
    part: { id: "prt_1", type: "text", messageID: "msg_1", text: "So far." },
  })
  expect(activity.isTextAtRisk("ada-1")).toBe(false)
  tell("message.part.updated", {
    part: {
      id: "prt_2",
      type: "tool",
      messageID: "msg_1",
      tool: "bash",
      state: { status: "running" },
    },
  })
  expect(activity.isTextAtRisk("ada-1")).toBe(true)
  await activity.flush()
  expect(activity.isTextAtRisk("ada-1")).toBe(false)
})

test("an agent that asked a person waits for that, whatever else its session tells", async () => {
  const mesh = await createMesh()
  await mesh.given(["ada"])
  await mesh.set("ada", { status: "running", host_id: "hst_1" })
  const activity = createActivity({ ...mesh, hostId: "hst_1" })
  const blockedOn = async () => {
    await activity.flush()
    return (await mesh.agent("ada")).blocked_on
  }
  activity.waits("ada-1", "permission: bash git push")
  const tell = teller(activity)
  tell("message.part.updated", {
    part: { id: "prt_1", type: "tool", messageID: "msg_1", tool: "read" },
  })
  tell("session.status", { status: { type: "busy" } })
  expect(await blockedOn()).toBe("permission: bash git push")
  activity.waits("ada-1", undefined)
  expect(await blockedOn()).toBeNull()
  await mesh.end()
})

test("an agent whose text is told complete after its tool began is at the tool", async () => {
  const mesh = await createMesh()
  await mesh.given(["ada"])
  await mesh.set("ada", { status: "running", host_id: "hst_1" })
  const activity = createActivity({ ...mesh, hostId: "hst_1" })
  const tell = teller(activity)
  const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
  tell("message.updated", { info: { id: "msg_1", role: "assistant", tokens, cost: 0 } })
  const text = { id: "prt_1", type: "text", messageID: "msg_1", text: "So far." }
  tell("message.part.updated", { part: text })
  tell("message.part.updated", {
    part: { id: "prt_2", type: "tool", tool: "bash", state: { status: "running" } },
  })
  tell("message.part.updated", { part: { ...text, time: { end: 2 } } })
  await activity.flush()
  expect((await mesh.agent("ada")).activity).toBe("tool bash")
  await mesh.end()
})
