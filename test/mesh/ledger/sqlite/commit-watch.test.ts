import { afterEach, beforeEach, expect, test } from "bun:test"
import { createCommitWatch } from "../../../../plugin/mesh/ledger/sqlite/commit-watch.ts"

const restMs = 300
let version: number
let looks: number
let tell: (() => void) | undefined
let heard: number
let watch: ReturnType<typeof createCommitWatch>
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

beforeEach(() => {
  version = 1
  looks = 0
  heard = 0
  tell = undefined
  watch = createCommitWatch(
    () => {
      looks++
      return version
    },
    (onWrite) => {
      tell = onWrite
      return () => void (tell = undefined)
    },
    restMs,
  )
})
afterEach(() => watch.close())

const listen = () => {
  const first = Promise.withResolvers<void>()
  watch.subscribe(() => {
    heard++
    first.resolve()
  })
  return first.promise
}

test("looks all the time until a write was told of, and finds commits", async () => {
  const first = listen()
  version = 2
  await first
  expect(tell).toBeDefined()
})

test("rests once writes are told of, and looks when they are", async () => {
  void listen()
  tell!()
  await pause(300)
  looks = 0
  await pause(restMs)
  expect(looks).toBeLessThanOrEqual(2)
  heard = 0
  version = 2
  tell!()
  await pause(100)
  expect(heard).toBe(1)
})

test("tells of a commit that is complete only a while after its write", async () => {
  void listen()
  tell!()
  await pause(20)
  version = 2
  await pause(150)
  expect(heard).toBe(1)
})

test("finds what nobody told of, and trusts no watch that keeps missing", async () => {
  void listen()
  tell!()
  await pause(300)
  for (let at = 0; at < 3; at++) {
    version++
    await pause(restMs + 50)
  }
  expect(heard).toBe(3)
  expect(tell).toBeUndefined()
  looks = 0
  await pause(restMs)
  expect(looks).toBeGreaterThanOrEqual(3)
})

test("looks rather than listens while there are very many writes", async () => {
  void listen()
  for (let at = 0; at <= 40; at++) tell?.()
  expect(tell).toBeUndefined()
  version = 2
  await pause(120)
  expect(heard).toBe(1)
  await pause(1500)
  expect(tell).toBeDefined()
})

test("does nothing while nobody listens", async () => {
  const unsubscribe = watch.subscribe(() => undefined)
  unsubscribe()
  looks = 0
  await pause(120)
  expect([looks, tell]).toEqual([0, undefined])
})
