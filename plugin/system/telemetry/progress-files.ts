import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs"
import { isRecord } from "../../mesh/model/is-record.ts"
import type { ProgressStore } from "../../mesh/telemetry/span.ts"
import { pathsIn } from "../mesh-home.ts"
import { readOptional } from "../optional-files.ts"

/**
 * Progress as one small file for each fleet. It is no truth of the mesh: as the cursor of any other
 * reader of the history, it says how far this one has read, and the ledger knows nothing of it.
 */
export const createProgressFiles = (home: string): ProgressStore => {
  const { telemetry, telemetryProgress } = pathsIn(home)
  return {
    read(fleetId) {
      const { spans, metrics } = parse(readOptional(telemetryProgress(fleetId)) ?? "{}")
      return { spans: Number(spans) || 0, metrics: Number(metrics) || 0 }
    },
    write(fleetId, progress) {
      mkdirSync(telemetry, { recursive: true, mode: 0o700 })
      const path = telemetryProgress(fleetId)
      writeFileSync(`${path}.new`, JSON.stringify(progress), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
    fleets() {
      try {
        return readdirSync(telemetry).flatMap((name) => /^(\w+)\.json$/.exec(name)?.[1] ?? [])
      } catch {
        return []
      }
    },
  }
}

const parse = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
