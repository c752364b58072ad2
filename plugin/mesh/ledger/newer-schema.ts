import { MeshError } from "../model/errors.ts"

/** A newer Meshfleet has made the ledger its own: what this one would write there does not fit. */
export const newerSchema = (place: string, version: number, known: number) =>
  new MeshError(
    "LEDGER_NEWER",
    `The ledger ${place} has schema ${version}; this Meshfleet knows only ${known}, so it writes nothing there. Nothing is lost.`,
    "Tell the user: restart OpenCode if Meshfleet was updated while it ran; if this stays, update Meshfleet here too.",
  )

/**
 * Every part of an outdated process meets it again and again: the log has it once, and so does
 * whoever is told.
 */
export const onceNewer = (log: (error: unknown) => void, tell: (error: unknown) => void) => {
  let isTold = false
  return (error: unknown) => {
    const isNewer = error instanceof MeshError && error.code === "LEDGER_NEWER"
    if (!isNewer) return log(error)
    if (isTold) return
    isTold = true
    log(error)
    tell(error)
  }
}
