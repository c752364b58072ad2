import { type Node, parseTree, type ParseError, printParseErrorCode } from "jsonc-parser"
import { appendItem, removeItem, replaceItem } from "./splice.ts"

/** One entry of `plugin`: what is to be loaded, and its options if it has some. */
export interface PluginEntry {
  spec: string
  index: number
}

export interface PluginList {
  /** Undefined where the file has no list of plugins. */
  entries: PluginEntry[] | undefined
}

/** Why a text is no configuration that OpenCode would take; thrown by everything here. */
export class UnusableConfig extends Error {}

const emptyConfig = (schema: string) => `{\n  "$schema": ${JSON.stringify(schema)}\n}\n`

/** The plugins that a configuration names, as OpenCode 1.18 would read it. */
export const readPluginList = (text: string): PluginList => {
  const list = listIn(rootOf(text))
  return { entries: list && entriesOf(list) }
}

/**
 * The same text with one more plugin, or with another entry in place of those that `isOurs`. Nothing
 * else changes, and an entry's options stay.
 */
export const withPlugin = (
  text: string,
  spec: string,
  isOurs: (spec: string) => boolean,
  schema: string,
): string => {
  // An empty file is as good as none to OpenCode.
  const { bom, body } = split(text.trim() === "" ? emptyConfig(schema) : text)
  const root = rootOf(body)
  const list = listIn(root)
  const quoted = JSON.stringify(spec)
  if (!list) return bom + appendItem(body, root, `"plugin": [${quoted}]`)
  const [own, ...more] = entriesOf(list).filter((entry) => isOurs(entry.spec))
  if (!own) return bom + appendItem(body, list, quoted)
  // From the back, so that the places before it stay right.
  const kept = more.reduceRight((changed, { index }) => removeAt(changed, index), body)
  const item = listIn(rootOf(kept))!.children![own.index]!
  const named = item.type === "array" ? item.children![0]! : item
  return bom + replaceItem(kept, named, quoted)
}

/** The same text without the plugins that `isOurs`; with `wholeKey`, an empty list goes as well. */
export const withoutPlugin = (
  text: string,
  isOurs: (spec: string) => boolean,
  { wholeKey }: { wholeKey: boolean },
): string => {
  const { bom, body } = split(text)
  if (body.trim() === "") return text
  const list = listIn(rootOf(body))
  if (!list) return text
  const own = entriesOf(list).filter(({ spec }) => isOurs(spec))
  if (own.length === 0) return text
  if (wholeKey && own.length === list.children!.length) {
    const root = rootOf(body)
    return bom + removeItem(body, root, root.children!.indexOf(propertyIn(root)!))
  }
  return bom + own.reduceRight((changed, { index }) => removeAt(changed, index), body)
}

const removeAt = (text: string, index: number) => removeItem(text, listIn(rootOf(text))!, index)

/** Byte order marks are not for the parser, and are kept. */
const split = (text: string) =>
  text.startsWith("\uFEFF") ? { bom: "\uFEFF", body: text.slice(1) } : { bom: "", body: text }

const rootOf = (text: string): Node => {
  const { body } = split(text)
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { allowTrailingComma: true })
  const error = errors[0]
  if (error) {
    const lines = body.slice(0, error.offset).split("\n")
    throw new UnusableConfig(
      `is not valid JSON: ${printParseErrorCode(error.error)} in line ${lines.length}, column ${lines.at(-1)!.length + 1}`,
    )
  }
  if (root?.type !== "object") throw new UnusableConfig("is no JSON object")
  return root
}

/** The last of that name: it is the one that counts. */
const propertyIn = (root: Node) =>
  root.children!.findLast((property) => property.children![0]!.value === "plugin")

const listIn = (root: Node) => {
  const value = propertyIn(root)?.children![1]
  if (value && value.type !== "array") throw new UnusableConfig('has a "plugin" that is no list')
  return value
}

const entriesOf = (list: Node): PluginEntry[] =>
  list.children!.flatMap((item, index) => {
    const named = item.type === "array" ? item.children![0] : item
    return named?.type === "string" ? [{ spec: String(named.value), index }] : []
  })
