import { isRecord } from "../../model/is-record.ts"
import { toAgentColor } from "./agent-color.ts"
import { isRule } from "./access-class.ts"
import { readFrontmatter } from "./frontmatter.ts"
import type { AgentMode, PermissionRule, Specialist, SpecialistConfig } from "./specialist.ts"
import { toolPermission } from "./tool-permission.ts"

/** Where a file was found, which its text does not say. */
export interface AgentOrigin {
  source: string
  /** OpenCode reads the file too: then `name` counts letter for letter, and no frontmatter is fine. */
  registered?: boolean
  division?: string
  aliases?: readonly string[]
}

type Values = Readonly<Record<string, unknown>>

const get = (values: Values, key: string) => (Object.hasOwn(values, key) ? values[key] : undefined)
const textIn = (values: Values, key: string): string | undefined => {
  const value = get(values, key)
  const text = typeof value === "string" ? value.replace(/\s+/g, " ").trim() : ""
  return text === "" ? undefined : text
}
const numberIn = (values: Values, key: string): number | undefined => {
  const value = get(values, key)
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined
}
const textsIn = (values: Values, key: string): string[] => {
  const value = get(values, key)
  return Array.isArray(value) ? value.filter((text) => typeof text === "string" && text.trim()) : []
}
const isMode = (value: unknown): value is AgentMode =>
  value === "all" || value === "primary" || value === "subagent"

/** "Frontend Developer" is chosen as frontend-developer; letters of other scripts stay. */
export const toSlug = (name: string) =>
  // Nearly every name is one already, and this is asked for each of them.
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? name : makeSlug(name)

const makeSlug = (name: string) =>
  name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")

const toTitle = (name: string) =>
  /^[^\sA-Z]+$/.test(name)
    ? name
        .split(/[-_/.]+/)
        .filter(Boolean)
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(" ")
    : name

/** Longer than this, a sentence is no description any more: two lines of a list. */
const sentenceLimit = 220

/** A first sentence further down than this is not the first thing the file says. */
const furthest = 10_000

const firstSentence = (body: string): string | undefined => {
  const prose = body
    .slice(0, furthest)
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^(#|---|\||!\[)/.test(line))
    .join("\n")
    .trim()
  const paragraph = (prose.split(/\n\s*\n/)[0] ?? "")
    .replace(/^([>*+-]|\d+\.)\s+/, "")
    .replace(/\*\*|__|`/g, "")
    .replace(/\s+/g, " ")
    .trim()
  const sentence = /^.*?(?:[.!?](?=\s|$)|[。！？])/u.exec(paragraph)?.[0] ?? paragraph
  if (sentence === "") return undefined
  const letters = [...sentence]
  return letters.length <= sentenceLimit
    ? sentence
    : `${letters
        .slice(0, sentenceLimit - 1)
        .join("")
        .trimEnd()}…`
}

// A rule that cannot be read is no reason to go on without it: it may have been a denial.
const readPermission = (value: unknown): Record<string, PermissionRule> => {
  if (value === undefined || value === null) return {}
  if (typeof value === "string" && isRule(value)) return { "*": value }
  if (!isRecord(value)) throw new Error("permission must be allow, ask, deny, or a block of keys")
  for (const [key, rule] of Object.entries(value)) {
    if (isRule(rule)) continue
    throw new Error(`permission.${key} must be allow, ask, deny, or patterns of these`)
  }
  return value as Record<string, PermissionRule>
}

const readConfig = (values: Values, description: string, prompt: string): SpecialistConfig => {
  const mode = get(values, "mode")
  const color = toAgentColor(get(values, "color"))
  const own = readPermission(get(values, "permission"))
  const tools = toolPermission(get(values, "tools"), get(values, "disallowedTools"))
  // The file's own rules come first: of two that match, OpenCode takes the last, here the denial.
  const limits = Object.entries(tools).filter(([name]) => !Object.hasOwn(own, name))
  const permission = { ...own, ...Object.fromEntries(limits) }
  // "sonnet" or "inherit" are names of another harness; OpenCode's are provider/model.
  const model = /^[^/\s]+\/\S+$/.exec(textIn(values, "model") ?? "")?.[0]
  const variant = textIn(values, "variant")
  const temperature = numberIn(values, "temperature")
  const topP = numberIn(values, "top_p")
  const steps = numberIn(values, "steps") ?? numberIn(values, "maxSteps")
  return {
    description,
    mode: isMode(mode) ? mode : "all",
    prompt,
    ...(color === undefined ? {} : { color }),
    ...(Object.keys(permission).length === 0 ? {} : { permission }),
    ...(model === undefined ? {} : { model }),
    ...(variant === undefined ? {} : { variant }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(steps === undefined || !Number.isInteger(steps) || steps === 0 ? {} : { steps }),
  }
}

const readTerms = (mesh: Values): string[] => {
  const terms = get(mesh, "terms")
  return isRecord(terms) ? Object.keys(terms).flatMap((language) => textsIn(terms, language)) : []
}

/**
 * A specialist of an agent file in any of the formats people have: ours, OpenCode's, agency-agents'.
 * `file` is the path below the folder it was found in. What OpenCode does not know is dropped; what
 * cannot be used at all is thrown, without the path, which the caller knows.
 */
export const convertAgentFile = (file: string, text: string, origin: AgentOrigin): Specialist => {
  const registered = origin.registered ?? false
  const frontmatter = readFrontmatter(text)
  if (!frontmatter && !registered) throw new Error("no frontmatter: an agent file begins with ---")
  const { values, body } = frontmatter ?? { values: {}, body: text }
  const path = file.replaceAll("\\", "/").replace(/\.md$/i, "")
  const ownSlug = toSlug(path.replace(/^.*\//, ""))
  const named = textIn(values, "name")
  const agent = registered ? (named ?? path) : toSlug(named ?? "") || ownSlug
  if (agent === "") throw new Error("neither its name nor its file name has a letter or digit")

  const prompt = body.trim()
  if (prompt === "" && !registered) throw new Error("there is no text below the frontmatter")
  const description = textIn(values, "description") ?? firstSentence(prompt)
  if (description === undefined && !registered)
    throw new Error("no description, and no sentence that could be one")

  const meshValue = get(values, "mesh")
  const mesh = isRecord(meshValue) ? meshValue : {}
  const division = textIn(mesh, "division") ?? origin.division
  const access = textIn(mesh, "access")
  const title = textIn(mesh, "title") ?? toTitle(named ?? agent)
  const config = readConfig(values, description ?? title, prompt)
  const aliases = [...(origin.aliases ?? []), ...(registered ? [] : [ownSlug])]
  return {
    agent,
    title,
    description: config.description,
    ...(division === undefined ? {} : { division }),
    ...(access === undefined ? {} : { access }),
    mode: config.mode,
    aliases: [...new Set(aliases)].filter((alias) => alias !== "" && alias !== agent),
    skills: textsIn(mesh, "skills"),
    triggers: textsIn(mesh, "triggers"),
    terms: readTerms(mesh),
    source: origin.source,
    registered,
    ...(get(values, "disable") === true ? { disabled: true as const } : {}),
    config,
  }
}
