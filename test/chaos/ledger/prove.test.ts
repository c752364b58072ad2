import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { killAtBirth } from "../../../chaos/ledger/births.ts"
import { inNewFile, integrityOfFile } from "../../../chaos/ledger/places.ts"
import { proveLedger } from "../../../chaos/ledger/prove.ts"
import { createRandom } from "../../../chaos/random.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-proof-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

// The small form of `npm run ledger-proof`.
test("writers that are killed at random moments lose nothing that was committed", async () => {
  const { faults, figures } = await proveLedger({
    ...{ place: join(folder, "mesh.db"), folder, between: 4000, writers: 4, kills: 4 },
    ...{ random: createRandom(Date.now()), integrity: integrityOfFile },
  })
  expect(faults).toEqual([])
  expect(figures.kills).toBe(4)
  expect(figures.messages).toBeGreaterThan(20)
  expect(figures.receipts + figures.votes + figures.acks).toBeGreaterThan(20)
})

test("processes that are killed while they make a ledger leave one that opens", async () => {
  const { faults, rounds } = await killAtBirth(2, createRandom(Date.now()), inNewFile)
  expect([rounds, faults]).toEqual([2, []])
})
