import { expect, test } from "bun:test"
import { createAnnouncer } from "../../../../plugin/mesh/ledger/postgres/announcer.ts"

const tick = () => new Promise<void>((resolve) => queueMicrotask(resolve))

test("our own commits are told once each turn, after the call that made them", async () => {
  const announcer = createAnnouncer(() => undefined)
  let calls = 0
  announcer.subscribe(() => calls++)
  announcer.own()
  announcer.own()
  expect(calls).toBe(0)
  await tick()
  expect(calls).toBe(1)
  announcer.close()
})

test("a burst of others' commits is told at its begin, and once more for all that came after", async () => {
  const announcer = createAnnouncer(() => undefined)
  const { promise, resolve } = Promise.withResolvers<void>()
  let calls = 0
  announcer.subscribe(() => {
    calls++
    if (calls === 2) resolve()
  })
  for (let commit = 0; commit < 100; commit++) announcer.others()
  expect(calls).toBe(1)
  await promise
  announcer.close()
  expect(calls).toBe(2)
})

test("a listener that throws keeps no other from hearing, and who has left hears nothing", async () => {
  const errors: unknown[] = []
  const announcer = createAnnouncer((error) => errors.push(error))
  const heard: string[] = []
  announcer.subscribe(() => {
    throw new Error("its own fault")
  })
  const leave = announcer.subscribe(() => heard.push("left"))
  announcer.subscribe(() => heard.push("stayed"))
  leave()
  announcer.own()
  await tick()
  expect([heard, String(errors)]).toEqual([["stayed"], "Error: its own fault"])
  announcer.close()
})
