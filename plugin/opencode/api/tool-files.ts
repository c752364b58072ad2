/** The tool that runs shell commands. */
export const shellTool = "bash"

/** The files that a call of OpenCode's file tools is about (1.18.33), as its arguments name them. */
export const filesOf = (tool: string, args: unknown): string[] => {
  const given = (args ?? {}) as Record<string, unknown>
  switch (tool) {
    case "read":
    case "edit":
    case "write":
      return typeof given["filePath"] === "string" ? [given["filePath"]] : []
    case "apply_patch":
      return typeof given["patchText"] === "string" ? filesOfPatch(given["patchText"]) : []
    default:
      return []
  }
}

const filesOfPatch = (patch: string) => [
  ...new Set(
    [...patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gm)].map(
      ([, path]) => path!,
    ),
  ),
]
