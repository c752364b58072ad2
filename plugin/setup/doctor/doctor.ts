import { errorText } from "../../mesh/model/errors.ts"
import { agentFiles, configuration } from "./checks/configuration.ts"
import { leases, orphans } from "./checks/fleets.ts"
import { ledger, space } from "./checks/home.ts"
import { installs, proxies } from "./checks/network.ts"
import { loaded, plugin } from "./checks/plugin.ts"
import { openCode, runtime } from "./checks/programs.ts"
import { terminal } from "./checks/terminal.ts"
import { type Check, fault, type Finding, type Patient } from "./finding.ts"

export interface Diagnosis {
  check: string
  finding: Finding
}

const checks: readonly Check[] = [
  openCode,
  runtime,
  configuration,
  agentFiles,
  plugin,
  loaded,
  ledger,
  space,
  leases,
  orphans,
  installs,
  proxies,
  terminal,
]

/** Looks at everything at once; a check that fails is a fault, and stops no other. */
export const diagnose = async (
  patient: Patient,
  more: readonly Check[] = [],
): Promise<Diagnosis[]> => {
  const found = await Promise.all(
    [...checks, ...more].map(async ({ name, look }) => {
      try {
        return (await look(patient)).map((finding) => ({ check: name, finding }))
      } catch (error) {
        const finding = fault(
          `This could not be looked at: ${errorText(error)}`,
          "Tell us: it is a fault of meshfleet doctor.",
        )
        return [{ check: name, finding }]
      }
    }),
  )
  return found.flat()
}
