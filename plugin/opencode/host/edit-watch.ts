import { createHash } from "node:crypto"
import { readFile, realpath, stat } from "node:fs/promises"
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path"
import type { FileLook, FileMarks } from "../../mesh/worktrees/file-marks.ts"

interface EditWatchDeps {
  marks: FileMarks
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
/** Hashed in a millisecond or two; what is larger is told apart by size and time. */
const hashedBytes = 1 << 20

/**
 * Follows OpenCode's file tools in a host, so that agents on one tree hear of it when they edit over
 * each other's changes. A read is noted as of its beginning: what came during it counts as not read.
 */
export const createEditWatch = ({
  marks,
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

  const look = async (path: string): Promise<FileLook> => {
    const absolute = await realOf(isAbsolute(path) ? path : resolve(directory, path))
    const short = relative(directory, absolute)
    const shown = short.startsWith("..") ? absolute : short
    return { path: absolute, shown, version: await versionOf(absolute) }
  }

  return {
    /** With the files that the call names. */
    async before({ callID }: Pick<Call, "callID">, paths: readonly string[]) {
      if (paths.length === 0) return
      begun.set(callID, { at: now(), files: await Promise.all(paths.map(look)) })
      if (begun.size > mostCalls) begun.delete(begun.keys().next().value!)
    },

    async after({ tool, sessionID, callID }: Call, output: { output?: unknown }) {
      const call = begun.get(callID)
      if (!call) return
      begun.delete(callID)
      const agentId = await agentOf(sessionID)
      if (!agentId) return
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
      const told = await within(
        patienceMs,
        inOrder(() => marks.edited(agentId, changed)),
      )
      if (told && told.length > 0 && typeof output.output === "string")
        output.output = [output.output, ...told].join("\n\n")
    },
  }
}

/** A ledger that is busy for long must not keep a tool's result back. */
const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      work,
      new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), ms))),
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** A file that is not there yet is named by the folder that is. */
const realOf = async (path: string): Promise<string> => {
  const found = await realpath(path).catch(() => undefined)
  if (found !== undefined || dirname(path) === path) return found ?? path
  return join(await realOf(dirname(path)), basename(path))
}

const versionOf = async (path: string): Promise<string> => {
  try {
    const { size, mtimeMs } = await stat(path)
    if (size > hashedBytes) return `${size}:${mtimeMs}`
    return createHash("sha1")
      .update(await readFile(path))
      .digest("base64url")
  } catch {
    return "none"
  }
}
