import { pathsIn } from "../../../plugin/system/mesh-home.ts"
import { afterEach, beforeEach, expect, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../../support/run.ts"
import { isAlive, markedProcesses, processStart } from "../../../plugin/system/processes.ts"
import { lineageOf } from "../../../plugin/system/offspring/lineage.ts"
import { clearStartMark, guarded, setStartMark } from "../../../plugin/opencode/api/start-guard.ts"

let folder: string
let mark: string
let starter: ChildProcess
let host: ChildProcess
let identity: { pid: number; process_start: string }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-guard-"))
  mark = pathsIn(folder).startMark("hst_1")
  setStartMark(mark)
  starter = spawn("sleep", ["60"], { stdio: "ignore" })
  const { file, args } = guarded(
    { file: "sleep", args: ["60"] },
    { starter: starter.pid!, mark, lineage: lineageOf("hst_1"), lookSeconds: 0.05 },
  )
  host = spawn(file, args, { stdio: "ignore", env: { ...process.env, GUARDED: folder } })
  await once(host, "spawn")
  // The shell has become the program, and left its guard behind.
  while ((await programOf(host.pid!)) !== "sleep") await Bun.sleep(5)
  identity = { pid: host.pid!, process_start: processStart(host.pid!)! }
})
afterEach(() => {
  for (const pid of markedProcesses([`GUARDED=${folder}`])) process.kill(pid, "SIGKILL")
  starter.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

const programOf = async (pid: number) =>
  (await run("ps", ["-o", "comm=", "-p", String(pid)])).stdout.trim()
const others = () => markedProcesses([`GUARDED=${folder}`]).filter((pid) => pid !== host.pid)
const untilAlone = async () => {
  while (others().length > 0) await Bun.sleep(20)
}

test("a host whose starter is killed before it is up is ended, and leaves nothing", async () => {
  starter.kill("SIGKILL")
  const [, signal] = await once(host, "exit")
  expect(signal).toBe("SIGKILL")
  await untilAlone()
  expect(existsSync(mark)).toBe(false)
})

test("a host that is up has no guard any more, and outlives its starter", async () => {
  clearStartMark(mark)
  await untilAlone()
  starter.kill("SIGKILL")
  await once(starter, "exit")
  expect(isAlive(identity)).toBe(true)
})

test("the guard of a host that ended while it started ends too", async () => {
  host.kill("SIGKILL")
  await untilAlone()
  expect(existsSync(mark)).toBe(false)
  expect(starter.exitCode ?? starter.signalCode).toBeNull()
})
