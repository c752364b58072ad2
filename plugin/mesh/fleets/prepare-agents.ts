import type { Caller } from "../model/caller.ts"
import type { AgentDraft } from "./fleet-draft.ts"
import type { DraftChecks } from "../model/draft-checks.ts"
import type { Rule } from "../model/permission-rules.ts"
import { createFolderPermit } from "./folder-permit.ts"
import { createOrigins, refuseWithoutDisk } from "../worktrees/worktree-drafts.ts"
import type { Origin, Worktrees } from "../worktrees/worktrees.ts"

export interface PreparedAgent {
  draft: AgentDraft
  /** What else its specialist is called. */
  names: readonly string[]
  agent: string | null
  skills: readonly string[]
  directory: string
  /** Where its worktree comes from, when it gets one. */
  origin: Origin | undefined
}

interface PreparationDeps {
  draftChecks: DraftChecks
  worktrees: Pick<Worktrees, "locate">
  limits: { diskReserveBytes: number }
}

/** Checks what agents are asked for before anything is written, and fills in what they inherit. */
export const createPreparation =
  ({ draftChecks, worktrees, limits }: PreparationDeps) =>
  async (
    caller: Caller,
    base: string,
    drafts: readonly AgentDraft[],
    wantsTrees: boolean | undefined,
    /** Of the fleet's lead, where that is somebody else. */
    leadRules: readonly Rule[] = [],
  ) => {
    const originOf = createOrigins(worktrees)
    const permitFolder = createFolderPermit(draftChecks, leadRules)
    const prepared = await Promise.all(
      drafts.map(async (draft): Promise<PreparedAgent> => {
        if (draft.model !== undefined) await draftChecks.checkModel(draft.model)
        const known =
          draft.agent === undefined ? undefined : await draftChecks.resolveAgent(draft.agent)
        const directory =
          draft.directory === undefined
            ? base
            : await draftChecks.checkDirectory(draft.directory, base)
        if (directory !== base) await permitFolder(caller, directory, [base, caller.directory])
        return {
          draft,
          names: known?.names ?? [],
          agent: known?.agent ?? caller.agent ?? null,
          skills: [...new Set([...(draft.skills ?? []), ...(known?.skills ?? [])])],
          directory,
          origin: await originOf(draft.worktree ?? wantsTrees, directory),
        }
      }),
    )
    refuseWithoutDisk(prepared, limits.diskReserveBytes)
    return prepared
  }
