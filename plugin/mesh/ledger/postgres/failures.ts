import { MeshError } from "../../model/errors.ts"
import { shownAddress, withoutPassword } from "./address.ts"

/** What the server itself says comes with a code of five characters; all else is about the way to it. */
const sqlState = (error: unknown) => {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === "string" && typeof severity === "string" ? code : undefined
}

/**
 * Whether the session is over. One that prepared its statements before somebody migrated the schema
 * refuses them for ever, which is as good as lost.
 */
export const isLost = (error: unknown) => {
  if (error instanceof MeshError) return false
  const { severity, message } = error as { severity?: string; message?: string }
  return (
    sqlState(error) === undefined ||
    severity !== "ERROR" ||
    message === "cached plan must not change result type"
  )
}

/** A server that starts anew, or has all its sessions taken, is worth another try in a moment. */
export const mayConnectSoon = (error: unknown) =>
  ["ECONNREFUSED", "ECONNRESET", "57P01", "57P02", "57P03", "53300"].includes(codeOf(error)) ||
  messageOf(error) === "Connection terminated unexpectedly"

const lockNotAvailable = "55P03"

export const isLockTimeout = (error: unknown) => sqlState(error) === lockNotAvailable

export const busy = (patienceMs: number, cause?: unknown) =>
  new MeshError(
    "LEDGER_BUSY",
    `The ledger stayed locked for ${Math.ceil(patienceMs)} ms.`,
    "Try again; if it stays so, look on the server for a session that keeps its transaction open.",
    { cause },
  )

export const unavailable = (
  address: string,
  cause: unknown,
  next = "See that the server runs and lets this user in, then call again: nothing was changed.",
) => {
  const text = withoutPassword(messageOf(cause), address)
  return new MeshError(
    "LEDGER_UNAVAILABLE",
    `The ledger ${shownAddress(address)} cannot be used: ${text}`,
    next,
    { cause: Object.assign(new Error(text), { code: codeOf(cause) }) },
  )
}

/** The end of a transaction was asked for, and nobody was there to tell whether it came. */
export const undecided = (address: string, cause: unknown) =>
  unavailable(
    address,
    cause,
    "Whether the change was made is not known: once the server is back, look before you call again.",
  )

// Classes of errors by which a server says that it serves nobody, or not us: connection, role,
// read-only, authorization, no such database, privilege, resources, locks, operator, system.
const refusals = /^(?:08|0P|25006|28|3D|42501|53|55|57|58)/

/** An error of a statement as one that callers can act on; a mistake in the statement stays as it is. */
export const translate = (error: unknown, address: string) => {
  const code = sqlState(error)
  if (error instanceof MeshError) return error
  return code === undefined || isLost(error) || refusals.test(code)
    ? unavailable(address, error)
    : error
}

/** Node tries every address of a name and tells of each. */
const first = (error: unknown) => (error as { errors?: unknown[] }).errors?.[0] ?? error

const codeOf = (error: unknown) => (first(error) as { code?: string }).code ?? ""

const messageOf = (error: unknown) => {
  const told = first(error)
  return told instanceof Error ? told.message || codeOf(told) : String(told)
}
