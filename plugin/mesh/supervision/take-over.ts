import { flatMapInOrder } from "../model/in-order.ts"
import { MeshError } from "../model/errors.ts"
import { agentsOfHost } from "../ledger/tables/agents.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { readFleetView } from "./fleet-view.ts"
import type { IsAlive } from "../access.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Hosts } from "./hosts.ts"
import { plan, type SupervisionLimits } from "./plan.ts"
import { leaveOutSleep, sleepsBefore } from "./time-asleep.ts"
import { beginTerm } from "./transitions.ts"
import type { Wakefulness } from "./wakefulness.ts"

export interface TakeOverDeps {
  ledger: Ledger
  now: () => number
  isAlive: IsAlive
  hosts: Hosts
  limits: SupervisionLimits
  wakefulness: Wakefulness
}

/**
 * Begins a term as supervisor. A host that was stopped inside a transaction keeps the ledger locked:
 * it has to be ended before anybody can write that it is lost. Reading, which tells who is silent,
 * goes on.
 */
export const takeOver = async (
  { ledger, now, isAlive, hosts, limits, wakefulness }: TakeOverDeps,
  fleetId: string,
  silentMs: number,
): Promise<number> => {
  const asleep = sleepsBefore(now(), silentMs, wakefulness)
  const begin = () =>
    ledger.transact(async (tx) => {
      for (const sleep of asleep) await leaveOutSleep(tx, fleetId, sleep, wakefulness.leastMs)
      return beginTerm(tx, fleetId)
    })
  try {
    return await begin()
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== "LEDGER_BUSY") throw error
    const silent = await ledger.read(async (db) =>
      flatMapInOrder(
        plan(
          await readFleetView(db, (await fleetById(db, fleetId))!, isAlive, wakefulness.sleeps()),
          now(),
          limits,
        ),
        async (action) =>
          action.do === "lose-host"
            ? [
                {
                  host: action.host,
                  agents: (await agentsOfHost(db, action.host.id)).map(({ id }) => id),
                },
              ]
            : [],
      ),
    )
    for (const { host, agents } of silent) await hosts.end(host, agents, "lost")
    return begin()
  }
}
