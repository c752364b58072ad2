import { isRecord } from "../../model/is-record.ts"
import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml"
import { isRule, type Permission } from "./access-class.ts"
import { splitFrontmatter } from "./frontmatter.ts"
import { splitSections, type Section } from "./sections.ts"

export interface AgentFile {
  file: string
  slug: string
  description: string
  mode: string
  color: string
  permission: Permission
  mesh: {
    title: string
    division: string
    access: string
    skills: string[]
    triggers: string[]
    not_for: { agent: string; reason: string }[]
    hands_to: string[]
    terms: Record<string, string[]>
  }
  body: string
  sections: Section[]
  words: number
}

type Path = readonly (string | number)[]

const topKeys = ["description", "mode", "color", "permission", "mesh"]
const meshKeys = [
  "title",
  "division",
  "access",
  "skills",
  "triggers",
  "not_for",
  "hands_to",
  "terms",
]

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== ""
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isReason = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.keys(value).length === 1 && Object.values(value).every(isText)

/** Headings count: the limits are about what a model has to read. */
export const countWords = (text: string) =>
  text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

const readYaml = (file: string, source: string) => {
  const lineCounter = new LineCounter()
  const doc = parseDocument(source, { lineCounter, prettyErrors: false })
  // The frontmatter begins on the file's second line.
  const lineAt = (offset: number) => lineCounter.linePos(offset).line + 1
  const problems = doc.errors.map(
    (error) =>
      `${file}:${lineAt(error.pos[0])}: ${error.message}. ` +
      `Quote a text that contains ": ", "#", or begins with a special character.`,
  )
  if (problems.length === 0 && !isMap(doc.contents)) {
    problems.push(`${file}:2: the frontmatter has no keys. Write those of docs/specialists.md.`)
  }
  if (problems.length > 0) throw new Error(problems.join("\n"))

  /** The line of a key or entry; a missing one has none of its own, so its parent's counts. */
  const lineOf = (path: Path): number => {
    if (path.length === 0) return 1
    const parent = path.length === 1 ? doc.contents : doc.getIn(path.slice(0, -1), true)
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
      : undefined
    const node = pair?.key ?? doc.getIn(path, true)
    if (isNode(node) && node.range) return lineAt(node.range[0])
    return lineOf(path.slice(0, -1))
  }
  return { values: doc.toJS() as Record<string, unknown>, lineOf }
}

/**
 * Reads one specialist. Whether its text is any good is the lint's question; this one asks only
 * whether it can be used, and throws an Error with one line per problem: file, line, what to do.
 */
export const parseAgentFile = (file: string, text: string): AgentFile => {
  const split = splitFrontmatter(text)
  if (!split) {
    throw new Error(
      `${file}:1: no frontmatter. Begin with "---", the keys of docs/specialists.md, and "---".`,
    )
  }
  const { keys, body, bodyLine } = split
  const { values, lineOf } = readYaml(file, keys)
  const problems: { line: number; detail: string }[] = []
  const refuse = (path: Path, detail: string) => problems.push({ line: lineOf(path), detail })

  const take = <T>(
    owner: Record<string, unknown>,
    path: readonly string[],
    is: (value: unknown) => value is T,
    advice: string,
    otherwise: T,
  ): T => {
    const value = owner[path.at(-1) ?? ""]
    if (is(value)) return value
    const state = value === undefined ? "is missing" : "cannot be read"
    refuse(path, `${path.join(".")} ${state}. ${advice}`)
    return otherwise
  }
  const takeText = (owner: Record<string, unknown>, ...path: string[]) =>
    take(owner, path, isText, `Write one line of text, quoted if YAML reads it otherwise.`, "")
  const takeTexts = (owner: Record<string, unknown>, ...path: string[]) =>
    take(
      owner,
      path,
      isTexts,
      `Write a list of texts; quote an entry that YAML reads as a number, a truth value or a key.`,
      [],
    )

  for (const key of Object.keys(values)) {
    if (topKeys.includes(key)) continue
    const why =
      key === "name"
        ? "the file name is the name"
        : "OpenCode would send it to the provider with every request"
    refuse([key], `the key "${key}" is refused: ${why}. Remove it.`)
  }
  const mesh = take(values, ["mesh"], isRecord, "Write the keys of docs/specialists.md.", {})
  for (const key of Object.keys(mesh)) {
    if (!meshKeys.includes(key)) refuse(["mesh", key], `nobody reads mesh.${key}. Remove it.`)
  }
  const permission = isRecord(values.permission) ? values.permission : {}
  if (values.permission !== undefined && !isRecord(values.permission)) {
    refuse(["permission"], `permission must be a block of keys. Copy that of its access class.`)
  }
  for (const [key, rule] of Object.entries(permission)) {
    if (isRule(rule)) continue
    refuse(["permission", key], `permission.${key} must be allow, ask, deny, or patterns of these.`)
  }
  const reasons = Array.isArray(mesh.not_for) ? mesh.not_for : []
  if (!Array.isArray(mesh.not_for)) {
    refuse(["mesh", "not_for"], `mesh.not_for must be a list. Write lines of "- slug: reason".`)
  }
  reasons.forEach((reason, at) => {
    if (!isReason(reason)) {
      refuse(["mesh", "not_for", at], `mesh.not_for needs "- slug: reason" with one slug a line.`)
    }
  })
  const terms = take(mesh, ["mesh", "terms"], isRecord, "Write one list per language.", {})

  const agent: AgentFile = {
    file,
    slug: file.replace(/^.*[/\\]/, "").replace(/\.md$/, ""),
    description: takeText(values, "description"),
    mode: takeText(values, "mode"),
    color:
      values.color === null
        ? (refuse(["color"], `color is empty: YAML reads an unquoted # as a comment. Quote it.`),
          "")
        : takeText(values, "color"),
    permission: permission as Permission,
    mesh: {
      title: takeText(mesh, "mesh", "title"),
      division: takeText(mesh, "mesh", "division"),
      access: takeText(mesh, "mesh", "access"),
      skills: takeTexts(mesh, "mesh", "skills"),
      triggers: takeTexts(mesh, "mesh", "triggers"),
      not_for: reasons
        .filter(isReason)
        .flatMap((entry) => Object.entries(entry))
        .map(([slug, reason]) => ({ agent: slug, reason })),
      hands_to: takeTexts(mesh, "mesh", "hands_to"),
      terms: Object.fromEntries(
        Object.keys(terms).map((language) => [
          language,
          takeTexts(terms, "mesh", "terms", language),
        ]),
      ),
    },
    body,
    sections: splitSections(body, bodyLine),
    words: countWords(body),
  }
  if (problems.length > 0) {
    const sorted = problems.toSorted((a, b) => a.line - b.line)
    throw new Error(sorted.map(({ line, detail }) => `${file}:${line}: ${detail}`).join("\n"))
  }
  return agent
}
