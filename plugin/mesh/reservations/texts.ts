import type { HeldRow } from "../ledger/tables/files/reservations.ts"
import { MeshError } from "../model/errors.ts"
import { inQuotes } from "../prompts.ts"

interface Reader {
  fleet_id: string
}

/** Names are those of a fleet: another fleet's agent is told with it. */
export const nameFor = (reader: Reader, other: { name: string; fleet_id: string }) =>
  other.fleet_id === reader.fleet_id ? other.name : `${other.name} of fleet ${other.fleet_id}`

/** When it ends, as a clock and as a wait. */
export const untilText = (until: number, at: number) =>
  `until ${new Date(until).toISOString().slice(11, 16)} UTC (${Math.max(1, Math.ceil((until - at) / 60_000))} min)`

export const describeHeld = (reader: Reader, held: HeldRow, at: number) =>
  `reserved by ${nameFor(reader, held)} as ${inQuotes(held.pattern)}${held.mode === "shared" ? ", shared," : ""} ${untilText(held.until, at)}: ${inQuotes(held.reason)}`

/** Who has it, why and until when, and how to ask for it. */
export const reservedError = (reader: Reader, path: string, held: HeldRow, at: number) => {
  if (held.fleet_id !== reader.fleet_id)
    return new MeshError(
      "RESERVED",
      `${inQuotes(path)} is ${describeHeld(reader, held, at)}.`,
      "Its holder is in another fleet: tell your lead with send_message, and do something else.",
    )
  return new MeshError(
    "RESERVED",
    `${inQuotes(path)} is ${describeHeld(reader, held, at)}.`,
    `Ask ${held.name} for it with send_message, type request_help: it hands over with release_files. Until then do something else.`,
  )
}
