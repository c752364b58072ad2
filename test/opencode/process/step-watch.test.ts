import { afterEach, beforeEach, expect, test } from "bun:test"
import { eventOf } from "../../../plugin/opencode/api/events.ts"
import { createStepWatch } from "../../../plugin/opencode/process/step-watch.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
})
afterEach(() => mesh.end())

const step = (more: object = {}) =>
  eventOf({
    type: "message.updated",
    properties: {
      info: {
        id: "msg_1",
        sessionID: "ses_1",
        role: "assistant",
        providerID: "fake",
        modelID: "m1",
        cost: 0.25,
        finish: "stop",
        tokens: { input: 10, output: 3, reasoning: 2, cache: { read: 100, write: 5 } },
        time: { created: 1000, completed: 3000 },
        ...more,
      },
    },
  })!
const tool = (state: object) =>
  eventOf({
    type: "message.part.updated",
    properties: {
      part: { id: "prt_1", sessionID: "ses_1", type: "tool", tool: "bash", callID: "c1", state },
    },
  })!

test("steps and tool calls are written once each, when they are over", async () => {
  const steps = createStepWatch(mesh)
  steps.note("a1-1", step({ time: { created: 1000 } }))
  steps.note("a1-1", tool({ status: "running", input: {}, time: { start: 1500 } }))
  await steps.flush()
  expect(await mesh.events("step.taken")).toEqual([])
  for (let times = 0; times < 3; times++) {
    steps.note("a1-1", step())
    steps.note("a1-1", tool({ status: "error", error: "no", time: { start: 1500, end: 1900 } }))
    await steps.flush()
  }
  expect(await mesh.events("step.taken")).toEqual([
    {
      event: "step.taken",
      agent: "a1-1",
      message_id: "msg_1",
      provider: "fake",
      model: "m1",
      input: 115,
      cached: 100,
      output: 5,
      cost_usd: 0.25,
      finish: "stop",
      from: 1000,
      to: 3000,
    },
  ])
  expect(await mesh.events("tool.called")).toEqual([
    {
      event: "tool.called",
      agent: "a1-1",
      call_id: "c1",
      tool: "bash",
      failed: true,
      from: 1500,
      to: 1900,
    },
  ])
})

test("what could not be written is written with the next flush, and what belongs to nobody is not", async () => {
  let isDown = true
  const steps = createStepWatch({
    ledger: {
      transact: async (change) => {
        if (isDown) throw new Error("down")
        return mesh.ledger.transact(change)
      },
    },
  })
  steps.note("nobody", step())
  steps.note("a1-1", tool({ status: "completed", output: "", time: { start: 1, end: 2 } }))
  expect(steps.flush()).rejects.toThrow("down")
  isDown = false
  await steps.flush()
  expect(await mesh.events("tool.called")).toHaveLength(1)
  expect(await mesh.events("step.taken")).toEqual([])
})
