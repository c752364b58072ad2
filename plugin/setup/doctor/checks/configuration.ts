import { basename, join } from "node:path"
import { readConfig } from "../../../system/config-files.ts"
import { configFolders, filesIn, isSet, projectIsIgnored } from "../../config/config-places.ts"
import { readConfigFiles } from "../../config/read-config.ts"
import { oldServersIn } from "../../old-servers.ts"
import { type Check, fault, type Finding, ok, warning } from "../finding.ts"

export const configuration: Check = {
  name: "configuration",
  look({ directory, env }) {
    const files = readConfigFiles(directory, env)
    const found: Finding[] = files.flatMap(({ path, problem }) =>
      problem ? [fault(`${path} ${problem}.`, "Mend it: OpenCode does not take it.")] : [],
    )
    for (const { path, name } of oldServersIn(files))
      found.push(
        fault(
          `${path} starts the MCP server "${name}" of agent-mesh: models have two sets of tools for the same.`,
          `Remove "${name}" from "mcp", or set "enabled": false. "meshfleet import" takes its data over.`,
        ),
      )
    for (const { path, problem } of readConfig(directory, {}, env).problems)
      found.push(warning(`Setting ${path}: ${problem}`, "Correct it; README lists the settings."))
    if (isSet(env["OPENCODE_PURE"]))
      found.push(
        fault(
          "OPENCODE_PURE is set: OpenCode loads no plugins.",
          "Unset it where you start OpenCode.",
        ),
      )
    if (projectIsIgnored(env))
      found.push(
        warning(
          "OPENCODE_DISABLE_PROJECT_CONFIG is set: OpenCode reads no configuration of projects.",
          "Unset it, or install for all projects: meshfleet install --global",
        ),
      )
    return found.length > 0 ? found : [ok(`${files.length} configuration files, all readable`)]
  },
}

export const agentFiles: Check = {
  name: "agents",
  look({ directory, env, roster }) {
    const found = configFolders(directory, env).flatMap((folder) =>
      ["agent", "agents"].flatMap((name) => {
        const path = join(folder, name)
        const ours = markdownIn(path).filter((file) => roster().has(basename(file, ".md")))
        return ours.length === 0
          ? []
          : [
              fault(
                `${ours.length} of Meshfleet's specialists lie in ${path}: OpenCode registers them in every session, and sends their descriptions with every request.`,
                "Move them away: Meshfleet has them inside, and registers one where it is needed.",
              ),
            ]
      }),
    )
    return found.length > 0 ? found : [ok("no specialists in OpenCode's folders of agents")]
  },
}

const markdownIn = (folder: string): string[] =>
  filesIn(folder).flatMap((path) => (path.endsWith(".md") ? [path] : markdownIn(path)))
