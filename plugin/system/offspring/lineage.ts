import { createHash } from "node:crypto"

// "MF" before 48 bits of the host's own: below 2^63, which every shell's `ulimit` can read.
const prefix = 0x4d46n << 48n

/**
 * The number that a host hands down to every process that comes from it, as its soft limit of file
 * locks. Linux has not used that limit since 2.4.25, everybody may read it, and a process keeps it
 * whatever it does to cut itself loose: a new session, a second fork, another environment or title.
 */
export const lineageOf = (hostId: string): string =>
  String(prefix | BigInt(`0x${createHash("sha256").update(hostId).digest("hex").slice(0, 12)}`))

/** Whether a limit of file locks is a number of ours. */
export const isLineage = (limit: string): boolean =>
  /^\d+$/.test(limit) && BigInt(limit) >> 48n === prefix >> 48n

/** For `sh`: takes the lineage in "$1". bash calls this limit x, dash w, and macOS has none. */
export const takeLineage = `ulimit -S -x "$1" 2>/dev/null || ulimit -S -w "$1" 2>/dev/null`
