import { environmentNames as names } from "../mesh-environment.ts"
import { markedProcesses } from "../processes.ts"
import { lineageOf } from "./lineage.ts"
import { ownersIn } from "./owners.ts"
import { type ProcessRow, readProcessTable } from "./process-table.ts"

/** A host and the agents it has, or one of them. */
export interface Origin {
  hostId: string
  agentIds: readonly string[]
}

/**
 * The host's process and every process that comes from it or from one of its agents, but for this
 * one. On Linux they are known by their lineage, by a mark in their environment, and as children of
 * what is known; elsewhere by the mark alone.
 */
export const processesOf = (origin: Origin): number[] => {
  const marks = marksOf(origin)
  return process.platform === "linux"
    ? reachable(offspringIn(readProcessTable(), origin.hostId, marks))
    : markedProcesses(marks)
}

/** What one agent of this process's host has left running, as far as it can be told from the others'. */
export const processesOfAgent = (
  hostId: string,
  agentId: string,
  startedFor: (startedAt: number) => string | undefined,
): number[] => {
  const marks = [markOf(names.agent, agentId)]
  if (process.platform !== "linux") return markedProcesses(marks)
  const found = offspringIn(readProcessTable(), hostId, marks)
  const ownerOf = ownersIn(found, process.pid, startedFor)
  return reachable(found.filter((row) => ownerOf(row) === agentId))
}

/** Pure but for what the rows read of their processes. */
export const offspringIn = (
  table: readonly ProcessRow[],
  hostId: string,
  marks: readonly string[],
): ProcessRow[] => {
  const lineage = lineageOf(hostId)
  // Environments are bytes, read as Latin-1: so are the marks, or names beyond ASCII never match.
  const wanted = marks.map((mark) => Buffer.from(mark).toString("latin1"))
  // Hosts start hosts. What comes from another one is that one's, whoever its parent is.
  const isOthers = (row: ProcessRow) =>
    (row.lineage !== undefined && row.lineage !== lineage) ||
    row.environment.some((entry) => isHostMark(entry) && entry !== markOf(names.host, hostId))
  const found = new Set(
    table.filter((row) =>
      row.lineage === lineage
        ? !isOthers(row)
        : wanted.some((mark) => row.environment.includes(mark)),
    ),
  )
  const children = Map.groupBy(table, ({ parent }) => parent)
  for (const { pid } of found)
    for (const child of children.get(pid) ?? []) if (!isOthers(child)) found.add(child)
  return [...found]
}

const marksOf = ({ hostId, agentIds }: Origin) => [
  markOf(names.host, hostId),
  ...agentIds.map((id) => markOf(names.agent, id)),
]
const markOf = (name: string, value: string) => `${name}=${value}`

/** Blanked is as good as absent: that is how a host keeps its own mark from its agents' tools. */
const isHostMark = (entry: string) =>
  entry.startsWith(`${names.host}=`) && entry.length > names.host.length + 1

/** What runs under another user, as a command of sudo's does, cannot be ended by us. */
const reachable = (rows: readonly ProcessRow[]) =>
  rows
    .map(({ pid }) => pid)
    .filter((pid) => {
      if (pid === process.pid) return false
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    })
