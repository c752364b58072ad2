import { mapInOrder, flatMapInOrder } from "../model/in-order.ts"
import { agentById } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import {
  fileMark,
  markFile,
  marksOfOthersFiles,
  type PeerChange,
  peerChanges,
} from "../ledger/tables/file-marks.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { notifyAgent } from "../mail/notices.ts"
import type { AgentRow, FileMarkRow } from "../ledger/tables/rows.ts"
import { inQuotes } from "../prompts.ts"

/** A file as a tool met it: absolute, without symbolic links. Equal versions are equal contents. */
export interface FileLook {
  path: string
  /** As people write it. */
  shown: string
  version: string
}

export interface FileEdit extends FileLook {
  /** What it was when the tool began. */
  before: string
  beganAt: number
}

/**
 * Whose changes an edit went over. Content that is as the agent saw it is no conflict, whoever wrote
 * in between; what a peer wrote while the edit was under way always is.
 */
export const conflictsOf = <Peer extends Pick<PeerChange, "changed_at">>(
  mine: Pick<FileMarkRow, "seen_version"> | undefined,
  peers: readonly Peer[],
  { before, beganAt }: Pick<FileEdit, "before" | "beganAt">,
): Peer[] =>
  peers.filter(({ changed_at }) => mine?.seen_version !== before || changed_at >= beganAt)

/** What a command has changed was only found changed afterwards. */
export type EditBy = "tool" | "command"

interface FileMarksDeps {
  ledger: Ledger
}

/** Who of several agents on one tree has read and changed which file, and who has to be told. */
export const createFileMarks = ({ ledger }: FileMarksDeps) => {
  const mark = (tx: Tx, agent: AgentRow, file: FileLook, seenAt: number, isChange = false) =>
    markFile(tx, {
      path: file.path,
      agent_id: agent.id,
      fleet_id: agent.fleet_id,
      seen_at: seenAt,
      seen_version: file.version,
      changed_at: isChange ? seenAt : null,
    })

  const noteEdit = async (tx: Tx, agent: AgentRow, edit: FileEdit, by: EditBy) => {
    const mine = await fileMark(tx, edit.path, agent.id)
    // Who never read it is asked to know what happened since it was there.
    const peers = await peerChanges(tx, edit.path, agent, mine?.seen_at ?? agent.created_at)
    await mark(tx, agent, edit, tx.at, true)
    return await mapInOrder(conflictsOf(mine, peers, edit), async (peer) => {
      await tellPeer(tx, agent, peer, edit, by)
      const read = mine ? "after you last read it" : "and you have not read it since"
      if (by === "command")
        return `[meshfleet] ${inQuotes(edit.shown)}, which ${nameFor(agent, peer)} changed ${ago(tx.at - peer.changed_at)}, changed while this command ran: see whether that was you, and read it again.`
      return `[meshfleet] ${nameFor(agent, peer)} changed ${inQuotes(edit.shown)} ${ago(tx.at - peer.changed_at)}, ${read}: read it again before you go on.`
    })
  }

  /** By mail that wakes nobody. */
  const tellPeer = async (
    tx: Tx,
    agent: AgentRow,
    peer: PeerChange,
    { path, shown }: FileEdit,
    by: EditBy,
  ) => {
    await appendEvent(tx, {
      type: "file.conflict",
      fleetId: agent.fleet_id,
      agentId: agent.id,
      data: { path, peer: peer.agent_id, changed_ms_ago: tx.at - peer.changed_at },
    })
    if (peer.status === "cancelled") return
    await notifyAgent(
      tx,
      { id: peer.agent_id, fleet_id: peer.fleet_id },
      by === "command"
        ? `${inQuotes(shown)}, which you changed ${ago(tx.at - peer.changed_at)}, changed while a shell command of ${nameFor(peer, agent)} ran: see whether your change is still there.`
        : `${nameFor(peer, agent)} edited ${inQuotes(shown)} without having read what you changed in it ${ago(tx.at - peer.changed_at)}: see whether your change is still there.`,
    )
  }

  return {
    /** What an agent has seen, as of `at` (ms): what others change while it is noted comes after it. */
    seen: (agentId: string, files: readonly FileLook[], at: number) =>
      ledger.transact(async (tx) => {
        const agent = await agentById(tx, agentId)
        if (agent) for (const file of files) await mark(tx, agent, file, at)
      }),

    /** The newest files that other agents know, and the newest that anybody knows of each. */
    known: (agentId: string, most: number) =>
      ledger.read(async (db) => {
        const marks = await marksOfOthersFiles(db, agentId, most)
        const versions = new Map<string, string>()
        for (const { path, seen_version } of marks)
          if (!versions.has(path)) versions.set(path, seen_version)
        return { watched: [...versions.keys()], versions }
      }),

    /** For what was found after its tool had answered. */
    tellLate: (agentId: string, told: readonly string[]) =>
      ledger.transact(async (tx) => {
        const agent = await agentById(tx, agentId)
        const text = told.map((each) => each.replace(/^\[meshfleet\] /, "")).join(" ")
        if (agent) await notifyAgent(tx, agent, text)
      }),

    /** Notes edits that were made. Returns what their agent has to be told. */
    edited: (agentId: string, edits: readonly FileEdit[], by: EditBy = "tool"): Promise<string[]> =>
      ledger.transact(async (tx) => {
        const agent = await agentById(tx, agentId)
        return agent ? await flatMapInOrder(edits, (edit) => noteEdit(tx, agent, edit, by)) : []
      }),
  }
}

export type FileMarks = ReturnType<typeof createFileMarks>

/** Names are those of a fleet: another fleet's agent is told with it. */
const nameFor = (reader: { fleet_id: string }, other: { name: string; fleet_id: string }) =>
  other.fleet_id === reader.fleet_id ? other.name : `${other.name} of fleet ${other.fleet_id}`

const ago = (ms: number) =>
  ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s ago` : `${Math.round(ms / 60_000)} min ago`
