import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Candidate } from "../plugin/mesh/routing/index/corpus.ts"
import { createRouter } from "../plugin/mesh/routing/router.ts"
import { output } from "../test/support/run.ts"
import { loadRows } from "./routing-data.ts"

/** What routing costs a process: the first question, the others, and memory. */
export interface Cost {
  /** Other work of the same process, before and after: how fast the machine is just then. */
  yardstickMs: number
  firstMs: number
  p50Ms: number
  p95Ms: number
  addedMb: number
}

const time = (work: () => unknown) => {
  const start = performance.now()
  work()
  return performance.now() - start
}

/**
 * What a process pays that has the candidates already and now asks its first question. Nothing is
 * collected by force: what nobody collects in life counts.
 */
const costHere = (folder: string): Cost => {
  const roster = JSON.parse(readFileSync(join(folder, "roster.json"), "utf8")) as Candidate[]
  const texts = JSON.parse(readFileSync(join(folder, "texts.json"), "utf8")) as string[]
  const packed = readFileSync(join(folder, "routing.bin.gz"))
  const yardstick = () => {
    for (let turn = 0; turn < 5; turn++) gunzipSync(packed)
  }
  const yardstickMs = time(yardstick)
  const before = process.memoryUsage().rss
  let router: ReturnType<typeof createRouter> | undefined
  const ask = (text: string) =>
    (router ??= createRouter({ roster: gunzipSync(packed) })).rank(
      { description: text, top: 5 },
      roster,
    )
  const firstMs = time(() => ask("people stay signed in for ever"))
  const times = texts.map((text) => time(() => ask(text))).toSorted((a, b) => a - b)
  const addedMb = (process.memoryUsage().rss - before) / 1e6
  return {
    yardstickMs: yardstickMs + time(yardstick),
    firstMs,
    p50Ms: times[Math.floor(times.length / 2)]!,
    p95Ms: times[Math.floor(times.length * 0.95)]!,
    addedMb,
  }
}

/** One after another in as many processes of their own, since this one is warm and large. */
export const measureCosts = async (
  roster: readonly Candidate[],
  file: Uint8Array,
  processes: number,
): Promise<Cost[]> => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-routing-"))
  try {
    // As a running plugin has them: the questions are in the counted roster only.
    const bare = roster.map((candidate) => ({ ...candidate, questions: [] }))
    const texts = loadRows("tuning").map((row) => row.text)
    writeFileSync(join(folder, "roster.json"), JSON.stringify(bare))
    writeFileSync(join(folder, "texts.json"), JSON.stringify(texts))
    writeFileSync(join(folder, "routing.bin.gz"), gzipSync(file, { level: 9 }))
    const costs: Cost[] = []
    while (costs.length < processes) {
      const told = await output(process.execPath, [import.meta.filename, folder])
      costs.push(JSON.parse(told) as Cost)
    }
    return costs
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const medianCost = (costs: readonly Cost[]): Cost => {
  const median = (key: keyof Cost) =>
    costs.map((cost) => cost[key]).toSorted((a, b) => a - b)[costs.length >> 1]!
  return {
    yardstickMs: median("yardstickMs"),
    firstMs: median("firstMs"),
    p50Ms: median("p50Ms"),
    p95Ms: median("p95Ms"),
    addedMb: median("addedMb"),
  }
}

if (import.meta.main) console.log(JSON.stringify(costHere(process.argv[2] ?? "")))
