import { renderDuration } from "../render/render-duration.ts"
import type { AgentStatus } from "../render/render-fleet.ts"
import { oneLine } from "../render/render-text.ts"

/** Why somebody should look at an agent, and what would help. */
export interface Attention {
  why: string
  /** The key, or the command, that helps. */
  help: string
  isUrgent: boolean
}

const isOpen = ({ status }: AgentStatus) =>
  ["queued", "starting", "running", "interrupted"].includes(status)

/** Nobody who is left goes on by itself. */
export const areAllWaiting = (agents: readonly AgentStatus[]) => {
  const open = agents.filter(isOpen)
  return open.length > 0 && open.every(({ blocked_on }) => blocked_on === "message")
}

/** Pure: from how an agent stands to who should do what about it; undefined for one that is well. */
export const attentionOf = (
  agent: AgentStatus,
  { allWait, at }: { allWait: boolean; at: number },
): Attention | undefined => {
  if (agent.question_id)
    return {
      why: `waits for a person: ${oneLine(agent.blocked_on ?? "")}`,
      help: "a answers",
      isUrgent: true,
    }
  if (agent.status === "running" && !agent.host_alive)
    return { why: "its host is gone; it is started again by itself", help: "", isUrgent: true }
  if (agent.silent_ms !== undefined)
    return {
      why: `silent for ${renderDuration(agent.silent_ms)}: ${oneLine(agent.activity ?? "no activity")}`,
      help: "Enter looks, m asks, s stops",
      isUrgent: true,
    }
  if (allWait && agent.blocked_on === "message")
    return { why: "waits for a message, as all others do", help: "m sends one", isUrgent: true }
  if (agent.status === "failed")
    return {
      why: oneLine(
        agent.error ? [agent.error.code, agent.error.detail].filter(Boolean).join(": ") : "failed",
      ),
      help: "Enter looks",
      isUrgent: true,
    }
  if (agent.rest) {
    const more = renderDuration(Date.parse(agent.rest.until) - at)
    return {
      why: `waits for provider ${oneLine(agent.rest.provider)}, ${more} more: ${oneLine(agent.rest.reason)}`,
      help: "meshfleet cooldowns --lift",
      isUrgent: false,
    }
  }
  if (agent.status === "interrupted")
    return {
      why: `between attempts: ${oneLine(agent.error?.code ?? "interrupted")}`,
      help: "",
      isUrgent: false,
    }
  return undefined
}

/** What helps, in brackets. Keys act on the chosen agent alone. */
export const helpOf = ({ help }: Attention, isChosen: boolean) =>
  help && `  (${isChosen ? "" : "choose it: "}${help})`

const order = ["running", "starting", "interrupted", "queued", "complete", "failed", "cancelled"]

export interface Ranked {
  agent: AgentStatus
  attention: Attention | undefined
}

/** Those that need somebody first, then those at work, then the rest; otherwise as they joined. */
export const rank = (agents: readonly AgentStatus[], at: number): Ranked[] => {
  const allWait = areAllWaiting(agents)
  const weight = ({ agent, attention }: Ranked) => {
    if (agent.question_id) return 0
    if (attention) return attention.isUrgent && isOpen(agent) ? 1 : attention.isUrgent ? 2 : 3
    return 4 + order.indexOf(agent.status)
  }
  return agents
    .map((agent) => ({ agent, attention: attentionOf(agent, { allWait, at }) }))
    .toSorted((a, b) => weight(a) - weight(b))
}
