import type { StepContext, ToolResult, Turn } from "../../scripted-model/types.ts"
import { textOf } from "../../scripted-model/turn.ts"
import { call, resultsOf, say } from "../../demo/scripts/reading.ts"

export type Script = (context: StepContext) => Turn

/** One piece of work, written once for a fleet and once for OpenCode's own `task`. */
export interface Work {
  title: string
  /** Puts the files into the project that is worked on. */
  fill(project: string): void | Promise<void>
  /** What the user's OpenCode configuration needs besides, so that `task` has the same agents. */
  subagents: Record<string, object>
  /** What each agent does, on both sides; with `task` its messages become part of its answer. */
  members: Record<string, Script>
  leadOfFleet: Script
  leadWithTask: Script
}

/**
 * A member's script as that of a `task` child: what it would send to a peer or the lead, it says in
 * its answer, since a child has no other way.
 */
export const asChild =
  (script: Script): Script =>
  (context) => {
    const turn = script(context)
    const messages = turn.toolCalls ?? []
    if (messages.length === 0 || messages.some(({ name }) => name !== "send_message")) return turn
    const sent: ToolResult[] = messages.map(({ name, args }) => ({
      name,
      args,
      output: {},
      text: "{}",
    }))
    const answer = script({ ...context, toolResults: [...context.toolResults, ...sent] })
    return say([answer.text, ...messages.map(({ args }) => said(args as Message))].join("\n\n"))
  }

interface Message {
  to_agent_id: string
  type: string
  payload: unknown
}

const said = ({ to_agent_id, type, payload }: Message) =>
  `${type} for ${to_agent_id}:\n${typeof payload === "string" ? payload : JSON.stringify(payload)}`

/** What a child's answer holds for somebody else. */
export const partFor = (answer: string, type: string, to: string) => {
  const head = `${type} for ${to}:\n`
  const at = answer.indexOf(head)
  if (at < 0) throw new Error(`the answer has no ${type} for ${to}: ${answer}`)
  return answer.slice(at + head.length).split("\n")[0]!
}

/** How a lead passes a child's words on: as a message names its sender, so that scripts find it. */
export const passedOn = (type: string, from: string, payload: string) =>
  `[meshfleet] ${type} from ${from}, passed on:\n> ${payload}`

interface Child {
  name: string
  agent: string
  prompt: string
}

/** One call of `task`; the mark by which the scripted model knows who speaks stands first. */
export const task = ({ name, agent, prompt }: Child) => ({
  name: "task",
  args: { description: `${name} works`, prompt: `[[as:${name}]] ${prompt}`, subagent_type: agent },
})

export const answersOf = (context: StepContext) =>
  resultsOf(context, "task").map(({ text }) => text)

/** Spawns, ends its turn, and reports when it is told; it asks only for what it was not told. */
export const reportWhenTold = (
  context: StepContext,
  agents: readonly string[],
  fleetId: string,
): Turn => {
  const told = context.messages
    .filter(({ role }) => role === "user")
    .map(textOf)
    .findLast((text) => text.includes(`[meshfleet] Fleet ${fleetId} `))
  if (told === undefined) return say("The fleet works; I report when it has ended.")
  const isWhole = agents.every((name) => told.includes(`## ${name}\n`))
  const [collected] = resultsOf(context, "collect_results")
  if (!isWhole && !collected) return call("collect_results", { fleet_id: fleetId })
  return say(report(collected?.text ?? told))
}

/** A lead that spawns these at once and reports. */
export const leadOf =
  (agents: readonly { name: string }[]) =>
  (context: StepContext): Turn => {
    const [spawned] = resultsOf(context, "spawn_fleet")
    if (!spawned) return call("spawn_fleet", { agents })
    const { fleet_id } = spawned.output as { fleet_id: string }
    return reportWhenTold(
      context,
      agents.map(({ name }) => name),
      fleet_id,
    )
  }

/** As long for a fleet as for `task`: what a person is told does not depend on who worked. */
export const report = (results: string) => {
  if (!/pass|Verdict|file/i.test(results)) throw new Error(`nothing to report in: ${results}`)
  return "All agents have answered. The change is made and tested, its review found nothing that has to be mended first, and what each of them looked at is named with file and line in their answers above. Nothing is left open."
}
