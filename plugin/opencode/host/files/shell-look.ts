import { stat } from "node:fs/promises"
import { join } from "node:path"
import type { FileEdit, FileMarks } from "../../../mesh/worktrees/file-marks.ts"
import type { ReservationGuard } from "../../../mesh/reservations/guard.ts"
import { noVersion, shownIn, versionOf } from "./file-look.ts"

interface ShellLookDeps {
  marks: Pick<FileMarks, "known" | "edited">
  /** Absent where files are not reserved. */
  guard: Pick<ReservationGuard, "isWatched" | "breached"> | undefined
  /** What git finds changed in a folder, by absolute path; undefined when it takes too long. */
  changedIn: (directory: string) => Promise<readonly string[] | undefined>
  directory: string
}

/** What a kernel's clock for files may lag behind ours (a tick of 100 Hz, and one to spare). */
const lagMs = 20
/** A look at each is some 20 µs, and a hash where it has changed. */
const mostFiles = 500

/**
 * What a shell command of an agent has changed, as far as that is to be had cheaply: of the files that
 * others have read or changed, and, while anybody has reserved some, of those that git finds changed. A
 * file counts whose inode was touched since the command began and whose content nobody is known to have
 * left so. Who touched it is not known: a command of somebody else at the same time may have.
 */
export const createShellLook = ({ marks, guard, changedIn, directory }: ShellLookDeps) => {
  const editOf = async (
    path: string,
    before: string | undefined,
    beganAt: number,
  ): Promise<FileEdit[]> => {
    const touched = await stat(path).then(
      ({ ctimeMs }) => ctimeMs >= beganAt - lagMs,
      () => before !== undefined && before !== noVersion,
    )
    if (!touched) return []
    const version = await versionOf(path)
    if (version === before) return []
    return [
      { path, shown: shownIn(directory, path), version, before: before ?? noVersion, beganAt },
    ]
  }

  return async (agentId: string, beganAt: number): Promise<string[]> => {
    const [known, isWatched] = await Promise.all([
      marks.known(agentId, mostFiles),
      guard?.isWatched(agentId) ?? false,
    ])
    const found = isWatched ? ((await changedIn(directory)) ?? []) : []
    const paths = [...new Set([...known.watched, ...found.slice(0, mostFiles)])]
    if (paths.length === 0) return []
    const edits = (
      await Promise.all(paths.map((path) => editOf(path, known.versions.get(path), beganAt)))
    ).flat()
    if (edits.length === 0) return []
    const told = await marks.edited(agentId, edits, "command")
    const breaches = isWatched
      ? await guard!.breached(
          agentId,
          directory,
          edits.map(({ path }) => path),
        )
      : []
    return [...told, ...breaches]
  }
}

export type ShellLook = ReturnType<typeof createShellLook>

/** The paths of `git status --porcelain -z`, below the root of the tree. */
export const pathsOfStatus = (root: string, status: string): string[] =>
  status
    .split("\0")
    .filter((line) => line.length > 3 && !line.endsWith("/"))
    .map((line) => join(root, line.slice(3)))
