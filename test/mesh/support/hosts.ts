import type { Hosts } from "../../../plugin/mesh/supervision/hosts.ts"

/**
 * Hosts that are processes 1001, 1002… which answer at once, or end with the next of `failures`. What
 * a host does once it is up is `onUp`'s; `log` tells what was asked, in order.
 */
export const createFakeHosts = (onUp: (hostId: string) => Promise<void> = async () => {}) => {
  const log: string[] = []
  const failures: string[] = []
  const alive = new Set<number>()
  const children = new Map<number, string>()
  let pid = 1000
  const port: Hosts = {
    async start(host, _fleet, onPid) {
      log.push(`start ${host.id}`)
      alive.add(++pid)
      const failure = failures.shift()
      if (failure) alive.delete(pid)
      await onPid({ pid, process_start: "1" })
      if (failure) throw new Error(failure)
      await onUp(host.id)
    },
    async end(host, agentIds, how) {
      log.push(`end ${host.id} with ${agentIds.join()}, ${how}`)
      if (host.pid !== null) alive.delete(host.pid)
      for (const [child, agentId] of children) if (agentIds.includes(agentId)) alive.delete(child)
    },
  }
  return {
    port,
    log,
    failures,
    alive,
    /** A process that an agent's shell started and left. */
    leaveChild(agentId: string) {
      children.set(++pid, agentId)
      alive.add(pid)
      return pid
    },
  }
}
