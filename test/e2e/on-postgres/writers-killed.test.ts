import { expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { killAtBirth } from "../../../chaos/ledger/births.ts"
import { inNewDatabase, integrityOfDatabase } from "../../../chaos/ledger/places.ts"
import { proveLedger } from "../../../chaos/ledger/prove.ts"
import { createRandom } from "../../../chaos/random.ts"
import { startPostgres, survivesKill } from "../../support/postgres-server.ts"
import { postgresOrTold } from "../../support/postgres.ts"

// The small form of `npm run ledger-proof -- --ledger postgres`, with a server that may be killed.
if (await postgresOrTold(import.meta.path))
  test("writers and their server are killed at random moments, and nothing committed is lost", async () => {
    const folder = mkdtempSync(join(tmpdir(), "meshfleet-proof-"))
    const data = mkdtempSync(join(tmpdir(), "meshfleet-proof-"))
    const random = createRandom(Date.now())
    const server = await startPostgres(data, process.pid, survivesKill)
    try {
      const births = await killAtBirth(2, random, inNewDatabase(server.address))
      expect(births.faults).toEqual([])
      const { faults, figures } = await proveLedger({
        ...{ place: server.address, folder, between: 4000, writers: 4, kills: 3, random },
        integrity: integrityOfDatabase,
        server: { kills: 1, kill: server.kill, start: server.start },
      })
      expect(faults).toEqual([])
      expect([figures.kills, figures.serverKills]).toEqual([3, 1])
      expect(figures.messages).toBeGreaterThan(20)
    } finally {
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    }
  })
