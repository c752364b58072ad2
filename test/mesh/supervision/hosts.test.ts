import { afterAll, beforeAll, describe, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { createHostStarter } from "../../../plugin/opencode/api/host-starter.ts"
import { markedProcesses, processStart } from "../../../plugin/system/processes.ts"
import { providerConfig } from "../../../scripted-model/provider-config.ts"
import { createScratch } from "../../support/run-opencode.ts"
import { createFakeHosts } from "../support/hosts.ts"
import { hostsContract, type HostsWorld } from "./hosts-contract.ts"

const root = join(import.meta.dirname, "../../..")
const fleet = (opencode: string) => ({ id: "flt_1", opencode }) as FleetRow

describe("hosts that are real OpenCode processes", () => {
  let scratch: Awaited<ReturnType<typeof createScratch>>
  let world: HostsWorld
  const children: ChildProcess[] = []

  beforeAll(async () => {
    // Nothing is asked of a model here.
    scratch = await createScratch(providerConfig("http://127.0.0.1:9/v1"))
    const broken = join(scratch.root, "broken")
    writeFileSync(broken, "#!/bin/sh\necho out of order\nexit 1\n")
    chmodSync(broken, 0o755)
    const mark = { MESHFLEET_SCRATCH: scratch.root }
    world = {
      hosts: createHostStarter({
        home: join(scratch.root, "mesh"),
        pluginFile: join(root, "plugin/meshfleet.ts"),
        options: {},
        config: { host_start_ms: 60_000, ledger: undefined },
        env: { ...scratch.env, ...mark },
      }),
      directory: scratch.project,
      fleet: fleet(join(root, "node_modules/opencode-ai/bin/opencode.exe")),
      broken: fleet(broken),
      isAlive: (pid) => processStart(pid) !== undefined,
      async leaveChild(agentId) {
        const env = { ...process.env, ...mark, MESHFLEET_AGENT: agentId }
        const child = spawn("sleep", ["120"], { env, stdio: "ignore" })
        children.push(child)
        await once(child, "spawn")
        return child.pid!
      },
      freeze: (pid) => void process.kill(pid, "SIGSTOP"),
    }
  })
  afterAll(() => {
    for (const pid of markedProcesses([`MESHFLEET_SCRATCH=${scratch.root}`]))
      process.kill(pid, "SIGKILL")
    for (const child of children) child.kill("SIGKILL")
    scratch.remove()
  })
  for (const [title, run] of Object.entries(hostsContract)) test(title, () => run(world), 90_000)
})

describe("the fake hosts of the unit tests", () => {
  const create = (): HostsWorld => {
    const { port, failures, alive, leaveChild } = createFakeHosts()
    return {
      hosts: {
        ...port,
        start(host, of, onPid) {
          if (of.opencode === "broken") failures.push("out of order")
          return port.start(host, of, onPid)
        },
      },
      directory: "/shop",
      fleet: fleet("opencode"),
      broken: fleet("broken"),
      isAlive: (pid) => alive.has(pid),
      leaveChild: async (agentId) => leaveChild(agentId),
      freeze: () => undefined,
    }
  }
  for (const [title, run] of Object.entries(hostsContract)) test(title, () => run(create()))
})
