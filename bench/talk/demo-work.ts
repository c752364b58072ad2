import { mailFrom, call, resultsOf, say } from "../../demo/scripts/reading.ts"
import { maker } from "../../demo/scripts/maker.ts"
import { mapper } from "../../demo/scripts/mapper.ts"
import { reviewer } from "../../demo/scripts/reviewer.ts"
import { securityReviewer } from "../../demo/scripts/security-reviewer.ts"
import { pipeline, securityPrompt, specialist } from "../../demo/prompts.ts"
import { copyRepository } from "../../demo/world.ts"
import { createCatalog } from "../../plugin/mesh/specialists/catalog.ts"
import { bundledAgents } from "../../plugin/opencode/process/bundled.ts"
import { answersOf, partFor, passedOn, report, reportWhenTold, task, type Work } from "./work.ts"

/**
 * What the demo's three and the fourth do, in a copy of this repository, with the demo's scripts. The
 * fourth is chosen as the alert comes: among all specialists, by route_work or from the list that
 * `task` has of them, or it is known from the start, as the only one that there is.
 */
const demoWorkWith = (names: readonly string[], routes: boolean): Work => ({
  title: "Map the code that cuts texts, review it, and mend it",
  fill: copyRepository,
  subagents: Object.fromEntries(names.map((name) => [name, catalog.find(name)!.config])),
  members: { mapper, reviewer, maker, "security-reviewer": securityReviewer },

  leadOfFleet(context) {
    const [spawned] = resultsOf(context, "spawn_fleet")
    if (!spawned) return call("spawn_fleet", { name: "demo", agents: pipeline })
    const { fleet_id } = spawned.output as { fleet_id: string }
    const alert: string | undefined = mailFrom(context, "alert", "reviewer")
    if (!alert) return say("The fleet works; I go on when it tells me of something.")
    const [routed] = resultsOf(context, "route_work")
    if (routes && !routed) return call("route_work", { description: alert, scope: "roster" })
    const [attached] = resultsOf(context, "attach_agent")
    if (!attached)
      return call("attach_agent", {
        role: "Security Reviewer",
        agent: specialist,
        prompt: securityPrompt(alert),
      })
    return reportWhenTold(context, ["mapper", "reviewer", "maker", "security-reviewer"], fleet_id)
  },

  leadWithTask(context) {
    const [mapped, reviewed, made, audited] = answersOf(context)
    if (!mapped) return { toolCalls: [task(childOf("mapper"))] }
    if (!reviewed) {
      const handoff = passedOn("handoff", "mapper", partFor(mapped, "handoff", "reviewer"))
      return { toolCalls: [task(childOf("reviewer", handoff))] }
    }
    if (!made || !audited) {
      const handoff = passedOn("handoff", "reviewer", partFor(reviewed, "handoff", "maker"))
      const prompt = securityPrompt(partFor(reviewed, "alert", "lead"))
      return {
        toolCalls: [
          task(childOf("maker", handoff)),
          task({ name: "security-reviewer", agent: specialist, prompt }),
        ],
      }
    }
    return say(report(made))
  },
})

/** The demo's own words; a child answers where a member sends. */
const childOf = (name: string, handoff = "") => {
  const { agent, prompt } = pipeline.find((each) => each.name === name)!
  const words = prompt.replaceAll(
    /send_message to "(\w+)", type (\w+)/g,
    "put into your answer for $1 a $2",
  )
  return { name, agent, prompt: handoff ? `${words}\n\n${handoff}` : words }
}

const catalog = createCatalog({ bundled: bundledAgents(), folders: [] })

const chosen = [...pipeline.map(({ agent }) => agent), specialist]

export const demoWork = () =>
  demoWorkWith(
    catalog.list().map(({ agent }) => agent),
    true,
  )

export const demoOfKnownAgents = () => demoWorkWith(chosen, false)
