import { MeshError } from "../../mesh/model/errors.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { fleetById, fleetsOfProject } from "../../mesh/ledger/fleets.ts"
import type { FleetRow } from "../../mesh/ledger/rows.ts"

/** As far back as names are looked up. */
const mostFleets = 200

/** A fleet of this project by id or name, the newest of that name. */
export const findFleet = (db: Query, project: string, wanted: string): FleetRow | undefined => {
  const byId = fleetById(db, wanted)
  if (byId) return byId.project === project ? byId : undefined
  return fleetsOfProject(db, project, null, mostFleets).find((fleet) => fleet.name === wanted)
}

export const requireFleetOf = (db: Query, project: string, wanted: string): FleetRow => {
  const fleet = findFleet(db, project, wanted)
  if (fleet) return fleet
  throw new MeshError(
    "UNKNOWN_FLEET",
    `No fleet "${wanted}" in this project.`,
    "meshfleet status lists the fleets of this project.",
  )
}

export const runningFleets = (db: Query, project: string): FleetRow[] =>
  fleetsOfProject(db, project, "running", mostFleets)

/** The fleet meant when none was named: the only one that runs. */
export const onlyRunningFleet = (db: Query, project: string): FleetRow => {
  const [fleet, ...others] = runningFleets(db, project)
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
