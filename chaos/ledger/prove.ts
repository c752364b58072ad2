import { auditLedger, type Finding } from "../../plugin/mesh/audit/audit.ts"
import { createLedgerStore } from "../../plugin/system/ledger-store.ts"
import type { Random } from "../random.ts"
import { createCrew } from "./crew.ts"
import type { Act } from "./deeds.ts"
import { countUnknown, isWriters, judge, type Rows } from "./judge.ts"
import { createFleetOf } from "./services.ts"
import { planStrikes } from "./strikes.ts"

export interface ProofOptions {
  /** Of a ledger that is not there yet, and an empty folder for what writers write down. */
  place: string
  folder: string
  writers: number
  kills: number
  /** What the writers have to write down before the next strike, in bytes: a deed takes some 200. */
  between: number
  random: Random
  integrity: (place: string) => Promise<string>
  /** Killed so many times, where the ledger has one. */
  server?: { kills: number; kill(): Promise<void>; start(): Promise<void> }
  log?: (line: string) => void
}

export interface Proof {
  faults: readonly string[]
  figures: {
    kills: number
    /** Processes that were killed: one, some or all of the writers at once. */
    killed: number
    serverKills: number
    deeds: number
    messages: number
    receipts: number
    votes: number
    templates: number
    acks: number
    refused: number
    /** Deeds under way at a kill, and how many of them were made. */
    unknown: number
    made: number
  }
}

/** Writers that cannot write for so long are held up by one that is dead. */
const standstillMs = 60_000

/**
 * Writers, each a process with our services, are killed at random moments and started again. At the
 * end everything is compared with what they were told.
 */
export const proveLedger = async (options: ProofOptions): Promise<Proof> => {
  const { place, folder, random, integrity, server, log = () => undefined } = options
  const names = Array.from({ length: options.writers }, (_, at) => `w${at + 1}`)
  const store = createLedgerStore(place)
  const first = await store.open()
  await createFleetOf(first, names)
  await first.close()

  const crew = createCrew({ place, folder, names, random })
  const strikes = planStrikes(random, names, {
    kills: options.kills,
    serverKills: server?.kills ?? 0,
  })
  const faults: string[] = []
  let progress = 0
  const untilProgress = async () => {
    const giveUpAt = Date.now() + standstillMs
    while (crew.progress() < progress + options.between) {
      if (Date.now() > giveUpAt)
        throw new Error(
          `nobody could write for ${standstillMs / 1000} s: ${crew.faults().join("\n")}`,
        )
      await pause(5)
    }
  }
  try {
    crew.start()
    for (const [at, { afterMs, victims, serverBackMs }] of strikes.entries()) {
      await untilProgress()
      await pause(afterMs)
      await Promise.all([
        crew.strike(victims),
        server && serverBackMs !== undefined && killServer(server, serverBackMs),
      ])
      progress = crew.progress()
      if (serverBackMs !== undefined) log(`server killed, back after ${serverBackMs} ms`)
      if ((at + 1) % 10 === 0) log(`${at + 1} kills`)
    }
    await untilProgress()
    await crew.stop()
  } catch (error) {
    faults.push(String(error))
  } finally {
    crew.kill()
  }

  const acts = crew.acts()
  const ledger = await store.open()
  const { rows, audit } = await ledger.read(async (db) => ({
    audit: await auditLedger(db),
    rows: {
      messages: await db.all<Rows["messages"][number]>(
        `SELECT m.seq, m.id, m.from_agent_id, COALESCE(m.correlation_id, r.subject, '') AS nonce
         FROM messages m LEFT JOIN ratifications r ON r.message_id = m.id
         ORDER BY m.seq`,
      ),
      deliveries: await db.all<Rows["deliveries"][number]>(
        // Notices stand in no inbox: they are told, and not read.
        "SELECT message_seq, recipient, state FROM deliveries WHERE position IS NOT NULL",
      ),
      receipts: await db.all<Rows["receipts"][number]>("SELECT * FROM receipts ORDER BY seq"),
      ratifications: await db.all<Rows["ratifications"][number]>("SELECT * FROM ratifications"),
      templates: await db.all<Rows["templates"][number]>(
        "SELECT version, description AS nonce FROM templates ORDER BY version",
      ),
    } satisfies Rows,
  }))
  await ledger.close()
  const sound = await integrity(place)
  return {
    faults: [
      ...faults,
      ...crew.faults(),
      ...judge(acts, rows),
      ...audit.findings.filter(isOurs).map(describe),
      ...(sound === "ok" ? [] : [`the database itself is damaged: ${sound}`]),
    ],
    figures: {
      kills: options.kills,
      killed: strikes.reduce((sum, { victims }) => sum + victims.length, 0),
      serverKills: strikes.filter(({ serverBackMs }) => serverBackMs !== undefined).length,
      ...figuresOf(acts, rows),
    },
  }
}

/** Nobody supervises this fleet, and its agents never begin. */
const isOurs = ({ check }: Finding) => check !== "fleet-never-ends"

const describe = ({ check, subject, detail }: Finding) => `audit: ${check}: ${subject} ${detail}`

const figuresOf = (acts: readonly Act[], rows: Rows) => {
  const { all, made } = countUnknown(acts, rows)
  const votes = rows.receipts.filter(({ action }) => action.startsWith("r-")).length
  return {
    deeds: acts.length,
    messages: rows.messages.filter(isWriters).length,
    receipts: rows.receipts.length - votes,
    votes,
    templates: rows.templates.length,
    acks: rows.deliveries.filter(({ state }) => state === "acked").length,
    refused: acts.filter(({ outcome }) => outcome === "refused").length,
    unknown: all,
    made,
  }
}

const killServer = async (
  server: NonNullable<ProofOptions["server"]>,
  backMs: number,
): Promise<void> => {
  await server.kill()
  await pause(backMs)
  await server.start()
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
