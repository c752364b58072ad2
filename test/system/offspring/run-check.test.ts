import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseCheck } from "../../../plugin/mesh/tasks/check-command.ts"
import { isGone } from "../../../plugin/system/processes.ts"
import { createRunCheck } from "../../../plugin/system/offspring/run-check.ts"
import { eventually } from "../../support/eventually.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-check-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Of this run alone: other tests end what has the mark of their agents. */
const agentId = `checked-${process.pid}`
const secret = "OPENCODE_SERVER_PASSWORD"
const runCheck = createRunCheck("/mesh", () => ({ ...process.env, [secret]: "hidden" }))
const run = (command: string, limits: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
  const parsed = parseCheck(command)
  if (!("steps" in parsed)) throw new Error(parsed.problem)
  const owner = { id: agentId, fleet_id: "flt_1", directory: folder }
  return runCheck(parsed.steps, owner, { timeoutMs: 60_000, ...limits })
}

test("a check passes when each of its programs does, in its owner's folder", async () => {
  writeFileSync(join(folder, "there"), "")
  expect(await run("test -f there && ls")).toMatchObject({
    passed: true,
    exit: 0,
    output: "$ test -f there\n$ ls\nthere\n",
  })
  expect(await run("test -f gone && ls")).toMatchObject({
    passed: false,
    exit: 1,
    output: "$ test -f gone\n",
  })
})

test("a program that is not there has failed, and says so", async () => {
  const { passed, exit, output } = await run("no-such-program-of-ours")
  expect([passed, exit]).toEqual([false, null])
  expect(output).toContain("no-such-program-of-ours")
})

test("it has the marks of its owner, and no secret of its host", async () => {
  const { output } = await run("env")
  expect(output).toContain(`MESHFLEET_AGENT=${agentId}\n`)
  expect(output).toContain("MESHFLEET_FLEET=flt_1\n")
  expect(output).not.toContain("hidden")
})

const background = `const { spawn } = require('node:child_process')
const child = spawn('sleep', ['300'], { stdio: 'ignore' })
require('node:fs').writeFileSync('pid', String(child.pid))
`
const pidOf = () => Number(readFileSync(join(folder, "pid"), "utf8"))

test("nothing of it is left: neither after its end, nor when its time is over, nor once its call is aborted", async () => {
  writeFileSync(join(folder, "ends.js"), `${background}child.unref(); process.exit(0)`)
  expect((await run("node ends.js")).passed).toBe(true)
  await eventually(() => isGone(pidOf()))

  writeFileSync(join(folder, "stays.js"), `${background}setInterval(() => {}, 1000)`)
  const late = await run("node stays.js", { timeoutMs: 3000 })
  expect(late).toMatchObject({ passed: false, exit: null })
  expect(late.output).toContain("took longer")
  await eventually(() => isGone(pidOf()))

  const aborting = new AbortController()
  const aborted = run("node stays.js", { signal: aborting.signal })
  aborting.abort()
  expect((await aborted).passed).toBe(false)
  await eventually(() => isGone(pidOf()))
})
