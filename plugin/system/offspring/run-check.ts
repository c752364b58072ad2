import { stripVTControlCharacters } from "node:util"
import type { CheckResult } from "../../mesh/ledger/tables/board/tasks.ts"
import { excerptOf } from "../../mesh/tasks/excerpt.ts"
import type { RunCheck } from "../../mesh/tasks/run-check.ts"
import { childEnvironment } from "../mesh-environment.ts"
import { createTail, runProgram } from "./run-program.ts"

type Env = Record<string, string | undefined>

/** The end of what a check prints, colours included: enough to have the first failure of most suites. */
const mostPrinted = 200_000
/** What is kept of it. */
const mostOutput = 8000

/**
 * Acceptance commands as processes of their own groups, with the environment of an agent's shell and its
 * mark: what they leave behind is ended with the agent.
 */
export const createRunCheck =
  (home: string, env: () => Env): RunCheck =>
  async (steps, owner, { timeoutMs, signal }) => {
    const startedAt = performance.now()
    const output = createTail(mostPrinted)
    let exit: number | null = 0
    for (const { text, words } of steps) {
      if (steps.length > 1) output.add(`$ ${text}\n`)
      const leftMs = timeoutMs - (performance.now() - startedAt)
      const ended = await runProgram(words, {
        directory: owner.directory,
        env: { ...env(), ...childEnvironment(home, markOf(owner), env()) },
        timeoutMs: Math.max(1, leftMs),
        signal,
        say: output.add,
      })
      if (ended.stopped === "late") output.add("\n[stopped: it took longer than allowed]\n")
      if (ended.stopped === "aborted") output.add("\n[stopped: its call was aborted]\n")
      if (ended.failure !== undefined) output.add(`${ended.failure}\n`)
      exit = ended.exit
      if (exit !== 0) break
    }
    return {
      passed: exit === 0,
      exit,
      output: excerptOf(stripVTControlCharacters(output.text()), mostOutput),
      duration_ms: Math.round(performance.now() - startedAt),
    } satisfies CheckResult
  }

const markOf = ({ id, fleet_id }: { id: string; fleet_id: string }) => ({ id, fleetId: fleet_id })
