import { lstatSync, rmSync, rmdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { filesIn } from "./config/config-places.ts"

export interface DataItem {
  path: string
  bytes: number
  what: string
}

/** Everything of ours that may lie in the mesh home, by its name there. */
const known: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^mesh\.db$/, "the ledger: fleets, agents, messages, results"],
  [/^mesh\.db[-.].*$/, "the ledger's own files beside it"],
  [/^logs$/, "logs of hosts and of faults"],
  [/^leases$/, "locks of fleets"],
  [/^starting$/, "marks of hosts that come up"],
  [/^streams$/, "tokens of streams"],
  [/^unattended$/, "the permission for scripts"],
  [/^cache$/, "what an embeddings endpoint has answered"],
  [/^loaded$/, "which copies OpenCode has loaded"],
  [/^installed$/, "how configurations were before"],
]

/** What lies in the mesh home. A folder that somebody has named may hold other things: they are not ours. */
export const dataIn = (home: string): DataItem[] =>
  filesIn(home).flatMap((path) => {
    const what = known.find(([pattern]) => pattern.test(basename(path)))?.[1]
    return what === undefined ? [] : [{ path, what, bytes: sizeOf(path) }]
  })

/** Worktrees hold agents' work until somebody has looked at it. */
export const worktreesIn = (home: string) =>
  filesIn(join(home, "worktrees"))
    .flatMap(filesIn)
    .filter((path) => !path.endsWith(".config") && isFolder(path))

/** Removes these, and the home itself when nothing else is in it. */
export const removeData = (home: string, items: readonly DataItem[]) => {
  for (const { path } of items) rmSync(path, { recursive: true, force: true })
  for (const folder of [join(home, "worktrees"), home])
    try {
      rmdirSync(folder)
    } catch {
      // It holds something, or is not there.
    }
}

export const sizeOf = (path: string): number => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.size ?? 0
  return filesIn(path).reduce((sum, each) => sum + sizeOf(each), 0)
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
