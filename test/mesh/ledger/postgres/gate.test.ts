import { expect, test } from "bun:test"
import { createGate } from "../../../../plugin/mesh/ledger/postgres/gate.ts"

test("a gate lets in as many as it has room for, then one for each that leaves, in their order", async () => {
  const gate = createGate(2)
  const inside: string[] = []
  const enter = async (name: string) => {
    await gate.enter(60_000)
    inside.push(name)
  }
  await enter("a")
  await enter("b")
  const waiting = [enter("c"), enter("d")]
  expect(inside).toEqual(["a", "b"])
  gate.leave()
  await waiting[0]
  expect(inside).toEqual(["a", "b", "c"])
  gate.leave()
  await waiting[1]
  expect(inside).toEqual(["a", "b", "c", "d"])
})

test("who has waited for too long is turned away, and keeps nobody's place", async () => {
  const gate = createGate(1)
  expect(await gate.enter(0)).toBe(true)
  const late = gate.enter(60_000)
  expect(await gate.enter(1)).toBe(false)
  gate.leave()
  expect(await late).toBe(true)
  gate.leave()
  expect(await gate.enter(0)).toBe(true)
})
