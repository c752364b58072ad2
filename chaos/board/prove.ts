import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { auditLedger } from "../../plugin/mesh/audit/audit.ts"
import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import { agentById } from "../../plugin/mesh/ledger/tables/agents.ts"
import { tasksOfFleet } from "../../plugin/mesh/ledger/tables/board/tasks.ts"
import type { EventRow } from "../../plugin/mesh/ledger/tables/rows.ts"
import { endAgent } from "../../plugin/mesh/lifecycle/outcome.ts"
import { giveBackSilent } from "../../plugin/mesh/supervision/watch.ts"
import { createLedgerStore } from "../../plugin/system/ledger-store.ts"
import type { Random } from "../random.ts"
import { addAgent, createBoard, fleetId } from "./crew.ts"
import { judgeBoard, type Told } from "./judge.ts"

export interface BoardProofOptions {
  place: string
  /** An empty folder for what the processes were told. */
  folder: string
  processes: number
  tasks: number
  /** How many are killed, each replaced by a new agent, and how many are frozen and lose their task. */
  kills: number
  freezes: number
  /** Of the claims, how many end in done; the others are given back. */
  share: number
  random: Random
}

export interface BoardProof {
  faults: readonly string[]
  claims: number
  givenBack: number
  refusedAfterFreeze: number
}

interface Worker {
  id: string
  child: ChildProcess
  log: string
  ended: Promise<void>
}

const longestFreezeMs = 500

/**
 * Processes claim the tasks of one board at random while some of them are killed, and others are frozen
 * until their claim has run out. At the end the history is compared with what each was told.
 */
export const proveBoard = async (options: BoardProofOptions): Promise<BoardProof> => {
  const { place, folder, random } = options
  const ledger = await createLedgerStore(place).open({ patienceMs: 60_000 })
  await createBoard(ledger, options.tasks, random)
  const all: Worker[] = []
  const dead = new Set<string>()
  const faults: string[] = []
  let refusedAfterFreeze = 0

  const start = async () => {
    const id = `a${all.length + 1}`
    await ledger.transact((tx) => addAgent(tx, id, all.length))
    const log = join(folder, `${id}.log`)
    const args = [log, id, String(random.between(1, 2 ** 31)), String(options.share)]
    const child = spawn(process.execPath, [join(import.meta.dirname, "worker.ts"), ...args], {
      stdio: ["pipe", "ignore", "pipe"],
      env: { ...process.env, MESHFLEET_LEDGER: place },
    })
    child.stdin!.on("error", () => undefined)
    child.stderr!.setEncoding("utf8").on("data", (text: string) => faults.push(`${id}: ${text}`))
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    all.push({ id, child, log, ended })
  }

  const kill = async ({ id, child, ended }: Worker) => {
    child.kill("SIGKILL")
    await ended
    dead.add(id)
    await ledger.transact(async (tx) =>
      endAgent(tx, (await agentById(tx, id))!, {
        status: "failed",
        failure: { code: "HOST_LOST", detail: "killed" },
      }),
    )
    await start()
  }

  /** Its task goes to others while it cannot know, and it goes on as if it had it. */
  const freeze = async ({ id, child }: Worker) => {
    child.kill("SIGSTOP")
    // One that was stopped in the middle of a write holds the lock that is needed here.
    const thaw = setTimeout(() => child.kill("SIGCONT"), longestFreezeMs)
    try {
      await ledger.transact(async (tx) => {
        const agent = (await agentById(tx, id))!
        const task = (await tasksOfFleet(tx, fleetId)).find(
          ({ owner, state }) => state === "claimed" && owner === id,
        )
        if (!task) return
        refusedAfterFreeze++
        await giveBackSilent(tx, { task, agent, silentMs: 60_000 })
      })
    } finally {
      clearTimeout(thaw)
      child.kill("SIGCONT")
    }
  }

  try {
    for (let count = 0; count < options.processes; count++) await start()
    const strikes = [
      ...Array.from({ length: options.kills }, () => kill),
      ...Array.from({ length: options.freezes }, () => freeze),
    ].toSorted(() => random.next() - 0.5)
    for (const [index, strike] of strikes.entries()) {
      const due = ((index + 1) * options.tasks) / (strikes.length + 1)
      await untilDone(ledger, due)
      const living = all.filter(({ id, child }) => !dead.has(id) && child.exitCode === null)
      if (living.length > 0) await strike(random.pick(living))
    }
    await Promise.all(all.map(({ ended }) => ended))
  } finally {
    for (const { child } of all) child.kill("SIGKILL")
  }

  const { events, board, audit } = await ledger.read(async (db) => ({
    events: await db.all<EventRow>("SELECT * FROM events WHERE type LIKE 'task.%' ORDER BY seq"),
    board: await tasksOfFleet(db, fleetId),
    audit: await auditLedger(db),
  }))
  await ledger.close()
  const history = events.map(({ type, agent_id, data }) => ({
    ...(JSON.parse(data) as { task: number; claim?: number; to?: string }),
    ...{ type, agent_id },
  }))
  const count = (type: string) => history.filter((event) => event.type === type).length
  return {
    faults: [
      ...faults,
      ...judgeBoard(history, all.flatMap(readLog), board, options.tasks, dead),
      ...audit.findings
        .filter(({ check }) => check.startsWith("task"))
        .map(({ check, subject, detail }) => `audit: ${check}: ${subject} ${detail}`),
    ],
    claims: count("task.claimed"),
    givenBack: count("task.given_back"),
    refusedAfterFreeze,
  }
}

const readLog = ({ log }: Worker): Told[] =>
  existsSync(log)
    ? readFileSync(log, "utf8")
        .split("\n")
        // A kill may have left half a line.
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line) as Told)
    : []

/** Nobody who is alive holds the board up for so long. */
const standstillMs = 120_000

const untilDone = async (ledger: Ledger, wanted: number) => {
  const giveUpAt = Date.now() + standstillMs
  for (;;) {
    const board = await ledger.read((db) => tasksOfFleet(db, fleetId))
    if (board.filter(({ state }) => state === "done").length >= wanted) return
    if (Date.now() > giveUpAt) throw new Error(`nobody finished a task for ${standstillMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
