import { describe, expect, test } from "bun:test"
import type { Act, Deed } from "../../../chaos/ledger/deeds.ts"
import { countUnknown, judge, type Rows } from "../../../chaos/ledger/judge.ts"

let instant = 0
const act = (writer: string, nonce: string, deed: Deed, more: Partial<Act> = {}): Act => ({
  ...{ writer, nonce, deed, begunAt: (instant += 2), endedAt: instant + 1 },
  ...{ outcome: "done", ids: [], proposals: [], ...more },
})

const message = (seq: number, id: string, nonce: string, from = "w1") => ({
  ...{ seq, id, from_agent_id: from, nonce },
})
const delivery = (message_seq: number, recipient: string, state: string) => ({
  ...{ message_seq, recipient, state },
})

/** w1 sends three messages, two of them at once; w2 reads, acknowledges, notes and votes. */
const acts = (): Act[] => [
  act("w1", "a", { kind: "send", to: "w2" }, { ids: ["m1"] }),
  act("w1", "b", { kind: "batch", to: ["w2", "w2"] }, { ids: ["m2", "m3"] }),
  act("w1", "c", { kind: "propose" }, { ids: ["m4"] }),
  act("w2", "d", { kind: "read", since: "0" }, { ids: ["m1", "m2", "m3", "m4"] }),
  act("w2", "e", { kind: "ack", message: "m1" }),
  act("w2", "f", { kind: "receipt", message: "m1", action: "done" }),
  act("w2", "g", { kind: "receipt", message: "m1", action: "done" }),
  act("w2", "h", { kind: "vote", message: "m4", approve: true }, { status: "open" }),
  act("w2", "i", { kind: "vote", message: "m4", approve: true }, { status: "open" }),
  act("w2", "j", { kind: "vote", message: "m4", approve: false }, { status: "rejected" }),
  act("w1", "s", { kind: "save" }, { version: 1 }),
  act("w2", "t", { kind: "save" }, { version: 2 }),
  act("w1", "k", { kind: "send", to: "w2" }, { outcome: "refused", code: "LEDGER_BUSY" }),
]

const rows: Rows = {
  messages: [
    ...[message(1, "m1", "a"), message(2, "m2", "b"), message(3, "m3", "b")],
    ...[message(4, "m4", "c", "lead"), message(5, "m5", "", "meshfleet")],
  ],
  deliveries: [
    ...[delivery(1, "w2", "acked"), delivery(2, "w2", "seen"), delivery(3, "w2", "seen")],
    ...[delivery(4, "w2", "seen"), delivery(5, "w2", "accepted")],
  ],
  receipts: [
    { message_id: "m1", actor: "w2", action: "done", note: "f" },
    { message_id: "m4", actor: "w2", action: "r-ack", note: null },
    { message_id: "m4", actor: "w2", action: "r-decline:2", note: null },
  ],
  ratifications: [{ message_id: "m4", status: "rejected" }],
  templates: [
    { version: 1, nonce: "s" },
    { version: 2, nonce: "t" },
  ],
}

test("a ledger in which all is as its writers were told breaks no promise", () => {
  expect(judge(acts(), rows)).toEqual([])
})

const changed = (change: Partial<Rows>) => judge(acts(), { ...rows, ...change })
const without = <Row>(all: readonly Row[], at: number) => all.filter((_, index) => index !== at)

