import type { Step, StepContext, Turn } from "../scripted-model/types.ts"
import type { Random } from "./random.ts"

type Action =
  | { do: "send"; to: readonly string[] }
  | { do: "broadcast" }
  | { do: "bash"; seconds: number; leavesChild: boolean }

const faults = ["429", "500", "cut", "silence"] as const
type Fault = (typeof faults)[number]

/** Its own text, by which an attempt that was cut short is recognised later. */
export const textOfStep = (name: string, index: number) => `Step ${index} of ${name}.`

/** How much there is to do. Least and most of each. */
export interface Load {
  steps: readonly [number, number]
  shellMs: readonly [number, number]
  batches: readonly [number, number]
  batchSize: readonly [number, number]
}

/**
 * An agent that sends numbered messages, runs commands and finishes; now and then its provider
 * fails. Where it is comes from the conversation alone, so that a resumed session goes on there.
 */
export const createWorker = (
  random: Random,
  load: Load,
  name: string,
  peers: readonly string[],
): Step => {
  const actions = Array.from({ length: random.between(...load.steps) }, () =>
    drawAction(random, load, peers),
  )
  const troubles = actions.map(() => (random.chance(0.12) ? random.pick(faults) : undefined))
  const troubled = new Set<number>()
  return (context) => {
    const index = doneSteps(context)
    const action = actions[index]
    if (!action) return { text: `${name} is done after ${actions.length} steps.` }
    const fault = troubles[index]
    if (fault && !troubled.has(index)) {
      troubled.add(index)
      return failing(fault)
    }
    return perform(action, name, index)
  }
}

const doneSteps = ({ messages }: StepContext) =>
  messages.filter(({ role, tool_calls }) => role === "assistant" && tool_calls?.length).length

const drawAction = (random: Random, load: Load, peers: readonly string[]): Action => {
  const draw = random.next()
  if (draw < 0.5)
    return {
      do: "bash",
      seconds: random.between(...load.shellMs) / 1000,
      leavesChild: random.chance(0.15),
    }
  if (draw < 0.6) return { do: "broadcast" }
  const recipients = [...peers, ...peers, "lead"]
  return {
    do: "send",
    to: Array.from({ length: random.between(1, 8) }, () => random.pick(recipients)),
  }
}

const perform = (action: Action, name: string, index: number): Turn => {
  const text = textOfStep(name, index)
  const payload = (at: number) => `number ${index * 100 + at} from ${name}`
  if (action.do === "bash") {
    const child = action.leavesChild ? "sleep 600 >/dev/null 2>&1 & " : ""
    const command = `${child}sleep ${action.seconds}; echo ${index}`
    return { text, toolCalls: [{ name: "bash", args: { command, description: "Work" } }] }
  }
  const recipients = action.do === "broadcast" ? ["*"] : action.to
  return {
    text,
    toolCalls: recipients.map((to_agent_id, at) => ({
      name: "send_message",
      args: { to_agent_id, type: "result", payload: payload(at) },
    })),
  }
}

const failing = (fault: Fault): Turn => {
  if (fault === "429") return { error: { status: 429, headers: { "retry-after": "1" } } }
  if (fault === "500") return { error: { status: 500 } }
  return fault === "cut" ? { text: "An answer that breaks off.", cutAfterChars: 9 } : { hang: true }
}

/** Spawns the fleet, mails it in batches, and waits for its results. */
export const createLeadScript = (
  random: Random,
  load: Load,
  names: readonly string[],
  isolation: "process" | "shared" | "auto",
): Step[] => {
  const agents = names.map((name) => ({ name, role: name, prompt: `Be ${name}.` }))
  const batches = Array.from({ length: random.between(...load.batches) }, () =>
    drawBatch(random, load, names),
  )
  return [
    {
      toolCalls: [
        {
          name: "spawn_fleet",
          args: { name: "chaos", isolation, max_parallel: names.length, agents },
        },
      ],
    },
    ...batches.map((messages): Step => ({
      toolCalls: [{ name: "send_messages", args: { messages } }],
    })),
    (context) => collectStep(context),
  ]
}

const drawBatch = (random: Random, load: Load, names: readonly string[]) =>
  Array.from({ length: random.between(...load.batchSize) }, (_, at) => ({
    to_agent_id: random.pick(names),
    type: "handoff",
    payload: `number ${at} from the lead`,
  }))

/**
 * A session that finds the fleet, mails it, and waits for its results: a second window, which is
 * refused while the lead lives, or the next session, which takes the fleet over by that.
 */
export const createCollector = (random: Random, load: Load, names: readonly string[]): Step[] => {
  const batch = drawBatch(random, load, names)
  return [
    { toolCalls: [{ name: "list_fleets", args: {} }] },
    ({ toolResults }) => {
      const fleet_id = fleetIn(toolResults)
      const messages = batch.map((message) => ({ ...message, fleet_id }))
      return { toolCalls: [{ name: "send_messages", args: { messages } }] }
    },
    (context) => collectStep(context),
  ]
}

const fleetIn = (toolResults: StepContext["toolResults"]) =>
  /flt_[A-Za-z0-9]+/.exec(toolResults.map(({ text }) => text).join("\n"))?.[0]

const collectStep = ({ toolResults }: StepContext): Turn => {
  const last = toolResults.at(-1)?.output as { complete?: boolean; status?: string } | undefined
  if (last?.complete) return { text: `COLLECTED ${last.status}` }
  const fleetId = fleetIn(toolResults)
  if (!fleetId || toolResults.length > 30)
    return { text: `NOTHING ${toolResults.at(-1)?.text ?? ""}` }
  return { toolCalls: [{ name: "collect_results", args: { fleet_id: fleetId, wait_seconds: 60 } }] }
}
