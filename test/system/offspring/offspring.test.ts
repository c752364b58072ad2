import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { HostRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { createHostStarter } from "../../../plugin/opencode/api/host-starter.ts"
import { guarded } from "../../../plugin/opencode/api/start-guard.ts"
import { isLineage, lineageOf } from "../../../plugin/system/offspring/lineage.ts"
import { processesOf } from "../../../plugin/system/offspring/offspring.ts"
import { isAlive, type ProcessIdentity, processStart } from "../../../plugin/system/processes.ts"
import { backgroundKinds } from "../../support/background-kinds.ts"

let folder: string
let hostId: string
let host: ChildProcess
let stranger: ChildProcess
let started: ProcessIdentity[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-offspring-"))
  hostId = `hst_${process.pid}_${Math.random().toString(36).slice(2)}`
  started = []
  stranger = spawn("sleep", ["300"], { stdio: "ignore" })
})
afterEach(() => {
  for (const each of started) if (isAlive(each)) process.kill(each.pid, "SIGKILL")
  host.kill("SIGKILL")
  stranger.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

/** A shell in a host's place that runs `command` as an agent's tool would, and stays. */
const startHost = (command: string) => {
  const mark = join(folder, "none")
  const { file, args } = guarded(
    { file: "bash", args: ["-c", `${command}\nexec sleep 300`] },
    { starter: process.pid, mark, lineage: lineageOf(hostId) },
  )
  host = spawn(file, args, {
    stdio: "ignore",
    env: { PATH: process.env["PATH"], MESHFLEET_AGENT: `agt_${hostId}` },
  })
  return remember(host.pid!)
}

const remember = (pid: number) => {
  const identity = { pid, process_start: processStart(pid)! }
  started.push(identity)
  return identity
}

const leftIn = async (file: string) => {
  while (!existsSync(file)) await Bun.sleep(5)
  return remember(Number(readFileSync(file, "utf8")))
}

const hosts = (endGraceMs = 50) =>
  createHostStarter({
    home: folder,
    pluginFile: "none",
    options: {},
    config: { host_start_ms: 1000, ledger: undefined },
    endGraceMs,
    env: {},
  })

describe("what a host's agent left running", () => {
  for (const [kind, command] of Object.entries(backgroundKinds))
    test(`goes with a host that was killed: ${kind}`, async () => {
      const file = join(folder, "pid")
      const known = startHost(command(file))
      const left = await leftIn(file)
      const other = remember(stranger.pid!)
      process.kill(known.pid, "SIGKILL")
      await once(host, "exit")
      expect(isAlive(left)).toBe(true)
      await hosts().end({ id: hostId, ...known } as HostRow, [`agt_${hostId}`], "lost")
      expect(isAlive(left)).toBe(false)
      expect(isAlive(other)).toBe(true)
    })

  test("is not another host's that this one started, nor what comes from that", async () => {
    const file = join(folder, "pid")
    const second = guarded(
      { file: "bash", args: ["-c", `${backgroundKinds["env -i"]!(file)}\nexec sleep 300`] },
      { starter: process.pid, mark: join(folder, "none"), lineage: lineageOf(`${hostId}_b`) },
    )
    const words = [second.file, ...second.args].map((each) => `'${each.replaceAll("'", `'\\''`)}'`)
    startHost(`${words.join(" ")} &`)
    const theirs = await leftIn(file)
    expect(processesOf({ hostId, agentIds: [] })).toContain(host.pid!)
    expect(processesOf({ hostId, agentIds: [] })).not.toContain(theirs.pid)
    expect(processesOf({ hostId: `${hostId}_b`, agentIds: [] })).toContain(theirs.pid)
    for (const pid of processesOf({ hostId: `${hostId}_b`, agentIds: [] })) remember(pid)
  })

  test("is found as a child also where it gave its lineage up", async () => {
    const file = join(folder, "pid")
    startHost(
      `(ulimit -S -x unlimited; exec env -i bash -c 'echo $$ >${file}.new; mv ${file}.new ${file}; sleep 300; true') &`,
    )
    const left = await leftIn(file)
    expect(processesOf({ hostId, agentIds: [] })).toContain(left.pid)
  })
})

test("a lineage is a limit that every shell can set, one for each host, and told from any other limit", () => {
  expect(lineageOf("hst_1")).toBe(lineageOf("hst_1"))
  expect(lineageOf("hst_1")).not.toBe(lineageOf("hst_2"))
  for (const id of ["hst_1", "hst_2", "", "ф"]) {
    expect(isLineage(lineageOf(id))).toBe(true)
    expect(BigInt(lineageOf(id)) < 2n ** 63n).toBe(true)
  }
  for (const limit of ["unlimited", "0", "1024", "", String(2n ** 63n)])
    expect(isLineage(limit)).toBe(false)
})
