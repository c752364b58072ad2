import { expect, test } from "bun:test"
import { measureRecovery, type Strike } from "../../chaos/recovery.ts"

const strike = (more: Partial<Strike>): Strike => ({
  at: 1000,
  pid: 1,
  how: "killed",
  agents: ["ada"],
  heldLease: false,
  attended: true,
  ...more,
})
const history = {
  requests: [
    { at: 1001, agent: "ada" },
    { at: 4000, agent: "ben" },
    { at: 5000, agent: "ada" },
  ],
  running: [{ at: 4500, agent: "ada" }],
  supervised: [{ at: 3000, pid: 2 }],
}

test("a host's death counts until the agent, brought to work again, asks its model", () => {
  expect(measureRecovery([strike({})], history).killed).toEqual([4000])
})

test("a freeze is counted apart", () => {
  expect(measureRecovery([strike({ how: "frozen" })], history)).toEqual({
    killed: [],
    frozen: [4000],
    lease: [],
  })
})

test("of two blows before anybody went on the second counts", () => {
  const blows = [strike({}), strike({ at: 2000, pid: 3 })]
  expect(measureRecovery(blows, history).killed).toEqual([3000])
})

test("a holder's death counts until another takes the lease", () => {
  expect(measureRecovery([strike({ heldLease: true, agents: [] })], history).lease).toEqual([2000])
})

test("a death that left nobody to take over is not counted", () => {
  expect(measureRecovery([strike({ heldLease: true, attended: false })], history)).toEqual({
    killed: [],
    frozen: [],
    lease: [],
  })
})
