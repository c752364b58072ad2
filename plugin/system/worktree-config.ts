import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises"
import { existsSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, join, relative, sep } from "node:path"
import { type ConfigText, mergeSettings, parseConfigText, type Settings } from "./config-text.ts"
import { pathsIn, userHome } from "./mesh-home.ts"

export interface TreeConfig {
  /** The working tree its fleet was spawned from, and the worktree, both from their root. */
  project: string
  tree: string
  /** Where its agent works in both; empty for the root. */
  subfolder: string
  /** The user's folder of configuration for all projects. */
  global: string
  env: Record<string, string | undefined>
}

/** Beside the tree, so that nothing is seen in it. */
export const configOfTree = (tree: string) => join(`${tree}.config`, ".opencode")

/** The folder that was made for the worktree a directory is in, if it lacks anything. */
export const treeConfigFor = (home: string, directory: string): string | undefined => {
  const trees = pathsIn(real(home)).worktrees
  const [fleet, agent] = relative(trees, directory).split(sep)
  if (!fleet || fleet === ".." || !agent || isAbsolute(fleet)) return undefined
  const folder = configOfTree(join(trees, fleet, agent))
  return existsSync(folder) ? folder : undefined
}

/** What decides what an agent may do and is told: the project's present text counts. */
const texts = ["agent", "agents", "command", "commands", "mode", "modes"]
/** What runs: only where the tree has none, so that none is loaded twice. */
const code = ["plugin", "plugins", "tool", "tools", "skill", "skills"]
const namesIn = (folder: string) =>
  ["opencode.json", "opencode.jsonc"].map((name) => join(folder, name))

/**
 * Makes a folder of configuration with what OpenCode would find in the project and does not find in a
 * worktree: git leaves out what it ignores, and what is not committed yet. Mostly links, so that
 * relative imports still fit. OpenCode reads such a folder after all others, so what it would read after
 * the project's own is in it too, as the last. Of files with the same name the last one counts as a whole.
 */
export const makeTreeConfig = async ({ project, tree, subfolder, global, env }: TreeConfig) => {
  const into = configOfTree(tree)
  await rm(dirname(into), { recursive: true, force: true })
  if (isOn(env, "OPENCODE_DISABLE_PROJECT_CONFIG")) return
  await mkdir(into, { recursive: true, mode: 0o700 })

  const counterpart = (path: string) => join(tree, relative(project, path))
  const isMissing = (path: string) => !existsSync(counterpart(path))
  const levels = levelsOf(project, subfolder)
  const folders = levels.map((level) => join(level, ".opencode"))
  const usersFolder = env["OPENCODE_CONFIG_DIR"] || undefined

  let isAny = false
  const link = async (from: string, to: string, isWanted: (path: string) => Promise<boolean>) => {
    for (const entry of await readdir(from, { withFileTypes: true }).catch(() => [])) {
      const [path, target] = [join(from, entry.name), join(to, entry.name)]
      if (await isWanted(path)) {
        await mkdir(to, { recursive: true })
        await rm(target, { recursive: true, force: true })
        await symlink(path, target)
        isAny = true
      } else if (entry.isDirectory()) await link(path, target, isWanted)
    }
  }
  const lacks = async (path: string) => isMissing(path)
  const differs = async (path: string) =>
    isMissing(path) || !(await isSame(path, counterpart(path)))
  for (const folder of folders) {
    for (const kind of texts) await link(join(folder, kind), join(into, kind), differs)
    for (const kind of code) await link(join(folder, kind), join(into, kind), lacks)
    const own = join(folder, "meshfleet.jsonc")
    if (existsSync(own) && (await differs(own))) {
      await rm(join(into, "meshfleet.jsonc"), { force: true })
      await symlink(own, join(into, "meshfleet.jsonc"))
      isAny = true
    }
  }
  for (const level of levels)
    for (const kind of skillsBeside(env)) await link(join(level, kind), join(into, "skills"), lacks)

  const layers = await readTexts([...levels.toReversed(), ...folders].flatMap(namesIn))
  const changed = await Promise.all(layers.map(({ path }) => differs(path)))
  const toHere = (path: string) => (isMissing(path) ? path : counterpart(path))
  const settings = layers.map((layer) => parseConfigText(layer, toHere))
  const merged = settings.reduce<Settings>(mergeSettings, {})
  const instructions = [
    ...(await missingRules(levels, isMissing, env)),
    ...missingInstructions(merged, levels, isMissing),
  ]
  isAny ||= instructions.length > 0 || changed.includes(true)
  if (!isAny) return rm(dirname(into), { recursive: true, force: true })

  const after = [join(userHome(env), ".opencode"), ...(usersFolder ? [usersFolder] : [])]
  const users = await readTexts(after.flatMap(namesIn))
  if (usersFolder)
    for (const kind of [...texts, ...code])
      await link(join(usersFolder, kind), join(into, kind), async () => true)
  const all = [
    ...(changed.includes(true) ? settings : []),
    { instructions },
    ...users.map((layer) => parseConfigText(layer)),
  ]
  await write(into, "opencode.json", all.reduce<Settings>(mergeSettings, schema))
  // What is named when a process starts takes the place of the user's folder for rules (1.18.33).
  const rules = join(usersFolder ?? global, "AGENTS.md")
  if (existsSync(rules)) await symlink(rules, join(into, "AGENTS.md"))
  // Tells OpenCode that its plugin package is there: what is linked finds it where it lies.
  const packages = { "": { dependencies: { "@opencode-ai/plugin": "*" } } }
  await mkdir(join(into, "node_modules"), { recursive: true })
  await write(into, "package-lock.json", { lockfileVersion: 3, requires: true, packages })
}

