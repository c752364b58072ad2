import { createHash } from "node:crypto"

const hex = (text: string, digits: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, digits)

/** Ids follow from the ledger's own, so that whoever sends a span again sends the same. */
export const traceIdOf = (fleetId: string) => hex(`trace ${fleetId}`, 32)
export const spanIdOf = (fleetId: string, ...path: (string | number)[]) =>
  hex(JSON.stringify([fleetId, ...path]), 16)

export interface TraceParent {
  traceId: string
  spanId: string
  isSampled: boolean
}

/** W3C trace context, as `TRACEPARENT` holds it; undefined for anything else. */
export const parseTraceparent = (text: unknown): TraceParent | undefined => {
  if (typeof text !== "string") return undefined
  const found = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/.exec(text.trim())
  const [, traceId = "", spanId = "", flags = ""] = found ?? []
  if (!found || /^0+$/.test(traceId) || /^0+$/.test(spanId) || text.startsWith("ff"))
    return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
