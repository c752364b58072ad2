import type { StepContext, ToolResult, Turn } from "../../scripted-model/types.ts"
import { pipeline, securityPrompt, specialist } from "../prompts.ts"
import { call, mailFrom, resultsOf, say } from "./reading.ts"

/** Long enough for slow machines: who waits is woken by the event, not by the time. */
const patience = { wait_seconds: 120 }
const maxCalls = 8

/** Spawns, waits for the alert, attaches the specialist, and collects until all have answered. */
export const lead = (context: StepContext): Turn => {
  const [spawned] = resultsOf(context, "spawn_fleet")
  if (!spawned) return call("spawn_fleet", { name: "demo", isolation: "process", agents: pipeline })
  const fleet_id = field(spawned, "fleet_id")
  if (!fleet_id) return say(`The fleet could not be spawned: ${spawned.text}`)

  const alert = alertIn(context)
  const inbox = resultsOf(context, "get_inbox")
  if (!alert)
    return inbox.length < maxCalls ? call("get_inbox", patience) : say("No alert ever reached me.")

  const [routed] = resultsOf(context, "route_work")
  if (!routed) return call("route_work", { description: alert, scope: "roster" })
  const [attached] = resultsOf(context, "attach_agent")
  if (!attached)
    return call("attach_agent", {
      fleet_id,
      role: "Security Reviewer",
      agent: specialist,
      prompt: securityPrompt(alert),
    })

  const collected = resultsOf(context, "collect_results")
  const results = collected.at(-1)?.output as Collected | undefined
  const isDone =
    results?.complete && !results.results.some(({ output }) => output.startsWith("I wait "))
  if (!isDone && collected.length < maxCalls) {
    // Somebody's answer so far is only that it waits: look again when something has changed.
    const isEarly = results?.complete && context.toolResults.at(-1)?.name === "collect_results"
    return isEarly
      ? call("fleet_status", { fleet_id, wait_seconds: 10 })
      : call("collect_results", { fleet_id, ...patience })
  }
  return say(report(results, routed))
}

interface Collected {
  complete: boolean
  results: { name: string; agent: string; status: string; output: string }[]
}

const alertIn = (context: StepContext): string | undefined => {
  const read = resultsOf(context, "get_inbox")
    .flatMap(
      ({ output }) => (output as { messages?: { type: string; payload: string }[] }).messages ?? [],
    )
    .find(({ type }) => type === "alert")
  return read?.payload ?? mailFrom(context, "alert", "reviewer")
}

const report = (collected: Collected | undefined, routed: ToolResult) => {
  const matches = (routed.output as { matches?: { agent?: string }[] }).matches ?? []
  const best = matches.map(({ agent }) => agent).filter(Boolean)
  return [
    `${collected?.results.length ?? 0} results; for the alert route_work named ${best.join(", ") || "nobody"}.`,
    ...(collected?.results ?? []).map(
      ({ name, status, output }) => `${name} (${status}): ${output.split("\n")[0]}`,
    ),
  ].join("\n")
}

const field = ({ output }: ToolResult, name: string) =>
  typeof output === "object" && output !== null
    ? (output as Record<string, string>)[name]
    : undefined