/** With it OpenCode has no reason to write into the file. */
const schema: Settings = { $schema: "https://opencode.ai/config.json" }

const write = (folder: string, name: string, value: object) =>
  writeFile(join(folder, name), JSON.stringify(value), { mode: 0o600 })

/** From the agent's folder up to the root, as OpenCode goes. */
const levelsOf = (project: string, subfolder: string) => {
  const levels = [join(project, subfolder)]
  while (levels.at(-1) !== project) levels.push(dirname(levels.at(-1)!))
  return levels
}

const readTexts = async (paths: readonly string[]): Promise<ConfigText[]> => {
  const found = await Promise.all(
    paths.map((path) => readFile(path, "utf8").catch(() => undefined)),
  )
  return found.flatMap((text, index) => {
    const path = paths[index]!
    return text === undefined ? [] : [{ path, directory: dirname(path), text }]
  })
}

const isOn = (env: TreeConfig["env"], ...names: string[]) =>
  names.some((name) => /^(true|1)$/i.test(env[name] ?? ""))

/** Skills in the folders of other tools, which OpenCode reads unless it is told not to. */
const skillsBeside = (env: TreeConfig["env"]) => {
  if (isOn(env, "OPENCODE_DISABLE_EXTERNAL_SKILLS")) return []
  const isOff = isOn(env, "OPENCODE_DISABLE_CLAUDE_CODE", "OPENCODE_DISABLE_CLAUDE_CODE_SKILLS")
  return [...(isOff ? [] : [".claude/skills"]), ".agents/skills"]
}

/** OpenCode reads the first of these names that it finds anywhere on its way up. */
const missingRules = async (
  levels: readonly string[],
  isMissing: (path: string) => boolean,
  env: TreeConfig["env"],
) => {
  const isOff = isOn(env, "OPENCODE_DISABLE_CLAUDE_CODE", "OPENCODE_DISABLE_CLAUDE_CODE_PROMPT")
  for (const name of ["AGENTS.md", ...(isOff ? [] : ["CLAUDE.md"]), "CONTEXT.md"]) {
    const found = levels.map((level) => join(level, name)).filter((path) => existsSync(path))
    if (found.length > 0) return found.filter(isMissing)
  }
  return []
}

/** Instructions named relatively; a pattern can have an asterisk in its last part only. */
const missingInstructions = (
  { instructions }: Settings,
  levels: readonly string[],
  isMissing: (path: string) => boolean,
) =>
  (Array.isArray(instructions) ? (instructions as unknown[]) : [])
    .filter((each): each is string => typeof each === "string")
    .filter((each) => !isAbsolute(each) && !/^(~\/|https?:)/.test(each))
    .flatMap((each) => levels.map((level) => join(level, each)))
    .filter((path) => isMissing(path) && existsSync(/[*?[{]/.test(path) ? dirname(path) : path))

const isSame = async (path: string, other: string) => {
  const [one, two] = await Promise.all([path, other].map((each) => stat(each)))
  if (one!.isDirectory() || two!.isDirectory()) return one!.isDirectory() && two!.isDirectory()
  const [mine, theirs] = await Promise.all([path, other].map((each) => readFile(each)))
  return mine!.equals(theirs!)
}

const real = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
