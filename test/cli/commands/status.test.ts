import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createShell, type Shell, startedAt } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

describe("status", () => {
  test("in a project without fleets says how to get one", async () => {
    const { code, out } = await shell.run(["status"])
    expect(out).toStartWith(`No fleet has been spawned in ${shell.project} yet.\n`)
    expect(code).toBe(0)
    expect(JSON.parse((await shell.run(["status", "--json"])).out)).toEqual({
      project: shell.project,
      fleets: [],
    })
  })

  test("lists the fleets of this project only, and the agents of those that run", async () => {
    await shell.given("flt_old", ["maker"], { status: "complete", ended_at: startedAt + 5000 })
    await shell.complete("maker-old", 5000)
    await shell.given("flt_new", ["mapper"], { name: "checkout", created_at: startedAt + 60_000 })
    await shell.given("flt_far", ["spy"], { project: "/elsewhere/.git" })
    const { out } = await shell.run(["status"])
    const lines = out.split("\n")
    expect(lines[1]).toMatch(/^flt_new  checkout  running   .+  1: 1 queued$/)
    expect(lines[2]).toMatch(/^flt_old  shop      complete  .+ 5\.0s  1: 1 complete$/)
    expect(lines[4]).toStartWith("flt_new  checkout: running  ·  for ")
    expect(lines[6]).toBe("mapper  queued #1")
    expect(out).not.toContain("flt_far")
    expect(out).not.toContain("maker")
  })

  test("of one fleet, by id or name, is what fleet_status answers", async () => {
    await shell.given("flt_1", ["maker"], { status: "complete", ended_at: startedAt + 5000 })
    await shell.complete("maker-1", 5000)
    const byId = await shell.run(["status", "flt_1"])
    expect(byId.out).toBe(
      [
        "flt_1  shop: complete  ·  after 5.0s  ·  isolation auto, 4 at once",
        "AGENT  STATUS    TIME  TRY  PID  TOKENS  COST  UNREAD  DOING",
        "maker  complete  5.0s    1",
        "",
      ].join("\n"),
    )
    expect(await shell.run(["status", "shop"])).toEqual(byId)
    const { fleet, agents } = JSON.parse((await shell.run(["status", "shop", "--json"])).out)
    expect([fleet.fleet_id, fleet.status]).toEqual(["flt_1", "complete"])
    expect(agents).toMatchObject([{ name: "maker", status: "complete", age_ms: 5000 }])
  })
})
