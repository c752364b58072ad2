import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { readOptional, readOptionalBytes } from "../../system/optional-files.ts"
import { pathsIn } from "../../system/mesh-home.ts"

const record = z.object({
  /** Of this form; a later one may be another. */
  version: z.literal(1),
  path: z.string(),
  realPath: z.string(),
  part: z.enum(["server", "tui"]),
  /** Whether the file was there before. */
  existed: z.boolean(),
  /** Whether its list of plugins was. */
  hadList: z.boolean(),
  /** Of the file as we left it. */
  hash: z.string(),
  /** Those that were made for it, the innermost last. */
  folders: z.array(z.string()),
})
export type InstallRecord = z.infer<typeof record> & {
  /** The file as it was before, where it existed. */
  before: Buffer | undefined
}

export const hashOf = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex")

/** What `install` has changed, so that `uninstall` can give back every byte; one folder per file. */
export const createInstallRecords = (home: string) => {
  const folder = pathsIn(home).installed
  const placeOf = (realPath: string) => join(folder, hashOf(realPath).slice(0, 16))
  const read = (place: string): InstallRecord | undefined => {
    const text = readOptional(join(place, "record.json"))
    if (text === undefined) return undefined
    const parsed = record.safeParse(parseJson(text))
    return parsed.success
      ? { ...parsed.data, before: readOptionalBytes(join(place, "before")) }
      : undefined
  }
  return {
    /** Where the file as it was is kept. */
    backupOf: (realPath: string) => join(placeOf(realPath), "before"),
    find: (realPath: string) => read(placeOf(realPath)),
    all: (): InstallRecord[] => namesIn(folder).flatMap((name) => read(join(folder, name)) ?? []),
    /** Keep before the file is changed: what is lost in between is then a record too many. */
    keep({ before, ...rest }: InstallRecord) {
      const place = placeOf(rest.realPath)
      mkdirSync(place, { recursive: true, mode: 0o700 })
      if (before) writeFileSync(join(place, "before"), before, { mode: 0o600 })
      const text = JSON.stringify(record.parse(rest), null, 2)
      writeFileSync(join(place, "record.json"), text, { mode: 0o600 })
    },
    forget(realPath: string) {
      rmSync(placeOf(realPath), { recursive: true, force: true })
      try {
        rmdirSync(folder)
      } catch {
        // Others are kept there.
      }
    },
  }
}

export type InstallRecords = ReturnType<typeof createInstallRecords>

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
