import type { AgentState, NeedKind } from "../../mesh/views/shown.ts"

/** Each kind of need, said of one and of several. */
const saidOf: Record<NeedKind, readonly [one: string, several: string]> = {
  question: ["asks you", "ask you"],
  vote: ["waits for your vote", "wait for your vote"],
  abandoned: ["is abandoned", "are abandoned"],
  stuck: ["is stuck", "are stuck"],
  stalled: ["has stalled", "have stalled"],
  failed: ["has failed", "have failed"],
  resting: ["waits for its provider", "wait for their provider"],
  budget: ["is near its budget", "are near their budget"],
}

export const wordsOf = (kind: NeedKind): string => saidOf[kind][0]

/** How many there are of each kind, in the order given: `2 ask you, 1 has stalled`. */
export const kindsOf = (needs: readonly { kind: NeedKind }[]): string =>
  [...Map.groupBy(needs, ({ kind }) => kind)]
    .map(([kind, { length }]) => `${length} ${saidOf[kind][length === 1 ? 0 : 1]}`)
    .join(", ")

const states: readonly (readonly [readonly AgentState[], string])[] = [
  [["running"], "at work"],
  [["waiting"], "waiting"],
  [["stalled"], "stalled"],
  [["queued", "starting"], "to begin"],
  [["interrupted"], "trying again"],
  [["complete"], "done"],
  [["failed"], "failed"],
  [["cancelled"], "stopped"],
]

/** How agents stand, all of them: `64 agents: 60 at work, 4 done`. */
export const standingOf = (agents: readonly { state: AgentState }[]): string => {
  const parts = states
    .map(([wanted, words]) => ({
      many: agents.filter(({ state }) => wanted.includes(state)).length,
      words,
    }))
    .filter(({ many }) => many > 0)
    .map(({ many, words }) => `${many} ${words}`)
  const all = `${agents.length} ${agents.length === 1 ? "agent" : "agents"}`
  return parts.length === 0 ? "" : `${all}: ${parts.join(", ")}`
}
