import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  type EmbeddedTemplates,
  readTemplateFolder,
} from "../../mesh/templates/bundled-templates.ts"
import type { TemplateDraft } from "../../mesh/templates/template.ts"
import type { BundledSource } from "../../mesh/specialists/catalog.ts"
import type { EmbeddedAgents } from "../../mesh/specialists/embedded-agents.ts"
import { readOptional, readOptionalBytes } from "../../system/optional-files.ts"
import { packedData } from "./packed-data.ts"

/** Where the roster is: in the build, else the `agents` folder beside or above `plugin`. */
export const bundledAgents = (): BundledSource => {
  const packed = packedData("agents")
  return packed ? { embedded: () => parse(packed()) as EmbeddedAgents } : { dir: agentsFolder() }
}

/** The templates that are shipped, where the roster is. Nothing is read before it is asked for. */
export const bundledTemplates = (): (() => readonly TemplateDraft[]) => {
  let templates: readonly TemplateDraft[] | undefined
  return () => (templates ??= readTemplates())
}

const readTemplates = () => {
  const packed = packedData("templates")
  return packed
    ? (parse(packed()) as EmbeddedTemplates).templates
    : readTemplateFolder(besidePlugin("templates"))
}

export interface BundledRouting {
  /** The roster as the build counted it; undefined in a checkout that was never built. */
  counted(): Uint8Array | undefined
  /** Expected questions as JSON lines, one per specialist, for counting it here. */
  questions(): string
}

/** What the router reads of the roster. Nothing is read before it is asked for. */
export const bundledRouting = (): BundledRouting => {
  let counted: Uint8Array | undefined
  const packed = packedData("routing")
  if (packed) return { counted: () => (counted ??= packed()), questions: () => "" }
  const folder = agentsFolder()
  return {
    counted: () => (counted ??= readOptionalBytes(join(dirname(folder), "dist", "routing.bin"))),
    questions: () => readOptional(join(folder, "questions.jsonl")) ?? "",
  }
}

const parse = (json: Uint8Array): unknown => JSON.parse(Buffer.from(json).toString("utf8"))

const agentsFolder = () => besidePlugin("agents")

/** A folder inside `plugin`, else the one beside it. */
const besidePlugin = (name: string) => {
  const plugin = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
  const inside = join(plugin, name)
  return existsSync(inside) ? inside : join(dirname(plugin), name)
}
