import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { asAdmin, freshDatabase, postgresOrTold } from "../../support/postgres.ts"
import { createWorld } from "../support/world.ts"

const server = await postgresOrTold(import.meta.path)

if (server)
  test("the password of the ledger is in no argument, log or event, and in no shell of an agent", async () => {
    const database = await freshDatabase(server)
    const { password } = new URL(database.address)
    const world = await createWorld({ ledger: database.address })
    try {
      const window = await world.window()
      const lead = await window.lead("lead")
      const worker = world.member("worker")
      const { fleet_id } = await lead.call("spawn_fleet", {
        agents: [{ name: "worker", role: "worker", prompt: "Work." }],
      })
      const printed = await worker.call("bash", { command: "env", description: "Look" })
      expect(printed).toContain("MESHFLEET_LEDGER=postgres://")
      expect(printed).not.toContain(password)
      expect(readLedgerOf(world.processes())).toContain(database.address)

      const commands = world.processes().map((pid) => readProcess(pid, "cmdline"))
      const logs = readdirSync(join(world.home, "logs")).map((name) =>
        readFileSync(join(world.home, "logs", name), "utf8"),
      )
      const events = await asAdmin(database.address, "SELECT * FROM meshfleet.events")
      expect(events.length).toBeGreaterThan(3)
      for (const text of [...commands, ...logs, window.run.output(), JSON.stringify(events)])
        expect(text).not.toContain(password)
      await lead.call("stop_agents", { fleet_id, mode: "kill" })
    } finally {
      await world.end()
      await database.drop()
    }
  })

const readProcess = (pid: number, file: string) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8")
  } catch {
    return ""
  }
}

/** The addresses that processes of ours have in their environment, where nobody else can read them. */
const readLedgerOf = (pids: readonly number[]) =>
  pids.flatMap((pid) => /MESHFLEET_LEDGER=([^\0]+)/.exec(readProcess(pid, "environ"))?.[1] ?? [])
