import { dirname } from "node:path"
import { readOptionalBytes } from "../system/optional-files.ts"
import { type ConfigPlace, type Part, schemaOf } from "./config/config-places.ts"
import { isOwnSpec } from "./config/own-spec.ts"
import { readPluginList, UnusableConfig, withoutPlugin, withPlugin } from "./config/plugin-list.ts"
import { decode } from "./config/read-config.ts"
import { type Change, checkWritable, missingFolders, refuse } from "./files/change.ts"
import { hashOf, type InstallRecord, type InstallRecords } from "./files/install-records.ts"
import { realPath } from "./files/real-path.ts"

/** One file to be changed, and what is remembered of it afterwards: nothing when it is as it was. */
export interface Step extends Change {
  part: Part
  record: InstallRecord | undefined
}

/** Runs what reads a configuration; what OpenCode would not take is refused with the file's name. */
export const usable = <T>(path: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof UnusableConfig)) throw error
    throw refuse(path, error.message, "Mend it first (OpenCode would not take it either).")
  }
}

/** Makes an entry in a file, or gives it another one; undefined when it has it already. */
export const planEntry = (
  { path, part }: Pick<ConfigPlace, "path" | "part">,
  spec: string,
  records: InstallRecords,
): Step | undefined => {
  const real = usable(path, () => realPath(path))
  const bytes = readOptionalBytes(real)
  const isOwn = isOwnSpec(dirname(path))
  const text = usable(path, () => (bytes ? decode(bytes) : ""))
  const after = Buffer.from(usable(path, () => withPlugin(text, spec, isOwn, schemaOf[part])))
  if (bytes?.equals(after)) return undefined
  const known = records.find(real)
  const before = known ? beforeNow(known, bytes, text, isOwn) : bytes
  const change = { path, realPath: real, before: bytes, after }
  checkWritable(change)
  return {
    ...change,
    part,
    record: {
      version: 1,
      path,
      realPath: real,
      part,
      existed: before !== undefined,
      hadList: before !== undefined && hasList(before),
      hash: hashOf(after),
      folders: known?.folders ?? missingFolders(dirname(real)),
      before,
    },
  }
}

/** How the file would be without us, also when somebody has changed it since we were there. */
const beforeNow = (
  known: InstallRecord,
  bytes: Buffer | undefined,
  text: string,
  isOwn: (spec: string) => boolean,
) => {
  if (!bytes || hashOf(bytes) === known.hash) return bytes && known.before
  return Buffer.from(withoutPlugin(text, isOwn, { wholeKey: !known.hadList }))
}

const hasList = (bytes: Buffer) => {
  const text = bytes.toString("utf8")
  return text.trim() !== "" && readPluginList(text).entries !== undefined
}

/** Takes our entries out of a file; undefined when it has none. */
export const planRemoval = (
  { path, part }: Pick<ConfigPlace, "path" | "part">,
  records: InstallRecords,
): Step | undefined => {
  const real = usable(path, () => realPath(path))
  const bytes = readOptionalBytes(real)
  if (!bytes) return undefined
  const known = records.find(real)
  const text = usable(path, () => decode(bytes))
  const isOwn = isOwnSpec(dirname(path))
  const after = known && isAsLeft(known, text) ? known.before : withoutUs(known, text)
  const change = { path, realPath: real, before: bytes, after }
  if (after?.equals(bytes)) return undefined
  checkWritable(change)
  return { ...change, part, record: undefined }

  function withoutUs(record: InstallRecord | undefined, now: string) {
    const taken = usable(path, () =>
      withoutPlugin(now, isOwn, { wholeKey: record ? !record.hadList : false }),
    )
    const isOnlyOurs = record && !record.existed && /^\s*\{\s*("\$schema"[^,]*)?\}\s*$/.test(taken)
    return isOnlyOurs ? undefined : Buffer.from(taken)
  }
}

/**
 * Whether nobody has changed a file since we did, but for the line that OpenCode 1.18.33 itself writes
 * into a configuration without a schema.
 */
const isAsLeft = ({ hash, before }: InstallRecord, text: string) => {
  if (hashOf(text) === hash) return true
  if (before?.toString("utf8").includes("$schema")) return false
  const line = /^\{\n {2}"\$schema": "https:\/\/opencode\.ai\/config\.json",/
  const rest = text.replace(/^\uFEFF/, "").replace(line, "{")
  // OpenCode takes blanks before the first brace, and a byte order mark, away with it.
  const left = /^\uFEFF?\s*/.exec(before?.toString("utf8") ?? "")![0]
  return line.test(text) && hashOf(left + rest) === hash
}
