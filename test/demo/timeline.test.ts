import { expect, test } from "bun:test"
import { lineOf, type Moment, renderLine } from "../../demo/timeline.ts"

const nameOf = (id: string) => id.replace(/-\w{4}$/, "")

const moment = (type: string, at: number, agentId: string | null, data = {}): Moment => ({
  at,
  type,
  agentId,
  data,
})

const show = (moments: readonly Moment[]) =>
  moments.flatMap((each, index) => {
    const line = lineOf(each, moments.slice(0, index), nameOf)
    return line ? [renderLine(line, each.at, false)] : []
  })

test("a message is an arrow from sender to recipient, and its arrival tells how long it took", () => {
  const sent = { message_id: "msg_1", type: "handoff", to: ["reviewer-9xyz"] }
  expect(
    show([
      moment("message.sent", 2000, "mapper-7k2m", sent),
      moment("message.injected", 2050, "reviewer-9xyz", { message_id: "msg_1" }),
      moment("message.seen", 2140, "reviewer-9xyz", { message_id: "msg_1", by: "request" }),
    ]),
  ).toEqual([
    "   2.0 s  mapper ──handoff──▶ reviewer",
    "   2.1 s  reviewer           has the handoff of mapper in its model's request  (after 0.14 s)",
  ])
})

test("what the lead reads with get_inbox says so", () => {
  const sent = { message_id: "msg_2", type: "alert", to: ["lead"] }
  expect(
    show([
      moment("message.sent", 1000, "reviewer-9xyz", sent),
      moment("message.seen", 1075, null, { message_id: "msg_2", by: "get_inbox" }),
    ]),
  ).toEqual([
    "   1.0 s  reviewer ──alert──▶ lead",
    "   1.1 s  lead               has the alert of reviewer by get_inbox  (after 0.07 s)",
  ])
})

test("a message of ours, which nobody sent, is not told", () => {
  const seen = moment("message.seen", 5, null, { message_id: "msg_3", by: "request" })
  expect(show([seen])).toEqual([])
})

test("an agent's life is told with its durations", () => {
  const joined = { name: "mapper", role: "Code Mapper", agent: "onboarder" }
  expect(
    show([
      moment("agent.queued", 0, "mapper-7k2m", joined),
      moment("agent.starting", 100, "mapper-7k2m", { host_id: "hst_1" }),
      moment("agent.running", 4200, "mapper-7k2m", { pid: 77, attempt: 1 }),
      moment("agent.tool", 4300, "mapper-7k2m", { tool: "read", about: "a.ts" }),
      moment("agent.complete", 9700, "mapper-7k2m", { output: "The map.\nIn full." }),
    ]),
  ).toEqual([
    "   0.0 s  mapper             joins as Code Mapper  (onboarder)",
    "   4.2 s  mapper             starts in process 77  (ready after 4.2 s)",
    "   4.3 s  mapper             read  a.ts",
    "   9.7 s  mapper             answers: The map.  (after 5.5 s)",
  ])
})

test("a woken agent's answer counts from its waking", () => {
  expect(
    show([
      moment("agent.running", 0, "maker-1abc", { pid: 5, attempt: 1 }),
      moment("agent.woken", 7000, "maker-1abc"),
      moment("agent.complete", 8500, "maker-1abc"),
    ]).at(-1),
  ).toBe("   8.5 s  maker              has answered  (after 1.5 s)")
})

test("a killed host is told by the kill, the interruption and the next attempt", () => {
  const gone = "host process 5 is gone"
  const session_id = "ses_1"
  expect(
    show([
      moment("agent.running", 0, "maker-1abc", { pid: 5, attempt: 1, session_id }),
      moment("demo.kill", 1000, null, { pid: 5, why: "it was at work" }),
      moment("host.ended", 1200, null, { pid: 5, cause: gone }),
      moment("agent.interrupted", 1200, "maker-1abc", { detail: gone, retry_in_ms: 830 }),
      moment("agent.running", 5600, "maker-1abc", { pid: 6, attempt: 2, session_id }),
      moment("host.ended", 9000, null, { pid: 6, cause: "work done" }),
    ]),
  ).toEqual([
    "   0.0 s  maker              starts in process 5",
    "   1.0 s  demo               kill -9 5: it was at work",
    "   1.2 s  maker              is interrupted: host process 5 is gone  (again in 0.83 s)",
    "   5.6 s  maker              goes on in process 6  (attempt 2, same session, ready after 4.4 s)",
    "   9.0 s  host               process 6 ends: work done",
  ])
})

test("an agent that is woken in a new process counts from its waking", () => {
  const session_id = "ses_1"
  expect(
    show([
      moment("agent.queued", 0, "maker-1abc", { role: "Maker" }),
      moment("agent.running", 4000, "maker-1abc", { pid: 5, attempt: 1, session_id }),
      moment("agent.woken", 60_000, "maker-1abc"),
      moment("agent.running", 65_000, "maker-1abc", { pid: 6, attempt: 1, session_id }),
    ]).at(-1),
  ).toBe("  65.0 s  maker              goes on in process 6  (same session, ready after 5.0 s)")
})

test("colour appears only when it is asked for", () => {
  const line = { who: "maker", what: "failed", tone: "bad" } as const
  expect(renderLine(line, 0, false)).toBe("   0.0 s  maker              failed")
  expect(renderLine(line, 0, true)).toBe("   0.0 s  maker              \u001B[31mfailed\u001B[0m")
})
