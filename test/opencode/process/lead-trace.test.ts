import { expect, test } from "bun:test"
import { leadTrace } from "../../../plugin/opencode/process/lead-trace.ts"

const span = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }
const globalsWith = (active: object | undefined) => ({
  [Symbol.for("opentelemetry.js.api.1")]: {
    context: {
      active: () => ({
        getValue: (key: symbol) =>
          key === Symbol.for("OpenTelemetry Context Key SPAN") ? active : undefined,
      }),
    },
  },
})

test("a fleet's trace is that of the call, and else what OpenCode was started with", () => {
  const env = { TRACEPARENT: `00-${"c".repeat(32)}-${"d".repeat(16)}-00` }
  expect(leadTrace(env, globalsWith({ spanContext: () => span }))).toBe(
    `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  )
  expect(leadTrace(env, globalsWith(undefined))).toBe(env.TRACEPARENT)
  expect(leadTrace(env, {})).toBe(env.TRACEPARENT)
  expect(leadTrace({}, {})).toBeUndefined()
})
