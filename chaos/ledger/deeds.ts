import type { Random } from "../random.ts"

/** What a writer does to the ledger; `read` pages through its own inbox. */
export type Deed =
  | { kind: "send"; to: string }
  | { kind: "batch"; to: readonly string[] }
  | { kind: "broadcast" }
  | { kind: "read"; since: string }
  | { kind: "ack"; message: string }
  | { kind: "receipt"; message: string; action: string }
  | { kind: "propose" }
  | { kind: "save" }
  | { kind: "vote"; message: string; approve: boolean }

/** A deed and what its writer was told of it. */
export interface Act {
  writer: string
  /** Stands in whatever it writes, so that it is found in the ledger, whether its id is known or not. */
  nonce: string
  deed: Deed
  begunAt: number
  endedAt: number
  /**
   * `done`: committed, as its answer said. `refused`: an error said that nothing was changed.
   * `unknown`: nobody was told, since the writer was killed, or the error said that it could not know.
   */
  outcome: "done" | "refused" | "unknown"
  /** Of the messages that were sent or read. */
  ids: readonly string[]
  /** Of the template that was saved. */
  version?: number
  /** Those of a read that may be voted on. */
  proposals: readonly string[]
  cursor?: string
  /** Of the ratification voted on. */
  status?: string
  code?: string
}

export type Line =
  | Pick<Act, "nonce" | "deed" | "begunAt">
  | (Partial<Act> & Pick<Act, "nonce" | "endedAt" | "outcome">)

/** What a writer wrote down: a deed before it, its answer after it. What was cut off is unknown. */
export const readLog = (writer: string, text: string): Act[] => {
  const acts = new Map<string, Act>()
  for (const raw of text.split("\n")) {
    const line = parsed(raw)
    if (!line) continue
    const before = acts.get(line.nonce)
    const fresh = { writer, endedAt: Infinity, outcome: "unknown", ids: [], proposals: [] } as const
    acts.set(line.nonce, { ...fresh, ...before, ...line } as Act)
  }
  return [...acts.values()]
}

/** A writer that is killed may leave half a line. */
const parsed = (raw: string): Line | undefined => {
  try {
    return raw === "" ? undefined : (JSON.parse(raw) as Line)
  } catch {
    return undefined
  }
}

/** What a writer remembers of its deeds. */
export interface Memory {
  cursor: string
  received: string[]
  proposals: string[]
}

export const remember = (memory: Memory, act: Pick<Act, "ids" | "proposals" | "cursor">) => {
  memory.cursor = act.cursor ?? memory.cursor
  memory.received.push(...act.ids)
  memory.proposals.push(...act.proposals)
}

/** Mail is sent and read in equal parts, so that inboxes neither grow nor run dry. */
const often = [
  ...Array.from({ length: 60 }, () => "send" as const),
  ...Array.from({ length: 8 }, () => "batch" as const),
  ...Array.from({ length: 4 }, () => "broadcast" as const),
  ...Array.from({ length: 30 }, () => "read" as const),
  ...Array.from({ length: 40 }, () => "ack" as const),
  ...Array.from({ length: 30 }, () => "receipt" as const),
  ...Array.from({ length: 20 }, () => "vote" as const),
  "propose" as const,
  ...Array.from({ length: 4 }, () => "save" as const),
]

const newest = 40

export const chooseDeed = (
  random: Random,
  peers: readonly string[],
  { cursor, received, proposals }: Memory,
): Deed => {
  const read = { kind: "read", since: cursor } as const
  const kind = random.pick(often)
  switch (kind) {
    case "send":
      return { kind, to: random.pick(peers) }
    case "batch":
      return { kind, to: [random.pick(peers), random.pick(peers), "lead"] }
    case "broadcast":
    case "propose":
    case "save":
      return { kind }
    case "read":
      return read
    case "ack":
      return received.length === 0 ? read : { kind, message: random.pick(received.slice(-newest)) }
    case "receipt": {
      if (received.length === 0) return read
      const action = random.pick(["started", "done"])
      return { kind, message: random.pick(received.slice(-newest)), action }
    }
    case "vote":
      return proposals.length === 0
        ? read
        : { kind, message: random.pick(proposals.slice(-3)), approve: random.chance(0.6) }
  }
}
