import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { median, percentile } from "./support/statistics.ts"

const samples = 20
const parts = ["module", "server", "config"] as const
type Sample = Record<(typeof parts)[number], number>

/** What the start of every OpenCode in the project pays for us. */
export const startUp: Measurement = {
  name: "startup",
  title: "Our start-up inside OpenCode",
  async run(): Promise<Findings> {
    const world = await createWorld({ agents: { lead: [{ text: "Hello." }] } })
    try {
      const taken = await measure(world)
      const totals = taken.map((each) => each.module + each.server + each.config)
      const row = (name: string, values: readonly number[]) => [
        name,
        median(values),
        percentile(values, 95),
        Math.max(...values),
      ]
      return {
        method: `A plugin that does nothing but time ours: the import of dist/meshfleet.js (module), the call of its server function, and its config hook, in one real \`opencode run\` per sample (${samples}).`,
        tables: [
          {
            head: ["part", "median ms", "p95 ms", "worst ms"],
            rows: [
              ...parts.map((part) =>
                row(
                  part,
                  taken.map((each) => each[part]),
                ),
              ),
              row("together", totals),
            ],
          },
        ],
        targets: [atMost("together, median", median(totals), 100, "ms")],
      }
    } finally {
      await world.end()
    }
  },
}

const measure = async (world: World): Promise<Sample[]> => {
  const installed = join(world.project, ".opencode/plugin/meshfleet.js")
  const measured = join(world.folder, "meshfleet.js")
  const results = join(world.folder, "start-up.jsonl")
  cpSync(installed, measured)
  rmSync(installed)
  writeFileSync(join(world.project, ".opencode/plugin/timer.js"), timer(measured, results))
  for (let at = 0; at < samples; at++) {
    const run = world.run("Say hello.")
    const code = await run.ended
    if (code !== 0) throw new Error(`opencode run ended with ${code}: ${run.output().slice(-2000)}`)
  }
  if (!existsSync(results)) throw new Error("the timing plugin was never loaded")
  const lines = readFileSync(results, "utf8").trim().split("\n")
  if (lines.length !== samples) throw new Error(`${lines.length} timings of ${samples} runs`)
  return lines.map((line) => JSON.parse(line) as Sample)
}

const timer = (module: string, results: string) => `
import { appendFileSync } from "node:fs"
export default {
  id: "timer",
  async server(input, options) {
    const began = performance.now()
    const { default: plugin } = await import(${JSON.stringify(module)})
    const loaded = performance.now()
    const hooks = await plugin.server(input, options)
    const served = performance.now()
    const config = hooks.config
    hooks.config = async (settings) => {
      const before = performance.now()
      await config?.(settings)
      const sample = { module: loaded - began, server: served - loaded, config: performance.now() - before }
      appendFileSync(${JSON.stringify(results)}, JSON.stringify(sample) + "\\n")
    }
    return hooks
  },
}
`
