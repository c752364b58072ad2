import type { Query } from "../../mesh/ledger/port.ts"
import { stancesOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { coolDowns } from "../../mesh/ledger/tables/cooldowns.ts"
import { openQuestionsOfProject } from "../../mesh/ledger/tables/questions.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"

/**
 * What a person has to see soon: who is there, how each stands, who asks, and who rests. What an agent does
 * now, its tokens and its mail may wait a little. Two moments with the same text differ in nothing else.
 */
export const urgencyIn = async (db: Query, fleets: readonly FleetRow[], project: string) =>
  JSON.stringify([
    await mapInOrder(fleets, async ({ id, status }) => [
      id,
      status,
      status === "running" ? (await stancesOfFleet(db, id)).map(Object.values) : [],
    ]),
    (await openQuestionsOfProject(db, project)).map(({ id }) => id),
    [...(await coolDowns(db)).values()].map(({ provider, until }) => [provider, until]),
  ])
