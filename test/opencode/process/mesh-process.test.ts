import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { pathsIn } from "../../../plugin/system/mesh-home.ts"
import { answerOf } from "../../support/built-command.ts"
import { childPath } from "../../support/child.ts"
import { type Collector, startCollector } from "../../support/collector.ts"

const bundle = join(import.meta.dir, "../../../dist/meshfleet.js")
let home: string
let collector: Collector
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "meshfleet-mesh-process-"))
  collector = startCollector()
})
afterEach(async () => {
  await collector.close()
  rmSync(home, { recursive: true })
})

interface Noted {
  noted: string[]
  /** Of supervise-fleet: whether telemetry's folder is there. */
  wrote?: boolean
  /** Of load-bundle. */
  fleets?: { output: string }
}

/** A program of test/fixtures/children that prints what it noted. */
const noting = async (name: string, ...args: string[]) => {
  const { code, text } = await answerOf(
    [process.execPath, "--preload", childPath("note-telemetry"), childPath(name), ...args],
    { cwd: home, env: { PATH: process.env["PATH"], HOME: home, MESHFLEET_HOME: home } },
  )
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${text}`)
  const said = JSON.parse(text) as Noted
  return { ...said, noted: said.noted.filter((each) => each !== "other code") }
}

describe("a process with telemetry off", () => {
  test("makes nothing of it and writes nothing, and with telemetry on nothing more listens for commits", async () => {
    expect(await noting("supervise-fleet", home)).toEqual({
      noted: ["listener", "listener"],
      wrote: false,
    })
    rmSync(pathsIn(home).ledger)
    const { noted, wrote } = await noting("supervise-fleet", home, collector.url)
    expect(wrote).toBe(true)
    expect(noted.filter((each) => each === "listener")).toHaveLength(2)
    expect(noted).toContain("createTelemetry")
    expect(noted).toContain("OpenTelemetry")
    expect(collector.spans.length).toBeGreaterThan(0)
  })

  test("has OpenTelemetry in its bundle as a text, and does not evaluate it", async () => {
    const text = readFileSync(bundle, "utf8")
    const packed = [...text.matchAll(/"(H4sI[A-Za-z0-9+/=]+)"/g)].map(([, each]) =>
      gunzipSync(Buffer.from(each!, "base64")).toString("utf8"),
    )
    expect(packed.filter((each) => each.includes("OTLPExportDelegate"))).toHaveLength(1)
    expect(text).not.toContain("OTLPExportDelegate")

    const { noted, fleets } = await noting("load-bundle", bundle, home)
    expect(noted).toEqual([])
    expect(JSON.parse(fleets!.output)).toMatchObject({ fleets: [] })
    expect(existsSync(pathsIn(home).ledger)).toBe(true)
    expect(existsSync(pathsIn(home).telemetry)).toBe(false)
  })
})
