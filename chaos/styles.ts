import { join } from "node:path"
import type { Pace } from "./plan-strikes.ts"
import type { Load } from "./workload.ts"

/** How a random round goes: with the real OpenCode, whose start takes seconds, or with stand-ins. */
export interface Style {
  /** What is started as OpenCode; the real one when absent. */
  opencode?: string
  agents: readonly [number, number]
  load: Load
  pace: Pace
  /** A silent stream is given up after this; OpenCode's own default is five minutes. */
  silenceMs: number
  /** A host is lost after 12 of them. */
  heartbeatMs: number
  lingerMs: number
  /** One that is frozen or killed while it starts counts as failed after this. */
  hostStartMs: number
}

export const real: Style = {
  agents: [2, 3],
  load: { steps: [5, 8], shellMs: [100, 1200], batches: [2, 3], batchSize: [30, 60] },
  pace: { strikes: [4, 6], betweenMs: [200, 2000], pauseMs: [2000, 9000] },
  silenceMs: 4000,
  heartbeatMs: 1000,
  lingerMs: 4000,
  hostStartMs: 20_000,
}

export const standIn: Style = {
  opencode: join(import.meta.dir, "stand-in/opencode"),
  agents: [3, 6],
  load: { steps: [7, 11], shellMs: [100, 900], batches: [3, 5], batchSize: [70, 100] },
  pace: { strikes: [9, 13], betweenMs: [50, 900], pauseMs: [500, 6000] },
  silenceMs: 1500,
  heartbeatMs: 250,
  lingerMs: 300,
  hostStartMs: 8000,
}
