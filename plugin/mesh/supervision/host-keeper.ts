import { errorText } from "../model/errors.ts"
import { isActive, type Failure } from "../model/agent.ts"
import { assign, failAttempt } from "../lifecycle/attempt.ts"
import { mayTry } from "../lifecycle/cool-down.ts"
import { someInOrder } from "../model/in-order.ts"
import type { RetryPolicy } from "../model/config.ts"
import { agentById, agentsOfHost } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { endHost, hostById, insertHost, recordHostProcess } from "../ledger/tables/hosts.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { FleetRow, HostRow } from "../ledger/tables/rows.ts"
import { hashNonce } from "../prompts.ts"
import type { Ending, Hosts } from "./hosts.ts"
import type { Action } from "./plan.ts"

export interface HostKeeperDeps {
  ledger: Ledger
  random: () => number
  /** This process. */
  self: { pid: number; process_start: string }
  hosts: Hosts
  retry: RetryPolicy
  /** A write as supervisor of the fleet: nothing once somebody else is. */
  write: (fleetId: string, change: (tx: Tx) => unknown) => Promise<void>
  /** Work that the supervisor does not wait for, until it ends. */
  background: (step: Promise<unknown>) => void
  onError: (error: unknown) => void
}

/** The hosts of the fleets this process supervises, from the row that announces one to its end. */
export const createHostKeeper = (deps: HostKeeperDeps) => {
  const { ledger, hosts, write, background } = deps

  const agentIdsOf = (host: HostRow) =>
    ledger.read(async (db) => (await agentsOfHost(db, host.id)).map((agent) => agent.id))

  /** The old host is killed, its agents' children too, before anything of it resumes elsewhere. */
  const lose = async (host: HostRow, failure: Failure, how: Ending = "lost") => {
    await hosts.end(host, await agentIdsOf(host), how)
    await write(host.fleet_id, async (tx) => {
      if (!(await endHost(tx, host, failure.detail))) return
      await appendEvent(tx, {
        type: "host.lost",
        fleetId: host.fleet_id,
        data: { host_id: host.id, pid: host.pid, cause: failure.detail },
      })
      for (const agent of await agentsOfHost(tx, host.id))
        if (isActive(agent.status)) await failAttempt(tx, agent, failure, deps.retry, deps.random)
    })
  }

  /** Writes the host down with its agents, then starts it in the background. */
  const start = async (fleet: FleetRow, action: Action & { do: "start-host" }) => {
    let announced: { id: string; nonce: string } | undefined
    await write(fleet.id, async (tx) => {
      // Meanwhile another fleet's agent may have become the one that tries the provider first.
      if (!(await someInOrder(action.agents, (agent) => mayTry(tx, agent)))) return
      const [id, nonce] = [tx.newId.host(), tx.newId.nonce()]
      announced = { id, nonce }
      const host = {
        id,
        fleet_id: fleet.id,
        nonce_hash: hashNonce(nonce),
        directory: action.directory,
        specialists: JSON.stringify(action.specialists),
        created_at: tx.at,
      }
      await insertHost(tx, host, deps.self)
      await appendEvent(tx, { type: "host.starting", fleetId: fleet.id, data: { host_id: id } })
      for (const agent of action.agents) await assign(tx, (await agentById(tx, agent.id))!, id)
    })
    if (!announced) return
    const { id, nonce } = announced
    const starting = hosts
      .start({ id, nonce, directory: action.directory }, fleet, (started) =>
        ledger.transact((tx) => recordHostProcess(tx, id, started)).then(() => undefined),
      )
      .catch(async (error: unknown) => {
        const detail = errorText(error)
        const host = await ledger.read((db) => hostById(db, id))
        if (host && host.status !== "ended") await lose(host, { code: "HOST_FAILED", detail })
      })
      .catch(deps.onError)
    background(starting)
  }

  return { start, lose }
}

export type HostKeeper = ReturnType<typeof createHostKeeper>
