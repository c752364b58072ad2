import { expect, test } from "bun:test"
import { judge, type Remains } from "../../chaos/invariants.ts"
import { judgeEvents, type ToldEvent } from "../../chaos/judge-events.ts"

const agent = {
  id: "ada-1",
  name: "ada",
  status: "complete",
  output: "Done.",
} as Remains["agents"][number]
const message = { seq: 1, id: "msg_1", from_agent_id: "ben-1" } as Remains["messages"][number]
const delivery = {
  message_seq: 1,
  recipient: "ada-1",
  state: "acked",
  wake: 1,
} as Remains["deliveries"][number]
const whole: Remains = {
  fleets: [],
  agents: [agent],
  attempts: [{ agent_id: "ada-1", attempt: 1, ended_at: 5, cause: "complete" }],
  messages: [message],
  deliveries: [delivery],
  events: [],
  requests: [
    { agent: "ada", userTexts: ["Be ada."] },
    { agent: "ada", userTexts: ["Be ada.", "result from ben, msg_1:\nnumber 1"] },
  ],
  leadEnds: new Map(),
  integrity: "ok",
}
const nothing = { lost: [], duplicated: [], withoutEnd: [], other: [] }

test("mail that is once in a request of its recipient is neither lost nor doubled", () => {
  expect(judge(whole)).toEqual(nothing)
})

test("mail that only others were shown is lost", () => {
  const requests = [{ agent: "ben", userTexts: ["msg_1"] }]
  expect(judge({ ...whole, requests }).lost).toEqual(["msg_1 for ada is in no request (acked)"])
})

test("mail that one request holds twice is doubled", () => {
  const requests = [{ agent: "ada", userTexts: ["msg_1", "msg_1"] }]
  expect(judge({ ...whole, requests }).duplicated).toEqual([
    "msg_1 for ada is in one request 2 times",
  ])
})

test("mail for an agent that was cancelled may stay unread", () => {
  const cancelled = {
    ...agent,
    status: "cancelled",
    error_code: "CANCELLED",
    error_detail: "asked",
  } as typeof agent
  expect(judge({ ...whole, agents: [cancelled], requests: [] })).toEqual(nothing)
})

test("mail for a lead that is gone may be parked, but not called delivered", () => {
  const parked = { ...delivery, recipient: "lead:flt_1", state: "parked" } as typeof delivery
  const injected = { ...parked, state: "injected" } as typeof delivery
  expect(judge({ ...whole, deliveries: [parked] })).toEqual(nothing)
  expect(judge({ ...whole, deliveries: [injected] }).lost).toEqual([
    "msg_1 for lead:flt_1 is in no request (injected)",
  ])
})

test("mail that a lead was killed with, or ended at once after, is not lost: the next one gets it", () => {
  const deliveries = [
    { ...delivery, recipient: "lead:flt_1", state: "injected", injected_at: 1000 },
  ] as Remains["deliveries"]
  const lostWith = (at: number, killed: boolean) =>
    judge({ ...whole, deliveries, leadEnds: new Map([["lead:flt_1", { at, killed }]]) }).lost.length
  expect([lostWith(60_000, true), lostWith(5000, false), lostWith(60_000, false)]).toEqual([
    0, 0, 1,
  ])
})

test("an agent that did not end, and an end without a cause, are told", () => {
  const running = { ...agent, status: "running" } as typeof agent
  const failed = { ...agent, name: "ben", status: "failed", error_code: null } as typeof agent
  expect(judge({ ...whole, agents: [running, failed], deliveries: [] }).withoutEnd).toEqual([
    "ada is running",
    "ben is failed without a cause",
  ])
})

const event = (seq: number, type: string, more: Partial<ToldEvent> = {}): ToldEvent => ({
  seq,
  type,
  agent_id: null,
  fleet_id: null,
  data: {},
  ...more,
})

test("a gap in the events and a fact told twice are told", () => {
  const lost = { data: { host_id: "hst_1" } }
  expect(judgeEvents([event(1, "host.lost", lost), event(3, "host.lost", lost)])).toEqual([
    "event 3 follows 1",
    "host.lost hst_1 is told twice",
  ])
})

test("an agent may end again only after it was woken", () => {
  const ada = { agent_id: "ada-1" }
  const twice = [event(1, "agent.complete", ada), event(2, "agent.failed", ada)]
  const woken = [
    event(1, "agent.complete", ada),
    event(2, "agent.woken", ada),
    event(3, "agent.complete", ada),
  ]
  expect(judgeEvents(twice)).toEqual(["ada-1 ends (agent.failed) after its end"])
  expect(judgeEvents(woken)).toEqual([])
})
