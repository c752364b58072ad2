import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type Changes, createChanges } from "../../../plugin/mesh/ledger/changes.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/events.ts"
import { createLateLedger } from "../../../plugin/mesh/ledger/lazy-ledger.ts"
import { type Ledger, openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { expectFailure } from "../support/errors.ts"

let ledger: Ledger
let changes: Changes
let errors: unknown[]
beforeEach(async () => {
  ledger = await openLedger(":memory:")
  errors = []
  changes = createChanges(ledger, (error) => void errors.push(error))
})
afterEach(() => {
  changes.close()
  ledger.close()
})
const commit = () => ledger.transact((tx) => appendEvent(tx, { type: "agent.tool" }))

describe("changes", () => {
  test("are told in the order in which listeners came, and a fault of one keeps none from hearing", async () => {
    const heard: string[] = []
    changes.subscribe(() => heard.push("first"))
    changes.subscribe(() => {
      throw new Error("second")
    })
    const unsubscribe = changes.subscribe(() => heard.push("third"))
    await commit()
    changes.nudge()
    await changes.until(() => heard.length || undefined, { timeoutMs: 5000 })
    expect([heard, String(errors)]).toEqual([["first", "third"], "Error: second"])
    unsubscribe()
    unsubscribe()
    await commit()
    changes.nudge()
    await changes.until(() => (heard.length > 2 ? true : undefined), { timeoutMs: 5000 })
    expect(heard).toEqual(["first", "third", "first"])
  })

  test("are told without a nudge too", async () => {
    const waiting = changes.until(
      () => (ledger.read((db) => db.get("SELECT 1 AS found FROM events")) ? true : undefined),
      { timeoutMs: 5000 },
    )
    await commit()
    expect(await waiting).toBe(true)
  })

  test("nobody made are not told", async () => {
    let calls = 0
    await commit()
    changes.subscribe(() => calls++)
    await changes.until(() => undefined, { timeoutMs: 120 })
    expect(calls).toBe(1)
  })

  test("until: a check that throws ends the wait with its error", async () => {
    await expect(
      changes.until(
        () => {
          throw new Error("gone")
        },
        { timeoutMs: 5000 },
      ),
    ).rejects.toThrow("gone")
  })

  test("until: an aborted signal and a passed time end the wait with nothing", async () => {
    expect(
      await changes.until(() => undefined, { timeoutMs: 60_000, signal: AbortSignal.abort() }),
    ).toBeUndefined()
    expect(await changes.until(() => undefined, { timeoutMs: 0 })).toBeUndefined()
    expect(await changes.until(() => 7, { timeoutMs: 0 })).toBe(7)
  })
})

describe("a late ledger", () => {
  test("is opened once, at first need", async () => {
    let opened = 0
    const late = createLateLedger(async () => {
      opened++
      return openLedger(":memory:")
    })
    await expectFailure(() => late.ledger.read(() => 1), "LEDGER_UNAVAILABLE")
    expect([late.isOpen(), late.ledger.changed(), opened]).toEqual([false, false, 0])
    await Promise.all([late.ready(), late.ready(), late.ledger.transact(() => 1)])
    expect([late.isOpen(), late.ledger.read(() => 1), opened]).toEqual([true, 1, 1])
    late.ledger.close()
  })

  test("that could not be opened is tried again by the next who needs it", async () => {
    const outcomes = [new Error("read-only"), undefined]
    const late = createLateLedger(async () => {
      const failure = outcomes.shift()
      if (failure) throw failure
      return openLedger(":memory:")
    })
    await expect(late.ready()).rejects.toThrow("read-only")
    await late.ready()
    expect(late.isOpen()).toBe(true)
    late.ledger.close()
  })

  test("closed while it opens is closed again at once", async () => {
    const { promise, resolve } = Promise.withResolvers<Ledger>()
    const late = createLateLedger(() => promise)
    const ready = late.ready()
    late.ledger.close()
    resolve(await openLedger(":memory:"))
    await ready
    expect(late.isOpen()).toBe(false)
  })
})
