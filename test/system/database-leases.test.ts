import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  openPostgresLedger,
  type PostgresLedger,
} from "../../plugin/mesh/ledger/postgres/ledger.ts"
import { createDatabaseLeases } from "../../plugin/system/database-leases.ts"
import { freshDatabase, postgresOrTold } from "../support/postgres.ts"
import { leasesContract } from "../mesh/supervision/leases-contract.ts"
import { leasesOfProcesses } from "./leases-of-processes.ts"

const server = await postgresOrTold(import.meta.path)

if (server)
  describe("leases in the database", () => {
    let database: Awaited<ReturnType<typeof freshDatabase>>
    let ledger: PostgresLedger
    beforeEach(async () => {
      database = await freshDatabase(server)
      ledger = await openPostgresLedger(database.address)
    })
    afterEach(async () => {
      await ledger.close()
      await database.drop()
    })

    for (const [title, run] of Object.entries(leasesContract))
      test(title, () =>
        run({
          leases: createDatabaseLeases(ledger),
          takeAway: async (fleetId) =>
            void (await ledger.statement("DELETE FROM leases WHERE fleet_id = ?", fleetId)),
        }),
      )
    for (const [title, run] of Object.entries(leasesOfProcesses))
      test(`between processes ${title}`, () =>
        run({ leases: () => createDatabaseLeases(ledger), name: database.address }))
  })

/** A database that answers, says no, or is silent, as the test wants. */
const scripted = () => {
  let answer: "yes" | "no" | "error" | "silence" = "yes"
  const asked: string[] = []
  return {
    asked,
    answers: (next: typeof answer) => void (answer = next),
    async statement<Row>(sql: string) {
      asked.push(sql.trim().split(" ")[0]!)
      if (answer === "error") throw new Error("the server is gone")
      if (answer === "silence") await new Promise(() => undefined)
      return (answer === "yes" ? [{ holder: "me" }] : []) as Row[]
    },
  }
}

const quick = { staleMs: 60, renewMs: 10, againMs: 5, leastAnswerMs: 5 }

describe("a holder whose database", () => {
  for (const trouble of ["error", "silence"] as const)
    test(`gives ${trouble} for too long takes the lease for lost, once`, async () => {
      const database = scripted()
      const { promise, resolve } = Promise.withResolvers<void>()
      let times = 0
      const lease = await createDatabaseLeases(database, quick).acquire("flt_1", () => {
        times++
        resolve()
      })
      const at = performance.now()
      database.answers(trouble)
      await promise
      expect(performance.now() - at).toBeGreaterThanOrEqual(40)
      await lease!.release()
      expect([times, database.asked.includes("DELETE")]).toEqual([1, false])
    })

  test("fails for a moment keeps it", async () => {
    const database = scripted()
    let times = 0
    const lease = await createDatabaseLeases(database, { ...quick, staleMs: 60_000 }).acquire(
      "flt_1",
      () => times++,
    )
    database.answers("error")
    const renewals = () => database.asked.filter((each) => each === "UPDATE").length
    while (renewals() < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    database.answers("yes")
    const sofar = renewals()
    while (renewals() < sofar + 3) await new Promise((resolve) => setTimeout(resolve, 5))
    await lease!.release()
    expect([times, database.asked.at(-1)]).toEqual([0, "DELETE"])
  })
})
