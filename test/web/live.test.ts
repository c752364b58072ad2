import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { Overview } from "../../plugin/mesh/views/shown.ts"
import { createTeller, tellSmall } from "./support/stories.ts"
import { openLive } from "./support/open-live.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
beforeEach(async () => void (world = await createWorld()))
afterEach(() => world.end())

const agentNamed = (overview: Overview, name: string) =>
  overview.agents?.find((agent) => agent.name === name)

describe("the live stream", () => {
  test("begins with all there is, and then tells what changes", async () => {
    await tellSmall(world.mesh)
    const live = await openLive(world)
    const first = await live.next()
    expect(first.shown).toEqual(["flt_1"])
    expect(first.agents!.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "mapper stalled",
      "reviewer running",
      "maker waiting",
    ])
    expect(first.happenings!.length).toBeGreaterThan(10)
    await createTeller(world.mesh, "flt_1").does("reviewer", "reads README.md")
    const second = await live.next()
    expect(Object.keys(second).toSorted()).toEqual(["agents", "now"])
    expect(second.agents).toMatchObject([{ name: "reviewer", doing: "reads README.md" }])
    await live.end()
  })

  test("tells of many changes at once", async () => {
    await tellSmall(world.mesh)
    const live = await openLive(world)
    await live.next()
    const tell = createTeller(world.mesh, "flt_1")
    await tell.does("reviewer", "step 0")
    expect(agentNamed(await live.next(), "reviewer")?.doing).toBe("step 0")
    for (let step = 1; step <= 20; step++) await tell.does("reviewer", `step ${step}`)
    expect(agentNamed(await live.next(), "reviewer")?.doing).toBe("step 20")
    await live.end()
  })

  test("shows the fleets that are asked for", async () => {
    await world.mesh.given(["a"])
    await world.mesh.given(["b"])
    const both = await openLive(world)
    expect((await both.next()).shown).toEqual(["flt_1", "flt_2"])
    const one = await openLive(world, "?fleets=flt_2,flt_ghost")
    expect((await one.next()).agents!.map(({ name }) => name)).toEqual(["b"])
    await both.end()
    await one.end()
  })

  test("looks at nothing when nobody reads any more", async () => {
    await tellSmall(world.mesh)
    const live = await openLive(world)
    await live.next()
    await live.end()
    let looks = 0
    const { read } = world.mesh.ledger
    world.mesh.ledger.read = (query) => {
      looks++
      return read(query)
    }
    await world.mesh.ledger.transact((tx) =>
      tx.run("UPDATE agents SET activity = 'reads' WHERE name = 'reviewer'"),
    )
    // Longer than the pause between two frames.
    await Bun.sleep(300)
    expect(looks).toBe(0)
  })

  test("ends with the dashboard, with a reason", async () => {
    const live = await openLive(world)
    await live.next()
    await world.end()
    expect(await live.rest()).toContain('"code":"SERVER_CLOSED"')
    world = await createWorld()
  })
})
