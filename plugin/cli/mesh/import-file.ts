import { copyFileSync, createReadStream, existsSync, openSync, readSync, closeSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { createInterface } from "node:readline"
import type { AgentMesh } from "../../mesh/transfer/agent-mesh/format.ts"
import { readFile as readSqlite } from "../../mesh/transfer/agent-mesh/read-file.ts"
import { readJson } from "../../mesh/transfer/agent-mesh/read.ts"
import { isExported } from "../../mesh/transfer/line.ts"

export type ImportFile =
  | { kind: "meshfleet"; lines: AsyncIterable<string> }
  | { kind: "agent-mesh"; source: AgentMesh }

/** As much of a file as tells what it is. */
const headBytes = 4096

/** Tells by its content what a file is, and reads it; not a byte of it, or beside it, is changed. */
export const openImportFile = async (file: string, folder: string): Promise<ImportFile> => {
  const head = headOf(file)
  if (isExported(head.split("\n")[0]!)) return { kind: "meshfleet", lines: linesOf(file) }
  if (head.startsWith("SQLite format 3\0"))
    return { kind: "agent-mesh", source: await readSqlite(copyInto(folder, file)) }
  return { kind: "agent-mesh", source: readJson(await readFile(file, "utf8")) }
}

/** Opened when the first line is asked for, and closed with the last. */
async function* linesOf(file: string) {
  const input = createReadStream(file, "utf8")
  try {
    yield* createInterface({ input, crlfDelay: Infinity })
  } finally {
    input.destroy()
  }
}

const headOf = (file: string) => {
  const handle = openSync(file, "r")
  try {
    const bytes = Buffer.alloc(headBytes)
    return bytes.toString("utf8", 0, readSync(handle, bytes))
  } finally {
    closeSync(handle)
  }
}

/**
 * SQLite makes files beside the one it opens, even to read it. The log first: if its owner empties it
 * into the file meanwhile, SQLite sees that the two do not belong together.
 */
const copyInto = (folder: string, file: string) => {
  const copy = join(folder, basename(file))
  for (const suffix of ["-wal", ""])
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  return copy
}
