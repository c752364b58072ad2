import type { FileLook, FileMarks } from "../../../mesh/worktrees/file-marks.ts"
import type { ReservationGuard } from "../../../mesh/reservations/guard.ts"
import { lookAt, versionOf, within } from "./file-look.ts"
import type { ShellLook } from "./shell-look.ts"

interface EditWatchDeps {
  marks: Pick<FileMarks, "seen" | "edited" | "tellLate">
  /** Absent where files are not reserved. */
  guard?: Pick<ReservationGuard, "refusal"> | undefined
  shell?: ShellLook | undefined
  /** The agent a session belongs to, sub-sessions included. */
  agentOf: (sessionId: string) => Promise<string | undefined>
  directory: string
  now: () => number
  onError: (error: unknown) => void
  /** How long a tool's result waits for the ledger. */
  patienceMs?: number
}

interface Call {
  tool: string
  sessionID: string
  callID: string
}

/** A tool that fails never comes back to us; of so many calls at once the oldest are such. */
const mostCalls = 200

/**
 * Follows OpenCode's file tools in a host, so that agents on one tree hear of it when they edit over
 * each other's changes. A read is noted as of its beginning: what came during it counts as not read.
 */
export const createEditWatch = ({
  marks,
  guard,
  shell,
  agentOf,
  directory,
  now,
  onError,
  patienceMs = 1000,
}: EditWatchDeps) => {
  const begun = new Map<string, { at: number; files: FileLook[] }>()
  // Reads are noted behind the model's back, but before the edits that follow them.
  let last: Promise<unknown> = Promise.resolve()
  const inOrder = <T>(step: () => Promise<T>): Promise<T> => {
    const done = last.then(step)
    last = done.catch(onError)
    return done
  }

  /** Undefined where nobody minds, and where that is not to be known in time. */
  const closed = async (sessionId: string, paths: readonly string[]) => {
    try {
      const agentId = await agentOf(sessionId)
      const found = agentId && (await within(patienceMs, guard!.refusal(agentId, directory, paths)))
      if (found) void found.note().catch(onError)
      return found ? found.error : undefined
    } catch (error) {
      onError(error)
      return undefined
    }
  }

  const begin = (callID: string, call: { at: number; files: FileLook[] }) => {
    begun.set(callID, call)
    if (begun.size > mostCalls) begun.delete(begun.keys().next().value!)
  }

  /** What is found too late for the command's own answer comes with what its agent reads next. */
  const lookForChanges = async (agentId: string, beganAt: number) => {
    const looking = inOrder(async () => (await shell?.(agentId, beganAt)) ?? [])
    const told = await within(patienceMs, looking)
    if (told === undefined)
      void looking
        .then((late) => (late.length > 0 ? marks.tellLate(agentId, late) : undefined))
        .catch(onError)
    return told
  }

  const tell = (output: { output?: unknown }, told: readonly string[] | undefined) => {
    if (told && told.length > 0 && typeof output.output === "string")
      output.output = [output.output, ...told].join("\n\n")
  }

  return {
    /** Throws, and nothing else, why an edit may not be made: OpenCode makes that the tool's error. */
    async refuse({ tool, sessionID }: Call, paths: readonly string[]) {
      if (!guard || tool === "read" || paths.length === 0) return
      const error = await closed(sessionID, paths)
      if (error) throw error
    },

    /** With the files that the call names. */
    async before({ callID }: Pick<Call, "callID">, paths: readonly string[]) {
      if (paths.length === 0) return
      const at = now()
      begin(callID, { at, files: await Promise.all(paths.map((path) => lookAt(directory, path))) })
    },

    /** A command names no files: what it has changed is looked for afterwards. */
    beforeShell: ({ callID }: Pick<Call, "callID">) => begin(callID, { at: now(), files: [] }),

    async after({ tool, sessionID, callID }: Call, output: { output?: unknown }) {
      const call = begun.get(callID)
      if (!call) return
      begun.delete(callID)
      const agentId = await agentOf(sessionID)
      if (!agentId) return
      if (call.files.length === 0) return tell(output, await lookForChanges(agentId, call.at))
      if (tool === "read")
        return void inOrder(() => marks.seen(agentId, call.files, call.at)).catch(() => undefined)
      const edits = await Promise.all(
        call.files.map(async (file) => ({
          ...file,
          before: file.version,
          version: await versionOf(file.path),
          beganAt: call.at,
        })),
      )
      const changed = edits.filter(({ before, version }) => before !== version)
      if (changed.length === 0) return
      tell(
        output,
        await within(
          patienceMs,
          inOrder(() => marks.edited(agentId, changed)),
        ),
      )
    },
  }
}
