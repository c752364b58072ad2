import { expect, test } from "bun:test"
import { z } from "../../../plugin/tools/define/define-tool.ts"
import { understand } from "../../../plugin/tools/define/understand.ts"

const schema = z.strictObject({
  agents: z
    .array(z.strictObject({ role: z.string(), worktree: z.boolean().optional() }))
    .optional(),
  agent_ids: z.array(z.string()).optional(),
  wait_seconds: z.number().optional(),
  wake: z.boolean().optional(),
  type: z.enum(["result", "request_help"]).optional(),
  budget: z.strictObject({ tokens: z.number().optional() }).optional(),
  payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  prompt: z.string().optional(),
  weights: z.record(z.string(), z.number()).optional(),
})

test.each([
  [{ agents: '[{"role":"a","worktree":"true"}]' }, { agents: [{ role: "a", worktree: true }] }],
  [{ agents: { role: "a" } }, { agents: [{ role: "a" }] }],
  [{ agents: '{"role":"a"}' }, { agents: [{ role: "a" }] }],
  [{ weights: '{"a":"2","lead":3}' }, { weights: { a: 2, lead: 3 } }],
  [{ weights: { a: "2" } }, { weights: { a: 2 } }],
  [{ weights: "a" }, { weights: "a" }],
  [{ agent_ids: "a" }, { agent_ids: ["a"] }],
  [{ agent_ids: "a, b" }, { agent_ids: ["a", "b"] }],
  [{ agent_ids: '["a","b"]' }, { agent_ids: ["a", "b"] }],
  [{ wait_seconds: "60" }, { wait_seconds: 60 }],
  [{ wait_seconds: " 1.5 " }, { wait_seconds: 1.5 }],
  [{ wake: "False" }, { wake: false }],
  [{ wake: "constructor" }, { wake: "constructor" }],
  [{ wake: { toString: 1 } }, { wake: { toString: 1 } }],
  [{ type: "Request-Help" }, { type: "request_help" }],
  [{ budget: '{"tokens":"5"}' }, { budget: { tokens: 5 } }],
  ['{"prompt":"go"}', { prompt: "go" }],
])("%j has one meaning", (written, meant) => {
  expect(understand(schema, written)).toEqual(meant)
})

test.each([
  { agents: "please" },
  { agents: 5 },
  { wait_seconds: "soon" },
  { wait_seconds: "" },
  { wait_seconds: "0x10" },
  { wake: "perhaps" },
  { type: "note" },
  // A text stays a text, whatever it looks like.
  { prompt: "60" },
  { payload: '{"a":1}' },
  { payload: "true" },
  { unknown: "1" },
])("%j is left as it is", (written) => {
  expect(understand(schema, written)).toEqual(written)
})
