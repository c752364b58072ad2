import { isRecord } from "../../mesh/model/is-record.ts"
import { dirname, join } from "node:path"
import { parse } from "jsonc-parser"
import type { HostExtras } from "../../opencode/host-extras.ts"
import { globalConfigDirectory, projectConfigDirectories } from "../../system/config-files.ts"
import { readOptional } from "../../system/optional-files.ts"

type Env = Record<string, string | undefined>

export interface OpenCodeSettings {
  /** "provider/model" of a new session with this agent; undefined leaves it to OpenCode. */
  model: string | undefined
  /** Agents the configuration adds; those in files of their own are in the catalog. */
  agents: readonly string[]
}

/**
 * What a shell can know of OpenCode's configuration without starting it: its files, in the order in
 * which OpenCode reads them. A file that cannot be read counts as absent.
 */
export const readOpenCodeSettings = (
  directory: string,
  env: Env,
  defaultAgent: string,
): OpenCodeSettings => {
  const layers = configTexts(directory, env).map((text) => parseObject(text, env))
  const agents = new Map<string, string | undefined>()
  let model: string | undefined
  for (const layer of layers) {
    model = modelIn(layer) ?? model
    for (const [name, agent] of Object.entries(asObject(layer["agent"])))
      if (asObject(agent)["disable"] === true) agents.delete(name)
      else agents.set(name, modelIn(asObject(agent)) ?? agents.get(name))
  }
  return { model: agents.get(defaultAgent) ?? model, agents: [...agents.keys()] }
}

/** What it has every OpenCode start. */
export const readExtras = (directory: string, env: Env): HostExtras => {
  const extras: HostExtras & { mcp: object; plugin: unknown[] } = { mcp: {}, plugin: [] }
  for (const text of configTexts(directory, env)) {
    const { mcp, lsp, plugin } = parseObject(text, env)
    Object.assign(extras.mcp, asObject(mcp))
    if (lsp !== undefined) extras.lsp = Boolean(lsp)
    if (Array.isArray(plugin)) extras.plugin.push(...(plugin as unknown[]))
  }
  return extras
}

const configTexts = (directory: string, env: Env): string[] => {
  const named = (folder: string) => [join(folder, "opencode.json"), join(folder, "opencode.jsonc")]
  const project = projectConfigDirectories(directory)
  const global = globalConfigDirectory(env)
  const paths = [
    join(global, "config.json"),
    ...named(global),
    ...(env["OPENCODE_CONFIG"] ? [env["OPENCODE_CONFIG"]] : []),
    ...project.flatMap((folder) => named(dirname(folder))),
    ...project.flatMap(named),
    ...(env["OPENCODE_CONFIG_DIR"] ? named(env["OPENCODE_CONFIG_DIR"]) : []),
  ]
  const texts = paths.map(readOptional)
  return [...texts, env["OPENCODE_CONFIG_CONTENT"]].filter((text) => text !== undefined)
}

const parseObject = (text: string, env: Env) =>
  asObject(
    parse(
      text.replace(/\{env:([^}]+)\}/g, (_, name: string) => env[name.trim()] ?? ""),
      [],
      { allowTrailingComma: true },
    ),
  )

const asObject = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})

const modelIn = ({ model }: Record<string, unknown>) =>
  typeof model === "string" && /^[^/\s{]+\/\S+$/.test(model) ? model : undefined
