import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { Tx } from "../../../plugin/mesh/ledger/port.ts"
import { hostById } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { createHostKeeper } from "../../../plugin/mesh/supervision/host-keeper.ts"
import { hashNonce } from "../../../plugin/mesh/prompts.ts"
import { createFakeHosts } from "../support/hosts.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let hosts: ReturnType<typeof createFakeHosts>
let isSupervisor: boolean
let started: Promise<unknown>[]

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  hosts = createFakeHosts()
  isSupervisor = true
  started = []
})
afterEach(async () => {
  await mesh.end()
  expect(mesh.errors).toEqual([])
})

const createKeeper = () =>
  createHostKeeper({
    ...mesh,
    random: () => 0.5,
    self: { pid: 1, process_start: "1" },
    hosts: hosts.port,
    retry: { attempts: 2, baseMs: 1000 },
    write: async (_fleetId: string, change: (tx: Tx) => unknown) => {
      if (isSupervisor) await mesh.ledger.transact(async (tx) => void (await change(tx)))
    },
    background: (step: Promise<unknown>) => void started.push(step),
    onError: (error: unknown) => void mesh.errors.push(error),
  })
const start = async (keeper = createKeeper()) => {
  const agents = await mesh.agents()
  const action = { do: "start-host", directory: "/shop", specialists: ["code-reviewer"], agents }
  await keeper.start(await mesh.fleet(), action as Parameters<typeof keeper.start>[1])
  return keeper
}
const host = async () => (await mesh.ledger.read((db) => hostById(db, "hst_1")))!
const statuses = async () => (await mesh.agents()).map(({ status, host_id }) => [status, host_id])

describe("starting", () => {
  test("writes the host down with its agents before there is a process", async () => {
    const { start: startProcess } = hosts.port
    hosts.port.start = async (...args) => {
      expect(await host()).toMatchObject({ pid: null, status: "starting", starter_pid: 1 })
      expect(await statuses()).toEqual([
        ["starting", "hst_1"],
        ["starting", "hst_1"],
      ])
      await startProcess(...args)
    }
    await start()
    await Promise.all(started)
    expect(await host()).toMatchObject({
      pid: 1001,
      directory: "/shop",
      specialists: '["code-reviewer"]',
      nonce_hash: hashNonce("nonce-1"),
    })
    expect(await mesh.events("host.starting")).toHaveLength(1)
  })

  test("is nobody's business who supervises the fleet no more", async () => {
    isSupervisor = false
    await start()
    expect([started, hosts.log]).toEqual([[], []])
    expect(await host()).toBeUndefined()
  })

  test("that fails ends the host, and its agents wait for their next attempt", async () => {
    hosts.failures.push("port taken")
    await start()
    await Promise.all(started)
    expect(await host()).toMatchObject({ status: "ended", cause: "port taken" })
    expect(await mesh.agent("a1")).toMatchObject({
      status: "interrupted",
      error_code: "HOST_FAILED",
      error_detail: "port taken",
      not_before: mesh.now() + 1000,
    })
  })

  test("that fails after somebody else ended the host changes nothing any more", async () => {
    hosts.failures.push("port taken")
    await mesh.ledger.transact((tx) => tx.run("DELETE FROM events"))
    hosts.port.start = async () => {
      await mesh.ledger.transact((tx) =>
        tx.run("UPDATE hosts SET status = 'ended', cause = 'stopped'"),
      )
      throw new Error("port taken")
    }
    await start()
    await Promise.all(started)
    expect((await host()).cause).toBe("stopped")
    expect(hosts.log).toEqual([])
    expect(await mesh.events("host.lost")).toEqual([])
  })
})

describe("losing", () => {
  const failure = { code: "HOST_LOST", detail: "process 1001 is gone" } as const

  test("ends the process and the agents' children before the agents may go on elsewhere", async () => {
    const keeper = await start()
    await Promise.all(started)
    const { end } = hosts.port
    hosts.port.end = async (...args) => {
      expect((await statuses()).map(([status]) => status)).toEqual(["starting", "starting"])
      await end(...args)
    }
    await keeper.lose(await host(), failure)
    expect(hosts.log).toEqual(["start hst_1", "end hst_1 with a1-1,a2-1, lost"])
    expect((await statuses()).map(([status]) => status)).toEqual(["interrupted", "interrupted"])
    expect(await mesh.events("host.lost")).toMatchObject([{ host_id: "hst_1", pid: 1001 }])
  })

  test("twice costs the agents one attempt", async () => {
    const keeper = await start()
    await Promise.all(started)
    const before = await host()
    await keeper.lose(before, failure)
    await keeper.lose(before, failure)
    expect(await mesh.events("agent.interrupted")).toHaveLength(2)
    expect(await mesh.events("host.lost")).toHaveLength(1)
  })

  test("leaves alone who has ended", async () => {
    const keeper = await start()
    await Promise.all(started)
    await mesh.set("a1", { status: "complete" })
    await keeper.lose(await host(), failure)
    expect((await statuses()).map(([status]) => status)).toEqual(["complete", "interrupted"])
  })
})
