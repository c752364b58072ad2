import { isRecord } from "../../model/is-record.ts"
import type { PermissionRule } from "./specialist.ts"

type Permissions = Record<string, PermissionRule>

/** The names other harnesses give their tools, and OpenCode's permission for each. */
const permissionNames: Readonly<Record<string, string>> = {
  agent: "task",
  bash: "bash",
  create: "edit",
  edit: "edit",
  fetch: "webfetch",
  glob: "glob",
  grep: "grep",
  list: "list",
  ls: "list",
  multiedit: "edit",
  notebookedit: "edit",
  patch: "edit",
  read: "read",
  shell: "bash",
  task: "task",
  todoread: "todoread",
  todowrite: "todowrite",
  view: "read",
  webfetch: "webfetch",
  websearch: "websearch",
  write: "edit",
}

/** What changes the user's files or runs commands: a list of tools that leaves it out means it. */
const guarded = ["edit", "bash"]

const permissionName = (tool: string) => {
  const key = tool.toLowerCase().replace(/[\s_-]/g, "")
  return Object.hasOwn(permissionNames, key) ? permissionNames[key]! : tool
}

interface Listed {
  name: string
  /** What it is limited to: `Bash(git diff:*)` allows commands that begin with `git diff`. */
  patterns: string[] | undefined
}

const readTool = (tool: string): Listed => {
  const patterns = /\(([^)]*)\)?$/
    .exec(tool)?.[1]
    ?.split(",")
    .map((pattern) => pattern.trim().replace(/:\*$/, "*"))
    .filter(Boolean)
  return {
    name: permissionName(tool.replace(/\(.*$/, "")),
    patterns: patterns?.includes("*") ? undefined : patterns,
  }
}

const readTools = (tools: unknown): Listed[] | undefined => {
  const text = Array.isArray(tools)
    ? tools.filter((tool) => typeof tool === "string").join(",")
    : tools
  if (typeof text !== "string") return undefined
  // A comma inside "Bash(npm test, npm run lint)" belongs to that tool.
  return (text.match(/(?:[^,\s()]|\([^)]*\)?)+/g) ?? []).map(readTool)
}

const all = (patterns: readonly string[], action: string) =>
  Object.fromEntries(patterns.map((pattern) => [pattern, action]))

const fromList = (tools: readonly Listed[]): Permissions => {
  if (tools.some(({ name }) => /^(\*|all|inherit)$/i.test(name))) return {}
  return Object.fromEntries(
    guarded.flatMap((name): [string, PermissionRule][] => {
      const listed = tools.filter((tool) => tool.name === name)
      if (listed.length === 0) return [[name, "deny"]]
      const patterns = listed.flatMap((tool) => tool.patterns ?? ["*"])
      return patterns.includes("*") ? [] : [[name, { "*": "deny", ...all(patterns, "allow") }]]
    }),
  )
}

const fromMap = (tools: object): Permissions => {
  const entries = Object.entries(tools).map(([tool, on]) => [permissionName(tool), on] as const)
  const denied = entries.filter(([, on]) => on === false).map(([name]) => name)
  // "true" gives nothing that the user's own rules don't, except out of a "*" that takes all.
  const kept = denied.includes("*") ? entries.filter(([, on]) => on === true) : []
  return {
    ...(denied.includes("*") ? { "*": "deny" } : {}),
    ...all(
      kept.map(([name]) => name),
      "allow",
    ),
    ...all(denied, "deny"),
  }
}

const without = (rules: Permissions, { name, patterns }: Listed): Permissions => {
  const rule = rules[name]
  if (patterns === undefined || rule === "deny") return { ...rules, [name]: "deny" }
  const before = typeof rule === "string" ? { "*": rule } : rule
  return { ...rules, [name]: { ...before, ...all(patterns, "deny") } }
}

/**
 * The `tools` and `disallowedTools` of other harnesses as permissions. They take away: a list
 * denies editing and bash where it names neither, a map what it sets to false; an allow is only the
 * exception within such a denial.
 */
export const toolPermission = (tools: unknown, disallowed: unknown): Permissions => {
  const list = readTools(tools)
  const allowed = list ? fromList(list) : isRecord(tools) ? fromMap(tools) : {}
  return (readTools(disallowed) ?? []).reduce(without, allowed)
}
