import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathsIn } from "../mesh-home.ts"
import { readOptional } from "../optional-files.ts"
import { isAlive, ownProcess, type ProcessIdentity } from "../processes.ts"

/** A file that an OpenCode has loaded as our plugin, and where it did so last. */
export interface LoadedCopy extends ProcessIdentity {
  file: string
  directory: string
  at: number
}

/** One small file for each copy and process, so that nobody writes over anybody's. */
export const recordLoaded = (home: string, copy: { file: string; directory: string }) => {
  const folder = pathsIn(home).loaded
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = ownProcess()
  const name = createHash("sha256").update(`${copy.file} ${own.pid}`).digest("hex").slice(0, 16)
  const record: LoadedCopy = { ...copy, ...own, at: Date.now() }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(record), { mode: 0o600 })
  forgetOld(folder)
}

/** The newest first. */
export const loadedCopies = (home: string): (LoadedCopy & { isOpen: boolean })[] =>
  read(pathsIn(home).loaded)
    .map(({ copy }) => ({ ...copy, isOpen: isAlive(copy) }))
    .toSorted((a, b) => b.at - a.at)

/** The last few tell what was loaded when nothing runs. */
const mostKept = 20

const forgetOld = (folder: string) => {
  const all = read(folder)
  if (all.length <= mostKept) return
  const ended = all.filter(({ copy }) => !isAlive(copy)).toSorted((a, b) => a.copy.at - b.copy.at)
  for (const { path } of ended.slice(0, all.length - mostKept)) rmSync(path, { force: true })
}

const read = (folder: string) => {
  const names = (() => {
    try {
      return readdirSync(folder)
    } catch {
      return []
    }
  })()
  return names.flatMap((name) => {
    const path = join(folder, name)
    try {
      return [{ path, copy: JSON.parse(readOptional(path) ?? "") as LoadedCopy }]
    } catch {
      return []
    }
  })
}
