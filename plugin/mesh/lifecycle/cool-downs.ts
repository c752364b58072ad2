import { coolDownOf, coolDowns } from "../ledger/tables/cooldowns.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { mapInOrder } from "../model/in-order.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { endCoolDown, endOf, isResting } from "./cool-down.ts"

export interface CoolDownsDeps {
  ledger: Ledger
  now: () => number
  longestRestMs: number
}

/** The rests of providers, for a person: they hold for every fleet of the user. */
export const createCoolDowns = ({ ledger, now, longestRestMs }: CoolDownsDeps) => ({
  /** Those that last, and those that nobody has got an answer after yet. */
  list: () =>
    ledger.read(async (db) =>
      [...(await coolDowns(db)).values()].map((rest) => ({
        provider: rest.provider,
        since: isoTime(rest.since),
        until: isoTime(endOf(rest, longestRestMs)),
        reason: rest.reason,
        resting: isResting(rest, now(), longestRestMs),
        tried_by: rest.tried_by,
      })),
    ),

  /** Agents that wait for the provider, or for any, start at once. */
  async lift(caller: Caller, provider?: string) {
    if (!caller.human)
      throw new MeshError(
        "NOT_ALLOWED",
        "Only a person may lift a provider's rest.",
        "Tell the user; meshfleet cooldowns lists the rests in a terminal.",
      )
    return ledger.transact(async (tx) => {
      const names = provider === undefined ? [...(await coolDowns(tx)).keys()] : [provider]
      return mapInOrder(names, async (name) => {
        const rest = await coolDownOf(tx, name)
        if (!rest)
          throw new MeshError(
            "INVALID_ARGUMENT",
            `No provider "${name}" rests.`,
            "meshfleet cooldowns lists those that do.",
          )
        await endCoolDown(tx, name, "person")
        return { provider: name, reason: rest.reason }
      })
    })
  },
})
