import { isRecord } from "../../model/is-record.ts"
import { parseYaml } from "./yaml.ts"

export interface Frontmatter {
  values: Readonly<Record<string, unknown>>
  body: string
}

const parseKeys = (source: string): Record<string, unknown> => {
  const values = parseYaml(source, 2) ?? {}
  if (!isRecord(values)) throw new Error("line 2: the frontmatter has no keys")
  return values
}

/**
 * Many people's files say `description: Use when: …`, which is no YAML; OpenCode reads them all the
 * same, so such lines are quoted and tried once more.
 */
const quoteColons = (source: string) =>
  source.replace(
    /^([A-Za-z_][\w-]*):[ \t]+([^\s"'[{|>&*#!].*:.*)$/gm,
    (_, key: string, value: string) => `${key}: ${JSON.stringify(value.trim())}`,
  )

export const beginsFrontmatter = (text: string) => /^\uFEFF?---/.test(text)

/**
 * Splits a file into the source of its keys, which begins on the second line, and its text, with the
 * line that begins on; undefined when it has no frontmatter.
 */
export const splitFrontmatter = (text: string) => {
  const source = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")
  const match = /^---[ \t]*\n(?:([\s\S]*?)\n)?---[ \t]*(?:\n|$)/.exec(source)
  if (!match) return undefined
  const [head, keys = ""] = match
  return { keys, body: source.slice(head.length), bodyLine: head.split("\n").length }
}

/** The keys of a file and its text; undefined when it has no frontmatter. */
export const readFrontmatter = (text: string): Frontmatter | undefined => {
  const split = splitFrontmatter(text)
  if (!split) return undefined
  const { keys, body } = split
  try {
    return { values: parseKeys(keys), body }
  } catch (error) {
    const quoted = quoteColons(keys)
    if (quoted === keys) throw error
    try {
      return { values: parseKeys(quoted), body }
    } catch {
      throw error
    }
  }
}
