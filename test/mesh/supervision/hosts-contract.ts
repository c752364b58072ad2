import { expect } from "bun:test"
import type { FleetRow, HostRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { Hosts } from "../../../plugin/mesh/supervision/hosts.ts"

export interface HostsWorld {
  hosts: Hosts
  directory: string
  /** A fleet whose OpenCode serves, and one whose OpenCode says "out of order" and ends. */
  fleet: FleetRow
  broken: FleetRow
  isAlive(pid: number): boolean
  /** A process that an agent's shell started and left; resolves with its pid. */
  leaveChild(agentId: string): Promise<number>
  /** The process hears nothing any more. */
  freeze(pid: number): void
}

let count = 0
/** Every host and agent has names of its own: the processes of one machine share them. */
const newNames = () => {
  const id = `${process.pid}-${++count}`
  return { hostId: `hst_${id}`, agentId: `ada-${id}`, otherId: `bob-${id}` }
}

const startIn = async ({ hosts, directory, fleet }: HostsWorld, id: string) => {
  const told: { pid: number; process_start: string }[] = []
  await hosts.start({ id, nonce: "n", directory }, fleet, async (each) => void told.push(each))
  expect(told).toHaveLength(1)
  return { id, fleet_id: fleet.id, directory, ...told[0]! } as HostRow & { pid: number }
}

/** What the port promises, with processes behind it or not. */
export const hostsContract: Record<string, (world: HostsWorld) => Promise<void>> = {
  async "a host that is up has told its process, and its end takes its agents' children along and nobody else's"(
    world,
  ) {
    const { hosts, isAlive, leaveChild } = world
    const { hostId, agentId, otherId } = newNames()
    const host = await startIn(world, hostId)
    expect(isAlive(host.pid)).toBe(true)
    const child = await leaveChild(agentId)
    const other = await leaveChild(otherId)
    await hosts.end(host, [agentId], "lost")
    expect([host.pid, child, other].map(isAlive)).toEqual([false, false, true])
    await hosts.end(host, [agentId, otherId], "lost")
    expect(isAlive(other)).toBe(false)
  },

  async "a host that is lost ends though it hears nothing, and so do the children"(world) {
    const { hosts, isAlive, leaveChild, freeze } = world
    const { hostId, agentId } = newNames()
    const host = await startIn(world, hostId)
    const child = await leaveChild(agentId)
    freeze(host.pid)
    await hosts.end(host, [agentId], "lost")
    expect([host.pid, child].map(isAlive)).toEqual([false, false])
  },

  async "firmly nobody is asked, and the end of what is gone is as good as done"(world) {
    const { hosts, isAlive, leaveChild } = world
    const { hostId, agentId } = newNames()
    const host = await startIn(world, hostId)
    const child = await leaveChild(agentId)
    await hosts.end(host, [agentId], "firmly")
    expect([host.pid, child].map(isAlive)).toEqual([false, false])
    for (const how of ["lost", "firmly"] as const) await hosts.end(host, [agentId], how)
  },

  async "a host that ends before it answers is told of with what it said"(world) {
    const { hosts, directory, broken, isAlive } = world
    const told: number[] = []
    const starting = hosts.start(
      { id: newNames().hostId, nonce: "n", directory },
      broken,
      async ({ pid }) => void told.push(pid),
    )
    await expect(starting).rejects.toThrow("out of order")
    expect(told.map(isAlive)).toEqual([false])
  },

  async "a host that has no process yet can be ended"(world) {
    const { hosts, directory, fleet } = world
    const host = { id: newNames().hostId, fleet_id: fleet.id, directory } as HostRow
    await hosts.end({ ...host, pid: null, process_start: null }, [], "lost")
  },
}
