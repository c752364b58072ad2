import { readTicks } from "./process-table.ts"

interface ShellRun {
  call: string
  agentId: string
  from: number
  until: number
}

/** A start is told to the tick, and the clock that a run is told by is read beside it. */
const toleranceTicks = 2
/** Far more than one host runs while anything of them can matter. */
const mostRuns = 5000

/**
 * When the agents of a host had shell commands running. What a command started and cut loose from
 * everything that tells whose it is can still be told by the time it began.
 */
export const createShellRuns = (now: () => number = readTicks) => {
  const runs: ShellRun[] = []
  const close = (isMeant: (run: ShellRun) => boolean) => {
    for (const run of runs) if (run.until === Infinity && isMeant(run)) run.until = now()
  }
  return {
    begin(call: string, agentId: string) {
      runs.push({ call, agentId, from: now(), until: Infinity })
      if (runs.length > mostRuns) runs.shift()
    },
    end: (call: string) => close((run) => run.call === call),
    /** One that was aborted is not told of again. */
    endAll: (agentId: string) => close((run) => run.agentId === agentId),
    /** The agent whose commands alone were running then. */
    agentAt(startedAt: number): string | undefined {
      const agents = new Set(
        runs
          .filter(
            ({ from, until }) =>
              startedAt >= from - toleranceTicks && startedAt <= until + toleranceTicks,
          )
          .map(({ agentId }) => agentId),
      )
      return agents.size === 1 ? [...agents][0] : undefined
    },
  }
}

export type ShellRuns = ReturnType<typeof createShellRuns>
