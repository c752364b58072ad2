import { MeshError } from "../../model/errors.ts"
import { isPostgresAddress } from "../../model/ledger-place.ts"

/** An address to show: without its password, wherever that stands. */
export const shownAddress = (address: string) => {
  const url = parsed(address)
  if (!url) return "the given postgres:// address"
  const database = `${url.protocol}//${url.username ? `${url.username}@` : ""}${url.host}${url.pathname}`
  const { password: _, ...rest } = Object.fromEntries(url.searchParams)
  const query = new URLSearchParams(rest).toString()
  return query ? `${database}?${query}` : database
}

/** Any text in which the password may stand, without it. */
export const withoutPassword = (text: string, address: string) => {
  const url = parsed(address)
  const secrets = [url?.password, decoded(url?.password ?? ""), url?.searchParams.get("password")]
  return [address, ...secrets].reduce<string>(
    (shown, secret) => (secret ? shown.replaceAll(secret, "***") : shown),
    text,
  )
}

// Node 20 has no URL.parse.
const parsed = (address: string) => (URL.canParse(address) ? new URL(address) : undefined)

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An address that is none would be told in full by the library's error. */
export const checkAddress = (address: string) => {
  if (parsed(address) && isPostgresAddress(address)) return
  throw new MeshError(
    "LEDGER_UNAVAILABLE",
    "The setting ledger is not an address of the form postgres://user:password@host:port/database.",
    "Correct it; characters such as @ or / in the password have to be percent-encoded.",
  )
}
