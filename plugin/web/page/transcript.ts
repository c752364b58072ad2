import type {
  AgentDetail,
  SessionShown,
  SessionShownEntry,
  TranscriptEntry,
} from "../../mesh/views/shown.ts"

/** A session as far as the page has read it, by the ids of its pieces. */
export type Session = Pick<SessionShown, "from" | "missing"> & {
  entries: ReadonlyMap<string, SessionShownEntry>
}

/** What is known of a session with what was read of it anew. */
export const added = (
  known: Session | undefined,
  { from, missing, entries }: SessionShown,
): Session => {
  // A host that has just ended has nothing to say, and what it said before stays true.
  if (from === null && known) return known
  return {
    from,
    missing,
    entries: new Map([
      ...(known?.entries ?? []),
      ...entries.map((each) => [each.id, each] as const),
    ]),
  }
}

/** What the session says better than the ledger. */
const inSession = new Set<TranscriptEntry["kind"]>(["task", "answer", "partial"])

/** Ledger and session as one, in the order of time. */
export const transcriptOf = (
  detail: AgentDetail,
  session: Session | undefined,
): readonly (TranscriptEntry | SessionShownEntry)[] =>
  session === undefined || session.from === null
    ? detail.transcript
    : [
        ...detail.transcript.filter(({ kind }) => !inSession.has(kind)),
        ...session.entries.values(),
      ].toSorted((a, b) => a.at - b.at)
