import type { Caller } from "../model/caller.ts"
import type { DraftChecks } from "../model/draft-checks.ts"
import { errorText, MeshError } from "../model/errors.ts"
import type { Rule } from "../model/permission-rules.ts"
import { folderPermission, judgeFolder } from "./folder-rules.ts"

/**
 * Refuses an agent a folder that whoever brings it may not use itself; what they would be asked for,
 * their person is asked, once a call.
 */
export const createFolderPermit = (
  checks: Pick<DraftChecks, "folderBeyond">,
  leadRules: readonly Rule[],
) => {
  const asked = new Map<string, Promise<void>>()

  const permit = async ({ rights }: Caller, folder: string) => {
    const judged = judgeFolder(rights?.rules ?? [], folder)
    const byLead = leadRules.length > 0 ? judgeFolder(leadRules, folder).action : "allow"
    if (judged.action === "deny" || byLead === "deny")
      throw refused(folder, "is outside the project, where external_directory is denied")
    if (judged.action === "allow" && byLead === "allow") return
    if (!rights) throw refused(folder, "is outside the project, and nobody can be asked")
    // Where the lead would be asked its member is too: its session is bound so.
    await rights
      .ask(folderPermission, judged.patterns, { filepath: folder, parentDir: folder })
      .catch((error: unknown) => {
        throw refused(folder, `is outside the project, and was not allowed: ${errorText(error)}`)
      })
  }

  return async (caller: Caller, directory: string, homes: readonly string[]): Promise<void> => {
    if (caller.human) return
    const folder = await checks.folderBeyond(directory, homes)
    if (folder === undefined) return
    let asking = asked.get(folder)
    if (!asking) asked.set(folder, (asking = permit(caller, folder)))
    await asking
  }
}

const refused = (folder: string, why: string) =>
  new MeshError(
    "NOT_ALLOWED",
    `No agent may work in ${folder}: it ${why}.`,
    "Name a folder of the project, or leave directory out to use yours.",
  )
