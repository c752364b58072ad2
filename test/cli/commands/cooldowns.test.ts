import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { beginCoolDown } from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { coolDowns } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  shell.clock.at = Date.now()
})
afterEach(() => shell.end())

const limit = (provider: string) =>
  shell.ledger.transact((tx) =>
    beginCoolDown(tx, { provider, until: tx.at + 600_000, reason: "Rate limit reached" }, 900_000),
  )
const resting = async () => [...(await shell.ledger.read(coolDowns)).keys()]

describe("cooldowns", () => {
  test("lists who rests, since when, for how long and why", async () => {
    expect((await shell.run(["cooldowns"])).out).toBe("No provider rests.\n")
    await limit("anthropic")
    const { out } = await shell.run(["cooldowns"])
    expect(out).toMatch(
      /^PROVIDER +STATE +SINCE +REASON\nanthropic +rests for (10m 00|9m 5\d)s +\d\.\ds ago +Rate limit reached\n$/,
    )
    const { cooldowns } = JSON.parse((await shell.run(["cooldowns", "--json"])).out)
    expect(cooldowns).toEqual([
      {
        provider: "anthropic",
        since: new Date(shell.clock.at).toISOString(),
        until: new Date(shell.clock.at + 600_000).toISOString(),
        reason: "Rate limit reached",
        resting: true,
        tried_by: null,
      },
    ])
  })

  test("shows a rest of weeks, from an earlier version, as what it is: over", async () => {
    await shell.ledger.transact((tx) =>
      tx.run("INSERT INTO cooldowns (provider, until, reason) VALUES ('old', 99999999999999, '')"),
    )
    expect((await shell.run(["cooldowns"])).out).toContain("over; the next agent tries it first")
  })

  test("--lift lifts one, or all", async () => {
    await limit("anthropic")
    await limit("openai")
    expect((await shell.run(["cooldowns", "--lift", "openai"])).out).toBe(
      "openai: its rest is lifted (Rate limit reached)\n",
    )
    expect(await resting()).toEqual(["anthropic"])
    expect(await shell.run(["cooldowns", "--lift", "openai"])).toMatchObject({
      code: 1,
      err: expect.stringContaining('[INVALID_ARGUMENT] No provider "openai" rests.'),
    })
    await limit("openai")
    await shell.run(["cooldowns", "--lift"])
    expect(await resting()).toEqual([])
    expect((await shell.run(["cooldowns", "--lift"])).out).toBe("No provider rests.\n")
    const events = await shell.ledger.read((db) => eventsSince(db, 0))
    const lifted = events.filter(({ type }) => type === "provider.rest_ended")
    expect(lifted.map(({ data }) => JSON.parse(data))).toMatchObject([
      { provider: "openai", by: "person" },
      { provider: "anthropic", by: "person" },
      { provider: "openai", by: "person" },
    ])
  })

  test("--lift is refused in a shell of an agent, and in one of an OpenCode that leads", async () => {
    await limit("anthropic")
    const lead = await shell.leadingOpenCode()
    for (const options of [{ insideAgent: true }, { ancestors: [lead] }])
      expect((await shell.run(["cooldowns", "--lift"], options)).err).toStartWith("[NOT_ALLOWED]")
    expect(await resting()).toEqual(["anthropic"])
  })

  test("a provider without --lift is not understood", async () => {
    expect(await shell.run(["cooldowns", "anthropic"])).toMatchObject({ code: 2 })
  })

  test("are what a queued agent is shown to wait for", async () => {
    await shell.given("flt_1", ["mapper"])
    await limit("fake")
    expect((await shell.run(["status", "flt_1"])).out).toMatch(
      /mapper +queued #1 .* waits for fake, (10m 00|9m 5\d)s more: Rate limit reached\n/,
    )
  })
})
