import type { CheckResult } from "../ledger/tables/board/tasks.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import type { Step } from "./check-command.ts"

/**
 * Runs an acceptance command where its owner works.
 *
 * Contract: one step after the other until one fails; no shell; never longer than `timeoutMs`, nor after
 * `signal`, and then nothing of it is left running. What it starts has no more of this process than
 * what an agent's own shell has. Never throws: what cannot be started has failed.
 */
export type RunCheck = (
  steps: readonly Step[],
  owner: Pick<AgentRow, "id" | "fleet_id" | "directory">,
  limits: { timeoutMs: number; signal?: AbortSignal | undefined },
) => Promise<CheckResult>
