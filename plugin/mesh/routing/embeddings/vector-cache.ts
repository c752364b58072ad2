import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** Vectors by what they were made from, kept between processes. */
export interface VectorCache {
  get(text: string): Float32Array | undefined
  /** Adds and writes them; a file that cannot be written is a slower next start, not a failure. */
  add(vectors: readonly (readonly [text: string, vector: Float32Array])[]): void
}

const format = "meshfleet-vectors-1"

const readEntries = (file: string, model: string): Map<string, Float32Array> => {
  const entries = new Map<string, Float32Array>()
  try {
    const [head = "", ...lines] = readFileSync(file, "utf8").split("\n")
    const { format: found, model: of } = JSON.parse(head) as { format?: unknown; model?: unknown }
    if (found !== format || of !== model) return entries
    for (const line of lines) {
      const [hash, encoded] = line.split(" ")
      if (!hash || !encoded) continue
      const bytes = Uint8Array.from(Buffer.from(encoded, "base64"))
      if (bytes.length % 4 === 0) entries.set(hash, new Float32Array(bytes.buffer))
    }
  } catch {
    // No file yet, or one cut off in the middle: the vectors are asked for once more.
  }
  return entries
}

/**
 * A file of vectors: a first line with format and model, then `sha256 base64` a line. Another model
 * starts a new file, and an agent whose text changed is simply not in it.
 */
export const createVectorCache = (file: string, model: string): VectorCache => {
  let entries: Map<string, Float32Array> | undefined
  const loaded = () => (entries ??= readEntries(file, model))
  const hashOf = (text: string) => createHash("sha256").update(text.toWellFormed()).digest("hex")

  const write = () => {
    const lines = [...loaded()].map(
      ([hash, { buffer, byteOffset, byteLength }]) =>
        `${hash} ${Buffer.from(buffer, byteOffset, byteLength).toString("base64")}`,
    )
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Written aside and renamed: another process never reads half a file.
    const aside = `${file}.${process.pid}.tmp`
    writeFileSync(aside, [JSON.stringify({ format, model }), ...lines, ""].join("\n"), {
      mode: 0o600,
    })
    renameSync(aside, file)
  }

  return {
    get: (text) => loaded().get(hashOf(text)),
    add(vectors) {
      if (vectors.length === 0) return
      for (const [text, vector] of vectors) loaded().set(hashOf(text), vector)
      try {
        write()
      } catch {
        // A read-only or full disk: see the contract.
      }
    },
  }
}
