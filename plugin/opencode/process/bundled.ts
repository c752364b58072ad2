import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import type { BundledSource } from "../../mesh/specialists/catalog.ts"
import type { EmbeddedAgents } from "../../mesh/specialists/embedded-agents.ts"
import { readOptional, readOptionalBytes } from "../../system/optional-files.ts"

// The build replaces these names by the roster and what the router counted of it, compressed: OpenCode reads
// the whole bundle at every start, but hardly any start needs them.
declare const MESHFLEET_AGENTS: string | undefined
declare const MESHFLEET_ROUTING: string | undefined

/** Where the roster is: inside the bundle, else the `agents` folder beside or above `plugin`. */
export const bundledAgents = (): BundledSource =>
  typeof MESHFLEET_AGENTS === "string"
    ? { embedded: () => JSON.parse(unpack(MESHFLEET_AGENTS as string)) as EmbeddedAgents }
    : { dir: agentsFolder() }

export interface BundledRouting {
  /** The roster as the build counted it; undefined in a checkout that was never built. */
  counted(): Uint8Array | undefined
  /** Expected questions as JSON lines, one per specialist, for counting it here. */
  questions(): string
}

/** What the router reads of the roster. Nothing is read before it is asked for. */
export const bundledRouting = (): BundledRouting => {
  let counted: Uint8Array | undefined
  if (typeof MESHFLEET_ROUTING === "string")
    return {
      counted: () => (counted ??= gunzipSync(Buffer.from(MESHFLEET_ROUTING as string, "base64"))),
      questions: () => "",
    }
  const folder = agentsFolder()
  return {
    counted: () => (counted ??= readOptionalBytes(join(dirname(folder), "dist", "routing.bin"))),
    questions: () => readOptional(join(folder, "questions.jsonl")) ?? "",
  }
}

const unpack = (packed: string) => gunzipSync(Buffer.from(packed, "base64")).toString("utf8")

const agentsFolder = () => {
  const plugin = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
  const beside = join(plugin, "agents")
  return existsSync(beside) ? beside : join(dirname(plugin), "agents")
}
