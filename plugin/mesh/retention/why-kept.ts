import type { IsAlive } from "../access.ts"
import type { Query } from "../ledger/port.ts"
import { agentIdsOf } from "../ledger/tables/agents.ts"
import { hasOpenRatification } from "../ledger/tables/councils/ratifications.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import { createdAt, newestMessage, newestSeq } from "../ledger/tables/mail/reads.ts"
import { hasUndelivered, hasWakingMail } from "../ledger/tables/messages.ts"
import type { OldFleet } from "../ledger/tables/retention/old-fleets.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import { worktreesOfFleet } from "../ledger/tables/worktrees.ts"
import { someInOrder } from "../model/in-order.ts"
import { leadRecipient } from "../model/message.ts"

export interface KeepDeps {
  isAlive: IsAlive
  /** Whether there is such a folder. */
  isThere: (path: string) => boolean
  /** Whether a repository has such a branch. */
  hasBranch: (repository: string, branch: string) => boolean
}

/** Why a fleet that ended long ago stays all the same; undefined when nothing speaks against its end. */
export const whyKept = async (
  db: Query,
  { id, lead_session }: OldFleet,
  before: number,
  { isAlive, isThere, hasBranch }: KeepDeps,
): Promise<string | undefined> => {
  if ((await openHosts(db, id)).length > 0) return "a host of it has not ended"
  if (await hasOpenRatification(db, id)) return "a proposal of it is still voted on"
  for (const tree of await worktreesOfFleet(db, id)) {
    const { state, path, repository, branch } = tree
    if (state !== "kept" && state !== "removed") return `its worktree ${path} is still to be judged`
    // The ledger alone knows whose work lies there.
    if (state === "kept" && isThere(path)) return `its worktree ${path} holds work`
    // Whoever took the folder away may still want to merge the branch.
    const isLeftOut = (tree.commits ?? 0) > 0 && tree.merged === null
    if (state === "kept" && isLeftOut && hasBranch(repository, branch))
      return `its branch ${branch} is not merged`
  }
  const agents = await agentIdsOf(db, id)
  if (await someInOrder(agents, (agent) => hasWakingMail(db, agent)))
    return "mail is to wake one of its agents"
  const lead = leadRecipient(id)
  const owner = await sessionById(db, lead_session)
  if (owner && isAlive(owner) && (await hasUndelivered(db, lead)))
    return "mail for its lead is on its way"
  const newest = await newestSeq(db, [...agents, lead])
  if (((await createdAt(db, newest)) ?? 0) >= before) return "mail of it is newer than that"
  // The next message is numbered after it, and cursors of inboxes are such numbers.
  if ((await newestMessage(db))?.fleet_id === id) return "it has the newest message of the ledger"
  return undefined
}
