import { spawn } from "node:child_process"
import { join } from "node:path"
import { schemaVersion } from "../../plugin/mesh/ledger/migrations.ts"
import { createLedgerStore } from "../../plugin/system/ledger-store.ts"
import type { LedgerPlace } from "../../test/mesh/ledger/contract.ts"
import type { Random } from "../random.ts"

/** Where a ledger may be made, and what is known of it from outside. */
export interface Birthplace extends LedgerPlace {
  /** As a setting names it. */
  name: string
  /** 0 where there is no schema yet. */
  version(): Promise<number>
  integrity(): Promise<string>
  end(): Promise<void>
}

export interface Births {
  rounds: number
  /** How often the schema was not yet what it should be when all were dead. */
  before: number
  faults: readonly string[]
}

const openers = 3

/**
 * Processes that make a ledger, or bring an older one up to date, all at once, are killed in the middle
 * of it. Whatever they leave, the next one opens, and nothing is lost that was there.
 */
export const killAtBirth = async (
  rounds: number,
  random: Random,
  create: () => Promise<Birthplace>,
): Promise<Births> => {
  const faults: string[] = []
  let before = 0
  let windowMs = 40
  for (let round = 0; round < rounds; round++) {
    const place = await create()
    const older = round % 2 === 0 ? 0 : random.between(1, schemaVersion - 1)
    try {
      if (older > 0) {
        await place.makeVersion(older)
        await place.put("INSERT INTO events (seq, at, type, data) VALUES (7, 1, 'kept', '{}')")
      }
      await openAndKill(place.name, random.next() * windowMs)
      const isBefore = (await place.version()) < schemaVersion
      if (isBefore) before++
      // About as many too early as too late: then most are in the midst of it.
      windowMs *= isBefore ? 1.3 : 0.8
      const ledger = await createLedgerStore(place.name).open()
      const kept = await ledger.read((db) =>
        db.all<{ seq: number }>("SELECT seq FROM events ORDER BY seq"),
      )
      await ledger.close()
      const found = [
        await place.version(),
        kept.map(({ seq }) => seq).join(),
        await place.integrity(),
      ]
      const wanted = [schemaVersion, older > 0 ? "7" : "", "ok"]
      if (found.join("|") !== wanted.join("|"))
        faults.push(`a ledger made from ${older} is ${found.join("|")}, not ${wanted.join("|")}`)
    } catch (error) {
      faults.push(`a ledger made from ${older} cannot be opened: ${String(error)}`)
    } finally {
      await place.end()
    }
  }
  return { rounds, before, faults }
}

const openAndKill = async (place: string, afterMs: number) => {
  const children = Array.from({ length: openers }, () =>
    spawn(process.execPath, [join(import.meta.dirname, "opener.ts")], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, MESHFLEET_LEDGER: place },
    }),
  )
  const ended = children.map((child) => new Promise((resolve) => child.once("close", resolve)))
  try {
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.stdout.once("data", resolve))),
    )
    for (const child of children) child.stdin.write("go\n")
    await new Promise((resolve) => setTimeout(resolve, afterMs))
  } finally {
    for (const child of children) child.kill("SIGKILL")
    await Promise.all(ended)
  }
}
