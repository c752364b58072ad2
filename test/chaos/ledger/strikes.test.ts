import { expect, test } from "bun:test"
import { planStrikes } from "../../../chaos/ledger/strikes.ts"
import { createRandom } from "../../../chaos/random.ts"

const names = Array.from({ length: 20 }, (_, at) => `w${at}`)

test("a hundred strikes meet one, some and all writers, and each of them", () => {
  const plan = planStrikes(createRandom(1), names, { kills: 100, serverKills: 0 })
  expect(plan).toHaveLength(100)
  const counts = plan.map(({ victims }) => victims.length)
  expect(counts.filter((count) => count === 1).length).toBeGreaterThan(20)
  expect(counts.filter((count) => count === 20).length).toBeGreaterThan(5)
  expect(counts.filter((count) => count > 1 && count < 20).length).toBeGreaterThan(15)
  expect(new Set(plan.flatMap(({ victims }) => victims)).size).toBe(20)
  for (const { victims } of plan) expect(new Set(victims).size).toBe(victims.length)
  expect(plan.some(({ serverBackMs }) => serverBackMs !== undefined)).toBe(false)
})

test("a server is killed as often as asked for, once for longer than calls wait for it", () => {
  const plan = planStrikes(createRandom(1), names, { kills: 100, serverKills: 10 })
  const back = plan.flatMap(({ serverBackMs }) => serverBackMs ?? [])
  expect(back).toHaveLength(10)
  expect(back.filter((ms) => ms > 5000)).toEqual([7000])
})
