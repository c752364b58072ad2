import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type Changes, createChanges } from "../../../plugin/mesh/ledger/changes.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { createLazyLedger } from "../../../plugin/mesh/ledger/lazy-ledger.ts"
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
afterEach(async () => {
  changes.close()
  await ledger.close()
})
const commit = () => ledger.transact((tx) => appendEvent(tx, { type: "agent.woken" }))

describe("changes", () => {
  test("are told in the order in which listeners came, and a fault of one keeps none from hearing", async () => {
    const heard: string[] = []
    changes.subscribe(() => void heard.push("first"))
    changes.subscribe(() => {
      throw new Error("second")
    })
    const unsubscribe = changes.subscribe(() => void heard.push("third"))
    await commit()
    await changes.until(() => heard.length || undefined, { timeoutMs: 5000 })
    expect([heard, String(errors)]).toEqual([["first", "third"], "Error: second"])
    unsubscribe()
    unsubscribe()
    await commit()
    await changes.until(() => (heard.length > 2 ? true : undefined), { timeoutMs: 5000 })
    expect(heard).toEqual(["first", "third", "first"])
  })

  test("end a wait for something to be committed", async () => {
    const waiting = changes.until(
      async () =>
        (await ledger.read((db) => db.get("SELECT 1 AS found FROM events"))) ? true : undefined,
      { timeoutMs: 5000 },
    )
    await commit()
    expect(await waiting).toBe(true)
  })

  test("nobody made are not told", async () => {
    let calls = 0
    changes.subscribe(() => void calls++)
    await ledger.transact((tx) => tx.run("UPDATE events SET data = '' WHERE seq = 77"))
    await changes.until(() => undefined, { timeoutMs: 120 })
    expect(calls).toBe(0)
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

describe("a lazy ledger", () => {
  test("is opened once, at first need", async () => {
    let opened = 0
    const lazy = createLazyLedger(async () => {
      opened++
      return openLedger(":memory:")
    })
    let calls = 0
    lazy.ledger.subscribe(() => void calls++)
    expect([lazy.isOpen(), opened]).toEqual([false, 0])
    await Promise.all([
      lazy.ready(),
      lazy.ledger.read(() => 1),
      lazy.ledger.transact((tx) => appendEvent(tx, { type: "agent.woken" })),
    ])
    expect([lazy.isOpen(), await lazy.ledger.read(() => 1), opened]).toEqual([true, 1, 1])
    // Who listened before it was open hears of its commits.
    expect(calls).toBe(1)
    await lazy.ledger.close()
    await expectFailure(() => lazy.ledger.read(() => 1), "LEDGER_UNAVAILABLE")
  })

  test("that could not be opened is tried again by the next who needs it", async () => {
    const outcomes = [new Error("read-only"), undefined]
    const lazy = createLazyLedger(async () => {
      const failure = outcomes.shift()
      if (failure) throw failure
      return openLedger(":memory:")
    })
    await expect(lazy.ready()).rejects.toThrow("read-only")
    await lazy.ready()
    expect(lazy.isOpen()).toBe(true)
    await lazy.ledger.close()
  })

  test("closed while it opens is closed again at once", async () => {
    const { promise, resolve } = Promise.withResolvers<Ledger>()
    const lazy = createLazyLedger(() => promise)
    const ready = lazy.ready()
    await lazy.ledger.close()
    resolve(await openLedger(":memory:"))
    await ready
    expect(lazy.isOpen()).toBe(false)
  })
})
