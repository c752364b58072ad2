import { expect, test } from "bun:test"
import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import { createActivity } from "../../plugin/opencode/activity.ts"

const ledger = { transact: async () => undefined } as unknown as Ledger

test("text that a tool call follows is to be saved before the tool ends", async () => {
  const activity = createActivity({ ledger, now: () => 1 })
  const tell = (type: string, properties: Record<string, unknown>) =>
    activity.note("ada-1", { type, properties })
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
