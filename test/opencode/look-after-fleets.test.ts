import { afterEach, beforeEach, expect, test } from "bun:test"
import { lookAfterFleets } from "../../plugin/opencode/look-after-fleets.ts"
import { createMesh, type Mesh } from "../mesh/support/mesh.ts"

let mesh: Mesh
let log: string[]
/** Moves the time on to the next look. */
let look: () => Promise<void>
let isOpenAgain: boolean
let isOpen: boolean

beforeEach(async () => {
  mesh = await createMesh()
  log = []
  isOpenAgain = false
  isOpen = true
})
afterEach(() => mesh.end())

const lookAfter = () => {
  let waiting = Promise.withResolvers<() => void>()
  look = async () => {
    const go = await waiting.promise
    waiting = Promise.withResolvers()
    go()
  }
  return lookAfterFleets({
    meshProcess: {
      ledger: mesh.ledger,
      lazyLedger: { isOpen: () => isOpen },
      supervisor: {
        supervise: async (fleetId: string) => void log.push(`supervise ${fleetId}`),
        close: async () => void log.push("close the supervisor"),
        settle: async () => void log.push("wait for host starts"),
      },
      close: async () => void log.push("close"),
    } as unknown as Parameters<typeof lookAfterFleets>[0]["meshProcess"],
    project: "/shop/.git",
    isOpenAgain: () => isOpenAgain,
    after: () => new Promise((go) => waiting.resolve(go)),
  })
}
const closing = ["close the supervisor", "wait for host starts", "close"]

test("a closed project without fleets is closed at once, also when its ledger was never opened", async () => {
  await lookAfter()
  expect(log).toEqual(closing)
  isOpen = false
  await lookAfter()
  expect(log).toEqual([...closing, ...closing])
})

test("its fleets are looked after until they have ended, those of other projects are not", async () => {
  await mesh.given(["a1"])
  await mesh.given(["b1"], { fleet: { project: "/other/.git" } })
  const done = lookAfter()
  await look()
  await look()
  await mesh.complete("a1")
  void look()
  await done
  expect(log).toEqual(["supervise flt_1", "supervise flt_1", ...closing])
})

test("they are left to the project's instance that is opened again", async () => {
  await mesh.given(["a1"])
  const done = lookAfter()
  isOpenAgain = true
  await look()
  await done
  expect(log).toEqual(closing)
})
