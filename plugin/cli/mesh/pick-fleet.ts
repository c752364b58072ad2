import { MeshError } from "../../mesh/model/errors.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { fleetById, fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"

/** As far back as names are looked up. */
const mostFleets = 200

/** A fleet of this project by id or name, the newest of that name. */
export const findFleet = async (
  db: Query,
  project: string,
  wanted: string,
): Promise<FleetRow | undefined> => {
  const byId = await fleetById(db, wanted)
  if (byId) return byId.project === project ? byId : undefined
  return (await fleetsOfProject(db, project, null, mostFleets)).find(
    (fleet) => fleet.name === wanted,
  )
}

export const requireFleetOf = async (
  db: Query,
  project: string,
  wanted: string,
): Promise<FleetRow> => {
  const fleet = await findFleet(db, project, wanted)
  if (fleet) return fleet
  throw new MeshError(
    "UNKNOWN_FLEET",
    `No fleet "${wanted}" in this project.`,
    "meshfleet status lists the fleets of this project.",
  )
}

export const runningFleets = (db: Query, project: string): Promise<FleetRow[]> =>
  fleetsOfProject(db, project, "running", mostFleets)

/** The fleet meant when none was named: the only one that runs. */
export const onlyRunningFleet = async (db: Query, project: string): Promise<FleetRow> => {
  const [fleet, ...others] = await runningFleets(db, project)
  if (fleet && others.length === 0) return fleet
  if (!fleet)
    throw new MeshError(
      "NO_FLEET",
      "No fleet is running in this project.",
      "meshfleet status lists the fleets that have ended.",
    )
  throw new MeshError(
    "NO_FLEET",
    `${others.length + 1} fleets are running: ${[fleet, ...others].map(({ id, name }) => `${id} (${name})`).join(", ")}.`,
    "Name one of them.",
  )
}
