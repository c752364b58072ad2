import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { childPath } from "../test/support/child.ts"
import { output } from "../test/support/run.ts"
import type { superviseFleet as Supervise } from "../test/support/supervised-fleet.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"
import { buildVariants } from "./support/telemetry-builds.ts"

const starts = 100
const rounds = 60
/** Each is two commits. */
const talksEach = 50
/** What is as it is comes twice: how far its two figures differ says how much the others mean. */
const kinds = ["off", "without", "again"] as const
type Kind = (typeof kinds)[number]
type Taken = Record<Kind, number[]>

/** What telemetry that is off costs, beside a plugin in which there is none. */
export const telemetryOff: Measurement = {
  name: "telemetry-off",
  title: "Telemetry that is off",
  async run(): Promise<Findings> {
    const folder = mkdtempSync(join(tmpdir(), "meshfleet-telemetry-off-"))
    try {
      const plugins = await buildVariants("plugin/meshfleet.ts", join(folder, "plugin"))
      const fleets = await buildVariants("test/support/supervised-fleet.ts", join(folder, "fleet"))
      const starting = await inTurn(starts, (kind) => startOf(plugins[kind].file, folder, kind))
      const committing = await commitsOf(fleets, folder)
      const row = (what: string, taken: Taken) => [
        what,
        median(taken.off),
        median(taken.without),
        ratioOf(taken.off, taken.without),
        ratioOf(taken.off, taken.again),
      ]
      return {
        method: `The bundle as it is, with telemetry off, and the same built without telemetry's modules and the calls to them, and the first once more (neither with the roster's data inside: ${kib(plugins.off.bytes)} and ${kib(plugins.without.bytes)} KB), in turn. A start is the import, the server function and the config hook in a Bun of its own, ${starts} of each. Commits are messages and their receipts in a fleet that the process supervises, ${rounds} times ${2 * talksEach} of each, both in one process. Milliseconds are of the processor, which other programs do not lengthen; a ratio is the median of the pairs' ratios, and that of the bundle to itself says what they mean.`,
        tables: [
          {
            head: ["", "off", "without", "ratio", "off to itself"],
            rows: [row("a start, ms", starting), row("a commit, ms", committing)],
          },
        ],
        targets: [
          atMost("a start, off to without", ratioOf(starting.off, starting.without), 1.03, "×"),
          atMost(
            "a commit, off to without",
            ratioOf(committing.off, committing.without),
            1.03,
            "×",
          ),
        ],
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

const kib = (bytes: number) => Math.round(bytes / 1024).toLocaleString("en-US")

const ratioOf = (values: readonly number[], others: readonly number[]) =>
  median(values.map((value, at) => value / others[at]!))

/** One of each, again and again; who comes first changes, and the first pair only warms up. */
const inTurn = async (
  times: number,
  measure: (kind: Kind) => number | Promise<number>,
): Promise<Taken> => {
  const taken: Taken = { off: [], without: [], again: [] }
  for (let time = -1; time < times; time++)
    for (const kind of time % 2 === 0 ? kinds : kinds.toReversed()) {
      const value = await measure(kind)
      if (time >= 0) taken[kind].push(value)
    }
  return taken
}

const startOf = async (bundle: string, folder: string, kind: Kind) => {
  const home = join(folder, `start-${kind}`)
  mkdirSync(home, { recursive: true })
  const told = await output(process.execPath, [childPath("load-bundle"), bundle, home], {
    env: { PATH: "", HOME: home, MESHFLEET_HOME: join(home, "mesh") },
  })
  return (JSON.parse(told) as { processorMs: number }).processorMs
}

const commitsOf = async (builds: Awaited<ReturnType<typeof buildVariants>>, folder: string) => {
  const fleets = new Map<Kind, Awaited<ReturnType<typeof Supervise>>>()
  try {
    for (const kind of kinds) {
      const { superviseFleet } = (await import(builds[kind].file)) as {
        superviseFleet: typeof Supervise
      }
      const home = join(folder, `fleet-${kind}`)
      mkdirSync(home)
      fleets.set(kind, await superviseFleet(home, {}))
    }
    return await inTurn(rounds, async (kind) => {
      const before = process.cpuUsage()
      for (let time = 0; time < talksEach; time++) await fleets.get(kind)!.talk()
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000 / (2 * talksEach)
    })
  } finally {
    for (const fleet of fleets.values()) await fleet.end()
  }
}
