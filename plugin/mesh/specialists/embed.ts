import { errorText } from "../model/errors.ts"
import { join } from "node:path"
import { findMarkdown, isReadme, nodeFolderFs } from "./agent-folder.ts"
import type { EmbeddedAgent, EmbeddedAgents } from "./embedded-agents.ts"
import { parseAgentFile } from "./file/parse-agent-file.ts"
import { parseRosterAliases } from "./roster-aliases.ts"

const embedAgent = (
  file: string,
  text: string,
  aliases: ReadonlyMap<string, string[]>,
): EmbeddedAgent => {
  const { slug, description, color, mode, permission, mesh, body } = parseAgentFile(file, text)
  if (mode !== "all") throw new Error(`${file}:1: mode is ${mode}. Write all.`)
  return {
    agent: slug,
    title: mesh.title,
    description,
    division: mesh.division,
    access: mesh.access,
    mode,
    aliases: aliases.get(slug) ?? [],
    skills: mesh.skills,
    triggers: mesh.triggers,
    terms: Object.values(mesh.terms).flat(),
    color,
    permission,
    prompt: body.trim(),
  }
}

/**
 * Reads a folder of our agent files and its roster.json for the bundle. A build must not ship half
 * a roster, so every file that does not parse is named in the Error.
 */
export const embedAgents = (dir: string): EmbeddedAgents => {
  const aliases = parseRosterAliases(nodeFolderFs.read(join(dir, "roster.json")))
  const problems: string[] = []
  const agents = findMarkdown(nodeFolderFs, dir, { depth: 0, skips: isReadme }).flatMap((name) => {
    try {
      return [embedAgent(`agents/${name}`, nodeFolderFs.read(join(dir, name)), aliases)]
    } catch (error) {
      problems.push(errorText(error))
      return []
    }
  })
  if (problems.length > 0) throw new Error(problems.join("\n"))
  return { format: 1, agents }
}
