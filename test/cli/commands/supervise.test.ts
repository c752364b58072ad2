import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { join } from "node:path"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { migrations } from "../../../plugin/mesh/ledger/migrations.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { createOwnHosts } from "../support/own-hosts.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

describe("supervise", () => {
  test("starts what is queued, and ends when all is settled", async () => {
    const { hosts, started } = createOwnHosts(shell)
    await shell.given("flt_1", ["mapper"])
    const supervising = shell.start(["supervise"], { hosts })
    await supervising.until("supervised here, 1 of 1 agents open")
    await untilRunning("flt_1")
    await shell.ledger.transact(async (tx) => {
      const [agent] = await shell.agents("flt_1")
      await endAgent(tx, agent!, { status: "complete", output: "done" })
      await tx.run("UPDATE hosts SET status = 'ended'")
    })
    expect(await supervising.code).toBe(0)
    expect(supervising.out().split("\n").slice(-3)).toEqual([
      "flt_1  shop: settled, complete",
      "Nothing is left to supervise.",
      "",
    ])
    expect(started).toHaveLength(1)
  })

  test("gives the leases back on Ctrl-C", async () => {
    await shell.given("flt_1", ["mapper"])
    const first = shell.start(["supervise", "shop"], { hosts: createOwnHosts(shell).hosts })
    await first.until("supervised here")
    await untilRunning("flt_1")
    first.interrupt()
    expect(await first.code).toBe(130)
    expect(first.out()).toEndWith("Leases released; the agents go on by themselves.\n")
    const second = shell.start(["supervise"], { hosts: createOwnHosts(shell).hosts })
    await second.until("supervised here")
    second.interrupt()
    expect(await second.code).toBe(130)
  })

  test("ends with what to do once a newer Meshfleet has taken the ledger over", async () => {
    await shell.given("flt_1", ["mapper"])
    const supervising = shell.start(["supervise"], { hosts: createOwnHosts(shell).hosts })
    await supervising.until("supervised here")
    await untilRunning("flt_1")
    const newer = await openLedger(join(shell.home, "mesh.db"), {
      migrations: [...migrations, "ALTER TABLE agents ADD COLUMN mood TEXT;"],
    })
    try {
      await newer.transact((tx) => tx.run("UPDATE fleets SET timeout_at = 1"))
      expect(await supervising.code).toBe(1)
      expect(supervising.err()).toContain("[LEDGER_NEWER]")
    } finally {
      await newer.close()
    }
  })

  test("with nothing to do says so", async () => {
    expect(await shell.run(["supervise"])).toEqual({
      code: 0,
      out: "Nothing is left to supervise.\n",
      err: "",
    })
  })

  /** The hosts of this file make an agent run in the moment they are started. */
  const untilRunning = async (fleetId: string) => {
    while ((await shell.agents(fleetId)).some(({ status }) => status !== "running"))
      await new Promise((resolve) => setTimeout(resolve, 10))
  }
})
