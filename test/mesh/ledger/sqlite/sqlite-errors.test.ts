import { expect, test } from "bun:test"
import { pauseAfter, retryBusy } from "../../../../plugin/mesh/ledger/sqlite/sqlite-errors.ts"

test("whoever has waited for long tries the lock more often", () => {
  expect(pauseAfter(0, 0.5)).toBe(12.5)
  expect(pauseAfter(99, 1)).toBe(25)
  expect(pauseAfter(100, 0.5)).toBe(2)
  expect(pauseAfter(30_000, 1)).toBe(4)
})

test("a lock that stays taken is an error that says for how long it was tried", async () => {
  const busy = () => {
    throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" })
  }
  expect(retryBusy(busy, 20)).rejects.toMatchObject({
    code: "LEDGER_BUSY",
    detail: "The ledger stayed locked for 20 ms.",
  })
})

test("an error that no waiting mends is thrown at once", async () => {
  let tries = 0
  const broken = () => {
    tries++
    throw new Error("no such table: mail")
  }
  expect(retryBusy(broken, 1000)).rejects.toThrow("no such table")
  expect(tries).toBe(1)
})
