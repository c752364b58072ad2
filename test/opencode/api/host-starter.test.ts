import { afterEach, expect, test } from "bun:test"
import { tmpdir } from "node:os"
import type { HostRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { createHostStarter } from "../../../plugin/opencode/api/host-starter.ts"
import { processStart } from "../../../plugin/system/processes.ts"
import { startChild } from "../../support/child.ts"

const createHosts = (endGraceMs: number) =>
  createHostStarter({
    home: tmpdir(),
    pluginFile: "",
    options: {},
    config: { host_start_ms: 1, ledger: undefined },
    endGraceMs,
    env: {},
  })
let children: ReturnType<typeof startChild>[] = []
afterEach(() => {
  for (const child of children) child.kill()
  children = []
})

/** Both ignore the polite signal. */
const startBoth = async (agentId: string) => {
  const host = startChild("ignore-sigterm", [])
  const child = startChild("ignore-sigterm", [], { env: { MESHFLEET_AGENT: agentId } })
  children = [host, child]
  for (const each of children) await each.says("ready")
  const row = { id: `hst_${host.pid}`, pid: host.pid, process_start: processStart(host.pid)! }
  return { host, child, row: row as HostRow }
}

test("a lost host that is frozen ends at once, and so do its agents' children after their grace", async () => {
  const { host, child, row } = await startBoth(`lost-${process.pid}`)
  host.kill("SIGSTOP")
  const ending = createHosts(200).end(row, [`lost-${process.pid}`], "lost")
  expect(await host.ended).toBe("SIGKILL")
  expect(processStart(child.pid)).toBeDefined()
  await ending
  expect(await child.ended).toBe("SIGKILL")
})

test("firmly ended, host and children are asked nothing; twice is as good as once", async () => {
  const { host, child, row } = await startBoth(`firm-${process.pid}`)
  const hosts = createHosts(60_000)
  const startedAt = Date.now()
  await hosts.end(row, [`firm-${process.pid}`], "firmly")
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  expect(await host.ended).toBe("SIGKILL")
  expect(await child.ended).toBe("SIGKILL")
  await hosts.end(row, [`firm-${process.pid}`], "firmly")
})
