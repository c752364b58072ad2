import type { Caller } from "../model/caller.ts"
import type { AgentDraft } from "./fleet-draft.ts"
import type { DraftChecks } from "../model/draft-checks.ts"
import { createOrigins } from "../worktrees/worktree-drafts.ts"
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
}

/** Checks what agents are asked for before anything is written, and fills in what they inherit. */
export const createPreparation =
  ({ draftChecks, worktrees }: PreparationDeps) =>
  async (
    caller: Caller,
    base: string,
    drafts: readonly AgentDraft[],
    wantsTrees: boolean | undefined,
  ) => {
    const originOf = createOrigins(worktrees)
    return Promise.all(
      drafts.map(async (draft): Promise<PreparedAgent> => {
        if (draft.model !== undefined) await draftChecks.checkModel(draft.model)
        const known =
          draft.agent === undefined ? undefined : await draftChecks.resolveAgent(draft.agent)
        const directory =
          draft.directory === undefined
            ? base
            : await draftChecks.checkDirectory(draft.directory, base)
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
  }