describe("it is told when", () => {
  test("a message is lost, or half of a batch", () => {
    expect(changed({ messages: without(rows.messages, 0) })[0]).toBe(
      "a (send) is done with m1, there is nothing",
    )
    expect(changed({ messages: without(rows.messages, 2) })[0]).toBe(
      "b (batch) is done with m2,m3, there is m2",
    )
  })

  test("a message is there twice, was refused, or is of nobody", () => {
    const more = (one: Rows["messages"][number]) =>
      changed({ messages: [...rows.messages, one] })[0]
    expect(more(message(6, "m6", "a"))).toBe("a (send) is done with m1, there is m1,m6")
    expect(more(message(6, "m6", "k"))).toBe("k (send) is refused with , there is m6")
    expect(more(message(6, "m6", "x"))).toBe("message m6 (x) was sent by nobody")
  })

  test("a later message stands before an earlier one", () => {
    const [first, second, third, ...rest] = rows.messages
    const turned = [{ ...second!, seq: 1 }, { ...third!, seq: 2 }, { ...first!, seq: 3 }, ...rest]
    expect(changed({ messages: turned })).toContain(
      "message 1 of b was begun after a and stands before",
    )
  })

  test("a page was missed or shown twice, or a reading is lost", () => {
    const reads = (ids: string[]) =>
      judge(
        acts().map((each) => (each.nonce === "d" ? { ...each, ids } : each)),
        rows,
      )
    expect(reads(["m2"])[0]).toBe("w2 was shown m2 as number 1 of its inbox, which is m1")
    expect(reads(["m1", "m1"])[0]).toBe("w2 was shown m1 as number 2 of its inbox, which is m2")
    const unseen = rows.deliveries.with(1, delivery(2, "w2", "accepted"))
    expect(changed({ deliveries: unseen })).toEqual(["w2 has seen message 2, the ledger has not"])
  })

  test("an acknowledgement is lost, or is of nobody", () => {
    expect(changed({ deliveries: rows.deliveries.with(0, delivery(1, "w2", "seen")) })).toEqual([
      "the acknowledgement of w2 m1 is lost",
    ])
    expect(changed({ deliveries: rows.deliveries.with(1, delivery(2, "w2", "acked")) })).toEqual([
      "w2 m2 is acked by nobody",
    ])
  })

  test("a receipt is lost, is not the first, is there twice, or is of nobody", () => {
    const receipt = { message_id: "m1", actor: "w2", action: "done" }
    expect(changed({ receipts: without(rows.receipts, 0) })).toEqual([
      "receipt m1 w2 done is lost, not f",
    ])
    expect(changed({ receipts: rows.receipts.with(0, { ...receipt, note: "g" }) })).toEqual([
      "receipt m1 w2 done is g, not f",
    ])
    expect(changed({ receipts: [...rows.receipts, { ...receipt, note: "g" }] })).toEqual([
      "receipt m1 w2 done is f,g, not f",
    ])
    const other = { ...receipt, action: "started", note: "x" }
    expect(changed({ receipts: [...rows.receipts, other] })).toEqual([
      "receipt m1 w2 started is of nobody",
    ])
  })

  test("a vote is lost or made up, or an end is not what a voter was told", () => {
    expect(changed({ receipts: without(rows.receipts, 2) })).toEqual([
      "the votes of m4 w2 are r-ack",
    ])
    const again = { ...rows.receipts[1]!, action: "r-ack:3" }
    expect(changed({ receipts: [...rows.receipts, again] })).toEqual([
      "the votes of m4 w2 are r-ack,r-decline:2,r-ack:3",
    ])
    expect(changed({ ratifications: [{ message_id: "m4", status: "open" }] })).toEqual([
      "j was told that m4 is rejected; it is open",
    ])
  })

  test("a version of a template is lost, or is another's", () => {
    expect(changed({ templates: without(rows.templates, 1) })).toEqual([
      "version 2 that t saved is lost",
    ])
    expect(changed({ templates: without(rows.templates, 0) })).toEqual([
      "version 2 of the template is that of t",
      "version 1 that s saved is lost",
    ])
    expect(changed({ templates: rows.templates.with(1, { version: 2, nonce: "x" }) })).toEqual([
      "version 2 of the template is that of x",
      "version 2 that t saved is lost",
    ])
  })

  test("a call ends in a fault of ours", () => {
    const faulty = act("w1", "z", { kind: "broadcast" }, { outcome: "refused", code: "INTERNAL" })
    expect(judge([...acts(), faulty], rows)).toEqual(["z (broadcast) failed with INTERNAL"])
  })
})

test("what nobody was told of may be there or not, and is counted", () => {
  const open = (writer: string, nonce: string, deed: Deed) =>
    act(writer, nonce, deed, { outcome: "unknown", endedAt: Infinity })
  const unknown = [
    open("w1", "u", { kind: "send", to: "w2" }),
    open("w2", "v", { kind: "receipt", message: "m2", action: "done" }),
    open("w2", "w", { kind: "vote", message: "m4", approve: true }),
    open("w2", "x", { kind: "ack", message: "m2" }),
  ]
  expect(judge([...acts(), ...unknown], rows)).toEqual([])
  const made: Rows = {
    messages: [...rows.messages, message(6, "m6", "u")],
    deliveries: rows.deliveries.with(1, delivery(2, "w2", "acked")),
    receipts: [
      ...rows.receipts,
      { message_id: "m2", actor: "w2", action: "done", note: "v" },
      { message_id: "m4", actor: "w2", action: "r-ack:3", note: null },
    ],
    ratifications: rows.ratifications,
    templates: rows.templates,
  }
  expect(judge([...acts(), ...unknown], made)).toEqual([])
  expect(countUnknown(unknown, rows)).toEqual({ all: 2, made: 0 })
  expect(countUnknown(unknown, made)).toEqual({ all: 2, made: 2 })
})
