import { renderDuration } from "../../cli/render/render-duration.ts"
import { tame, type Tone } from "./line.ts"
import type { ShownAgent } from "./snapshot.ts"

/** How an agent stands, and what a person has to know of it. */
export interface Standing {
  mark: string
  tone: Tone
  /** One word of it. */
  state: string
  /** What it does, or why it does not. */
  doing: string
  /** 0 needs a person most; from `calm` on nobody has to do anything. */
  need: number
}

/** The first need that is no reason to look. */
export const calm = 5

export const standingOf = (agent: ShownAgent, at: number): Standing => {
  const doing = tame(agent.activity ?? "")
  const wanted = tame(agent.blocked_on ?? "")
  if (agent.question_id !== undefined)
    return { mark: "?", tone: "warn", state: "asks", doing: wanted, need: 0 }
  switch (agent.status) {
    case "failed":
      return { mark: "✗", tone: "bad", state: "failed", doing: errorOf(agent), need: 1 }
    case "cancelled":
      return { mark: "–", tone: "muted", state: "stopped", doing: errorOf(agent), need: 9 }
    case "complete":
      return { mark: "✓", tone: "good", state: "done", doing: "", need: 8 }
    case "interrupted":
      return { mark: "↻", tone: "warn", state: "retries", doing: errorOf(agent), need: 4 }
    case "queued":
      return agent.rest
        ? resting(agent, at)
        : { mark: "○", tone: "muted", state: "queued", doing: placeOf(agent), need: 7 }
    case "starting":
      return {
        mark: "◌",
        tone: "accent",
        state: "starting",
        doing: doing || "its process",
        need: 6,
      }
    default:
  }
  if (!agent.host_alive)
    return { mark: "!", tone: "bad", state: "lost", doing: "its process is gone", need: 2 }
  if (agent.silent_ms !== undefined)
    return {
      mark: "!",
      tone: "warn",
      state: "silent",
      doing: `for ${renderDuration(agent.silent_ms)}${doing ? `: ${doing}` : ""}`,
      need: 3,
    }
  if (agent.rest) return resting(agent, at)
  if (wanted) return { mark: "◌", tone: "muted", state: "waits", doing: `for ${wanted}`, need: 6 }
  return { mark: "●", tone: "good", state: "works", doing: doing || "thinking", need: 5 }
}

const errorOf = ({ error }: ShownAgent) =>
  error ? tame([error.code, error.detail].filter(Boolean).join(": ")) : ""

const placeOf = ({ queue_place, blocked_on }: ShownAgent) => {
  if (blocked_on) return `waits for ${tame(blocked_on)}`
  return queue_place === undefined ? "waits for a place" : `place ${queue_place}`
}

const resting = ({ rest }: ShownAgent, at: number): Standing => ({
  mark: "◌",
  tone: "warn",
  state: "rests",
  doing: `${renderDuration(Date.parse(rest!.until) - at)} more, ${tame(rest!.provider)}: ${tame(rest!.reason)}`,
  need: 4,
})

/** An agent, and how it stood when it was looked at: judged once for all that is said of it. */
export interface Judged {
  agent: ShownAgent
  standing: Standing
}

/** Those that need a person first, then as they joined. */
export const byNeed = (agents: readonly ShownAgent[], at: number): Judged[] =>
  agents
    .map((agent) => ({ agent, standing: standingOf(agent, at) }))
    .toSorted((a, b) => a.standing.need - b.standing.need)
