import type { Config } from "../../mesh/model/config.ts"
import type { AgentFolder } from "../../mesh/specialists/catalog.ts"
import { globalConfigDirectory, projectConfigDirectories } from "../../system/config-files.ts"

/** Where agents beside the bundled ones are looked for, the nearest first. */
export const agentFolders = (
  directory: string,
  config: Config,
  env: Record<string, string | undefined>,
): AgentFolder[] => [
  ...projectConfigDirectories(directory, env)
    .toReversed()
    .map((path) => ({ path, source: "project" })),
  { path: globalConfigDirectory(env), source: "global" },
  ...config.agent_folders.map((path) => ({ path, source: path })),
]
