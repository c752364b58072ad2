import type { AgentRow, FleetRow, HostRow } from "../ledger/tables/rows.ts"

/** A fleet with the hosts that could take one more of its agents. */
interface Usable {
  fleet: FleetRow
  hosts: readonly HostRow[]
}

/**
 * How many of the fleet's places for hosts are taken. An idle one takes none: it stays for as long as
 * memory allows. One whose agents only wait for mail gives its place up: idle it takes half of what a
 * working one takes, so at most as many again as there are places do so, but for a fleet in which
 * nobody works: somebody has to go on.
 */
export const countHosts = (
  { fleet, hosts }: Usable,
  load: ReadonlyMap<string, number>,
  atWork: readonly AgentRow[],
) => {
  const taken = hosts.filter(({ id }) => load.get(id)! > 0)
  const resting = taken.filter(({ id }) => !atWork.some((agent) => agent.host_id === id))
  const count = taken.length - Math.min(resting.length, fleet.host_limit)
  return resting.length > 0 && atWork.length === 0 ? Math.min(count, fleet.host_limit - 1) : count
}

export const chooseHost = (
  { fleet, hosts }: Usable,
  agent: AgentRow,
  needs: readonly string[],
  load: ReadonlyMap<string, number>,
  count: number,
): string | "new" | "wait" => {
  const knows = (host: HostRow) => {
    const registered = JSON.parse(host.specialists) as string[]
    return needs.every((name) => registered.includes(name))
  }
  const own = hosts.find((host) => host.id === agent.host_id)
  if (own && (fleet.isolation !== "process" || load.get(own.id) === 0)) return own.id
  const compatible = hosts
    .filter(knows)
    .sort((a, b) => load.get(a.id)! - load.get(b.id)! || a.created_at - b.created_at)[0]
  if (fleet.isolation === "shared") return compatible?.id ?? "new"
  if (fleet.isolation === "process") return count < fleet.host_limit ? "new" : "wait"
  if (!compatible) return "new"
  // An idle host serves the next agent rather than a new one being started, and its own agents too
  // if they are woken meanwhile.
  return load.get(compatible.id) === 0 || count >= fleet.host_limit ? compatible.id : "new"
}
