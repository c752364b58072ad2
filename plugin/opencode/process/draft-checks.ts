import { realpathSync, statSync } from "node:fs"
import { isAbsolute, relative, resolve, sep } from "node:path"
import { MeshError } from "../../mesh/model/errors.ts"
import type { DraftChecks } from "../../mesh/model/draft-checks.ts"
import { type Specialists, near } from "../../mesh/work.ts"
import { createGit } from "../../system/git.ts"
import { projectOf, treeOf } from "../../system/project.ts"
import type { Sessions } from "../runtime/sessions.ts"

const git = createGit(() => process.env)

/** Checks a call's agents, models and directories against this OpenCode and the roster. */
export const createDraftChecks = ({
  sessions,
  specialists,
  directory,
}: {
  sessions: Pick<Sessions, "agents"> & Partial<Pick<Sessions, "models">>
  specialists: Specialists
  directory: string
}): DraftChecks => ({
  async resolveAgent(name) {
    const own = (await sessions.agents(directory)).filter((agent) => !isInternal(agent.name))
    const specialist = specialists.find(name)
    if (own.some((agent) => agent.name === name))
      return { agent: name, skills: specialist?.skills ?? [] }
    if (specialist) {
      const { agent, skills, aliases, title } = specialist
      return { agent, skills, names: [...aliases, title] }
    }
    throw new MeshError(
      "UNKNOWN_SPECIALIST",
      `No agent "${name}"${near([...specialists.near(name), ...own.map((agent) => agent.name)])}`,
      "Find one with list_agents or route_work, or leave agent out to use your own.",
    )
  },

  async checkModel(model) {
    const models = await sessions.models?.(directory)
    // Where nobody knows them a wrong one ends the agent, with OpenCode's own words.
    if (!models || models.includes(model)) return
    const [provider = "", name = ""] = model.split("/")
    const alike = models.filter(
      (each) => each.startsWith(`${provider}/`) || (name && each.includes(name)),
    )
    throw new MeshError(
      "UNKNOWN_MODEL",
      `No model "${model}" is configured${near(alike.length > 0 ? alike : models)}`,
      "Name a configured model as provider/model, or leave model out to use your own.",
    )
  },

  async checkDirectory(path, base) {
    const absolute = isAbsolute(path) ? path : resolve(base, path)
    const found = realDirectory(absolute)
    if (found !== undefined) return found
    throw new MeshError(
      "UNKNOWN_DIRECTORY",
      `"${path}" is not a directory (looked at ${absolute}).`,
      "Name an existing directory, or leave it out to use yours.",
    )
  },

  async folderBeyond(folder, homes) {
    // OpenCode takes git's word for what belongs to a session's tree, whatever leads git there.
    const top = await git(folder, ["rev-parse", "--show-toplevel"])
    const reach = top.ok ? realpathSync(top.stdout.replace(/\r?\n$/, "")) : folder
    const isHome = (home: string) =>
      isWithin(reach, treeOf(home)) || (top.ok && projectOf(reach) === projectOf(home))
    return homes.some(isHome) ? undefined : reach
  },
})

const isInternal = (name: string) => ["compaction", "title", "summary"].includes(name)

const realDirectory = (path: string) => {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : undefined
  } catch {
    return undefined
  }
}

const isWithin = (path: string, folder: string) => {
  const way = relative(folder, path)
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
