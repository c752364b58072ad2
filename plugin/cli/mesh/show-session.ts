import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { cut } from "../../mesh/prompts.ts"
import type { SessionShown, SessionShownEntry } from "../../mesh/views/shown.ts"
import type { SessionEntry } from "../../opencode/runtime/session-log.ts"
import type { Mesh } from "./open-mesh.ts"
import { livingHostOf, readTranscript, titleOf } from "./read-log.ts"

/** As much of one text as a page takes: all of it is in `meshfleet logs --json`. */
const mostText = 70_000
const mostTitle = 300

/** An agent's session for the dashboard: as `logs` reads it, in its host or in OpenCode's store. */
export const showSession = async (
  { meshProcess, logDeps }: Mesh,
  agent: AgentRow,
  messages: number,
): Promise<SessionShown> => {
  const host = await meshProcess.ledger.read((db) => livingHostOf(db, agent))
  const transcript = await readTranscript(agent, host, logDeps, messages)
  if ("missing" in transcript) return { from: null, missing: transcript.missing, entries: [] }
  return {
    from: transcript.from,
    missing: null,
    entries: transcript.entries.map((entry) => showEntry(entry, agent)),
  }
}

const showEntry = (entry: SessionEntry, agent: AgentRow): SessionShownEntry => ({
  id: entry.id,
  at: entry.at ?? agent.created_at,
  kind: entry.kind,
  title: cut(titleOf(entry), mostTitle),
  text: cut(entry.text, mostText),
  chars: entry.text.length,
  state: entry.tool?.status ?? null,
  tookMs: entry.tool?.duration_ms ?? null,
})
