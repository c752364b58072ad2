import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import type { BundledSource } from "../mesh/specialists/catalog.ts"
import type { EmbeddedAgents } from "../mesh/specialists/embedded-agents.ts"

// The build replaces these names by the roster and its expected questions, compressed: OpenCode reads
// the whole bundle at every start, but hardly any start needs them.
declare const MESHFLEET_AGENTS: string | undefined
declare const MESHFLEET_QUESTIONS: string | undefined

/** Where the roster is: inside the bundle, else the `agents` folder beside or above `plugin`. */
export const bundledAgents = (): BundledSource =>
  typeof MESHFLEET_AGENTS === "string"
    ? { embedded: () => JSON.parse(unpack(MESHFLEET_AGENTS as string)) as EmbeddedAgents }
    : { dir: agentsFolder() }

/** JSON lines, one per specialist. */
export const bundledQuestions = (): { embedded: () => string } | { file: string } =>
  typeof MESHFLEET_QUESTIONS === "string"
    ? { embedded: () => unpack(MESHFLEET_QUESTIONS as string) }
    : { file: join(agentsFolder(), "questions.jsonl") }

const unpack = (packed: string) => gunzipSync(Buffer.from(packed, "base64")).toString("utf8")

const agentsFolder = () => {
  const plugin = dirname(dirname(fileURLToPath(import.meta.url)))
  const beside = join(plugin, "agents")
  return existsSync(beside) ? beside : join(dirname(plugin), "agents")
}
