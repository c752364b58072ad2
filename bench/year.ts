import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { paint } from "../plugin/cli/render/styled.ts"
import { runCli } from "../plugin/cli/cli.ts"
import type { Mesh } from "../plugin/cli/mesh/open-mesh.ts"
import { auditLedger } from "../plugin/mesh/audit/audit.ts"
import { openLedger } from "../plugin/mesh/ledger/ledger.ts"
import { ownProcess } from "../plugin/system/processes.ts"
import type { PacedReport } from "./support/paced-sender.ts"
import { atMost, type Findings, type Measurement, round } from "./support/report.ts"
import { median } from "./support/statistics.ts"
import { idleLook, openYear, yearCalls } from "./support/year-calls.ts"
import { agentIdOf, fleetIdOf, writeYear } from "./support/year-ledger.ts"

const day = 24 * 3_600_000
const fleets = 2000
/** What a ledger has that was made five days ago, so that both answer with as much. */
const recent = 20
const samples = 40
const cliSamples = 12
/** The same machine without pruning: what a send waits for by itself. */
const aloneMs = 15_000

/** Whether a ledger of a year of heavy use is as fast as a new one, and what pruning makes of it. */
export const year: Measurement = {
  name: "year",
  title: "A ledger of a year of heavy use",
  async run(): Promise<Findings> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-year-")))
    try {
      const fresh = await createHome(join(folder, "new"), recent)
      const old = await createHome(join(folder, "year"), fleets)
      const opening = await openings([fresh, old])
      const calls = [...(await compareCalls(fresh, old)), ...(await compareCli(fresh, old))]
      const pruned = await pruneYear(old)
      return {
        method: `One ledger with ${fleets.toLocaleString("en-US")} fleets, 20,000 agents, 500,000 messages and 2,000,000 events of one project, spread over a year, and one with the newest ${recent} of these fleets, so that both answer with as much. The newest fleet runs. Each call is made in turn on both, in one process (${samples} times after a warm-up, ${cliSamples} for a command, which opens and closes its ledger): medians. Opening is openLedger and a first read. Then fleets older than 335 days are pruned as an open OpenCode does it, while another process sends every 10 ms, as it did before for a while with nothing else going on; and its free space is given back; then the rest down to 30 days, at once, and the file is written anew, as meshfleet prune does it when nothing runs. It was written in ${round(old.writtenMs / 1000)} s.`,
        tables: [
          {
            head: ["call", "new ms", "year ms", "ratio"],
            rows: calls.map(({ name, ms }) => [name, ms[0], ms[1], ms[1] / ms[0]]),
          },
          {
            head: ["pruned", "fleets", "s", "MB before", "MB after"],
            rows: pruned.steps.map((each) => [
              each.name,
              each.fleets,
              each.ms / 1000,
              each.before / 2 ** 20,
              each.after / 2 ** 20,
            ]),
          },
          {
            head: ["sends", "count", "p50 ms", "p99 ms", "worst ms"],
            rows: pruned.sends.map(([when, each]) => [
              when,
              each.sent,
              each.p50Ms,
              each.p99Ms,
              each.worstMs,
            ]),
          },
        ],
        targets: [
          atMost("opening, year", opening[1], 50, "ms"),
          ...calls.map(({ name, ms }) =>
            name === idleLook ? atMost(name, ms[1], 5, "ms") : atMost(name, ms[1] / ms[0], 2, "×"),
          ),
          atMost("slowest send while it is pruned", pruned.sends[1]![1].worstMs, 50, "ms"),
          atMost("size of the pruned, of the year's", pruned.left, 0.12, "×"),
          {
            what: "verify of what is left",
            limit: "0 errors, 0 warnings",
            measured: `${pruned.audit.errors}, ${pruned.audit.warnings}`,
            met: pruned.audit.ok && pruned.audit.warnings === 0,
          },
        ],
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Home {
  home: string
  directory: string
  path: string
  writtenMs: number
}

const createHome = async (home: string, written: number): Promise<Home> => {
  const directory = join(home, "project")
  mkdirSync(directory, { recursive: true })
  const path = join(home, "mesh.db")
  const ledger = await openLedger(path)
  const began = performance.now()
  const project = directory
  const now = Date.now()
  await writeYear(ledger, { project, directory, now, fleets, written, process: ownProcess() })
  await ledger.close()
  return { home, directory, path, writtenMs: performance.now() - began }
}

type Pair = [number, number]

const openings = async (homes: readonly [Home, Home]): Promise<Pair> => {
  const taken: [number[], number[]] = [[], []]
  for (let at = 0; at < cliSamples; at++)
    for (const [which, { path }] of homes.entries()) {
      const began = performance.now()
      const ledger = await openLedger(path)
      await ledger.read((db) => db.get("SELECT max(seq) AS seq FROM events"))
      taken[which as 0 | 1].push(performance.now() - began)
      await ledger.close()
    }
  return [median(taken[0]), median(taken[1])]
}

interface Compared {
  name: string
  ms: Pair
}

const compareCalls = async (fresh: Home, old: Home): Promise<Compared[]> => {
  const meshes = [fresh, old].map(({ home, directory }) => openYear(home, directory))
  try {
    const [ofNew, ofYear] = meshes.map((mesh) => yearCalls(mesh, fleets - 1))
    const taken = ofNew!.map((): [number[], number[]] => [[], []])
    for (let round = -3; round < samples; round++)
      for (const [at, [name]] of ofNew!.entries())
        for (const [which, calls] of [ofNew!, ofYear!].entries()) {
          const began = performance.now()
          await calls[at]![1]()
          if (round >= 0) taken[at]![which as 0 | 1].push(performance.now() - began)
          if (calls[at]![0] !== name) throw new Error(`${name} is compared with another call`)
        }
    return ofNew!.map(([name], at) => ({
      name,
      ms: [median(taken[at]![0]), median(taken[at]![1])],
    }))
  } finally {
    for (const mesh of meshes) await mesh.close()
  }
}

const commands = [
  ["status"],
  ["status", fleetIdOf(fleets - 2)],
  ["events"],
  ["inbox", "agent2"],
  ["questions"],
]

const compareCli = async (fresh: Home, old: Home): Promise<Compared[]> => {
  const compared: Compared[] = []
  for (const argv of commands) {
    const taken: [number[], number[]] = [[], []]
    for (let at = -1; at < cliSamples; at++)
      for (const [which, home] of [fresh, old].entries()) {
        const began = performance.now()
        await runQuietly(argv, home)
        if (at >= 0) taken[which as 0 | 1].push(performance.now() - began)
      }
    const name = `meshfleet ${argv[0]}${argv[1]?.startsWith("flt") ? " <fleet>" : ""}`
    compared.push({ name, ms: [median(taken[0]), median(taken[1])] })
  }
  return compared
}

const runQuietly = async (argv: readonly string[], { home, directory }: Home) => {
  const said: string[] = []
  const code = await runCli(argv, {
    terminal: {
      write: (text) => void said.push(text),
      paint: (lines) => void said.push(lines.map((line) => paint(line, false)).join("\n")),
      openScreen: () => undefined,
      progress: () => undefined,
      warn: (text) => void said.push(text),
      isInteractive: false,
      columns: () => 120,
      rows: () => 40,
      lines: async function* () {},
      interrupted: new AbortController().signal,
    },
    env: { HOME: home, MESHFLEET_HOME: home, PATH: "" },
    directory,
    isInsideAgent: () => false,
    isInsideOpenCode: async () => false,
    isAttended: async () => true,
  })
  if (code !== 0) throw new Error(`meshfleet ${argv.join(" ")}: ${said.join("")}`)
}

const pruneYear = async (old: Home) => {
  const mesh = openYear(old.home, old.directory)
  try {
    const { retention, ledger } = mesh.meshProcess
    const bytes = async () => (await retention.size())!.bytes
    const projects = [mesh.project]
    const step = async (name: string, run: () => Promise<number>) => {
      const before = await bytes()
      const began = performance.now()
      const pruned = await run()
      return { name, fleets: pruned, ms: performance.now() - began, before, after: await bytes() }
    }
    const first = await bytes()
    const alone = await startSending(old, mesh)
    await new Promise((resolve) => setTimeout(resolve, aloneMs))
    const undisturbed = await alone.end()
    const sender = await startSending(old, mesh)
    const polite = await step("older than 335 days, while somebody sends", async () => {
      const { fleets: count } = await retention.prune({ projects, olderThanMs: 335 * day })
      await retention.giveBack()
      return count
    })
    const disturbed = await sender.end()
    const rest = await step("older than 30 days, at once", async () => {
      const pruned = await retention.prune({ projects, olderThanMs: 30 * day, polite: false })
      return pruned.fleets
    })
    const space = await step("written anew", async () => {
      await (await mesh.meshProcess.lazyLedger.ready()).upkeep!.rewrite()
      return 0
    })
    return {
      steps: [polite, rest, space],
      sends: [
        ["nothing is pruned", undisturbed],
        ["it is pruned", disturbed],
      ] as [string, PacedReport][],
      left: space.after / first,
      audit: await ledger.read(auditLedger),
    }
  } finally {
    await mesh.close()
  }
}

const startSending = async ({ path }: Home, { project }: Mesh) => {
  const newest = fleets - 1
  const args = [path, project, fleetIdOf(newest), agentIdOf(newest, 1), agentIdOf(newest, 2)]
  const script = join(import.meta.dir, "support/paced-sender.ts")
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] })
  let said = ""
  const ended = new Promise((resolve) => child.on("exit", resolve))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      said += data
      if (said.startsWith("ready")) resolve()
    })
    child.on("exit", () => reject(new Error("the sender ended before it was ready")))
  })
  return {
    async end(): Promise<PacedReport> {
      child.stdin.end()
      await ended
      return JSON.parse(said.trim().split("\n").at(-1)!) as PacedReport
    },
  }
}
