import { expect, test } from "bun:test"
import { chooseDeed, readLog } from "../../../chaos/ledger/deeds.ts"
import { createRandom } from "../../../chaos/random.ts"

test("a log tells of each deed what its writer was told; half a line, and what has no answer, is unknown", () => {
  const log = [
    '{"nonce":"a","deed":{"kind":"broadcast"},"begunAt":1}',
    '{"nonce":"a","endedAt":2,"outcome":"done","ids":["m1"]}',
    '{"nonce":"b","deed":{"kind":"propose"},"begunAt":3}',
    '{"nonce":"b","endedAt":4,"outc',
  ].join("\n")
  expect(readLog("w1", log)).toMatchObject([
    { writer: "w1", nonce: "a", outcome: "done", ids: ["m1"], begunAt: 1, endedAt: 2 },
    { writer: "w1", nonce: "b", outcome: "unknown", ids: [], begunAt: 3, endedAt: Infinity },
  ])
})

test("of every kind of deed some are done, and only to messages that came", () => {
  const random = createRandom(1)
  const memory = { cursor: "5", received: ["m1", "m2"], proposals: ["m2"] }
  const deeds = Array.from({ length: 3000 }, () => chooseDeed(random, ["w2", "w3"], memory))
  expect([...new Set(deeds.map(({ kind }) => kind))].toSorted()).toEqual([
    "ack",
    "batch",
    "broadcast",
    "propose",
    "read",
    "receipt",
    "save",
    "send",
    "vote",
  ])
  expect(deeds).toContainEqual({ kind: "vote", message: "m2", approve: false })
  const nothing = { cursor: "0", received: [], proposals: [] }
  const first = Array.from({ length: 3000 }, () => chooseDeed(random, ["w2"], nothing).kind)
  expect([...new Set(first)].toSorted()).toEqual([
    "batch",
    "broadcast",
    "propose",
    "read",
    "save",
    "send",
  ])
})
