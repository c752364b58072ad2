import { isAbsolute, join } from "node:path"
import { parse, type ParseError } from "jsonc-parser"

export type Settings = Record<string, unknown>

export interface ConfigText {
  /** Where it lies; what it names relatively is looked for there. */
  directory: string
  path: string
  text: string
}

export const isSettings = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A configuration of OpenCode that means the same wherever it lies: the files it includes and the
 * plugins beside it are named absolutely, by `resolve`. Throws when it is not valid.
 */
export const parseConfigText = (
  { path, directory, text }: ConfigText,
  resolve: (path: string) => string = (path) => path,
): Settings => {
  const errors: ParseError[] = []
  const values: unknown = parse(text, errors, { allowTrailingComma: true })
  if (errors.length > 0 || !isSettings(values)) throw new Error(`${path} is not valid JSON`)
  const included = absoluteFiles(values, directory) as Settings
  const { plugin } = included
  if (Array.isArray(plugin))
    included["plugin"] = plugin.map((each: unknown) =>
      Array.isArray(each)
        ? [absolutePlugin(each[0], directory, resolve), ...(each.slice(1) as unknown[])]
        : absolutePlugin(each, directory, resolve),
    )
  return included
}

const absolutePlugin = (spec: unknown, directory: string, resolve: (path: string) => string) =>
  typeof spec === "string" && /^\.\.?\//.test(spec) ? resolve(join(directory, spec)) : spec

/** `{file:secret.txt}` is replaced by that file's text when OpenCode reads the configuration. */
const absoluteFiles = (value: unknown, directory: string): unknown => {
  if (typeof value === "string")
    return value.replace(/\{file:([^}]+)\}/g, (whole, path: string) =>
      isAbsolute(path.trim()) || path.trim().startsWith("~/")
        ? whole
        : `{file:${join(directory, path.trim())}}`,
    )
  if (Array.isArray(value)) return value.map((each) => absoluteFiles(each, directory))
  return isSettings(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, absoluteFiles(each, directory)]),
      )
    : value
}

/** As OpenCode merges its layers: the later one wins, but these lists are joined. */
export const mergeSettings = (base: Settings, more: Settings): Settings => {
  const merged = mergeDeep(withRules(base), withRules(more))
  for (const name of ["plugin", "instructions"]) {
    const [before, after] = [base[name], more[name]]
    if (Array.isArray(before) && Array.isArray(after))
      merged[name] = [...new Set([...(before as unknown[]), ...(after as unknown[])])]
  }
  return merged
}

const mergeDeep = (base: Settings, more: Settings): Settings => {
  const merged = { ...base }
  for (const [key, value] of Object.entries(more)) {
    const before = merged[key]
    merged[key] = isSettings(before) && isSettings(value) ? mergeDeep(before, value) : value
  }
  return merged
}

/** One word for everything is a rule like others: it must not be lost to the next layer's. */
const withRules = (settings: Settings): Settings =>
  typeof settings["permission"] === "string"
    ? { ...settings, permission: { "*": settings["permission"] } }
    : settings
