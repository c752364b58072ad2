import { rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { root } from "../../demo/world.ts"
import type { Step, StepContext, Turn } from "../../scripted-model/types.ts"
import { createWorld, type World } from "../../test/e2e/support/world.ts"
import { git } from "../../test/support/run.ts"
import { type Count, type CountedRequest, countRequests, outputBytes, sum } from "./count.ts"
import { asChild, type Script, type Work } from "./work.ts"

const endsMs = 180_000

/** A lead's calls that do nothing but ask how its fleet stands. */
const fetching = ["collect_results", "fleet_status", "get_inbox", "list_fleets"]

export interface Played {
  lead: Count
  members: Count
  all: Count
  /** Turns of the lead that only fetched. */
  fetches: number
  counted: readonly CountedRequest[]
}

/** The work, done once: by a fleet, or by OpenCode alone with its `task`. */
export const play = async (work: Work, by: "fleet" | "task"): Promise<Played> => {
  const answered: { agent: string; turn: Turn }[] = []
  const recorded = (script: Script): Step[] => [
    (context: StepContext) => {
      const turn = script(context)
      answered.push({ agent: context.agent, turn })
      return turn
    },
  ]
  const members = Object.entries(work.members).map(([name, script]) => [
    name,
    recorded(by === "fleet" ? script : asChild(script)),
  ])
  const world = await createWorld({
    agents: {
      lead: recorded(by === "fleet" ? work.leadOfFleet : work.leadWithTask),
      ...(Object.fromEntries(members) as Record<string, Step[]>),
    },
    settings: { linger_ms: 1000 },
    config: by === "task" ? { agent: work.subagents } : {},
  })
  try {
    await lead(world, work, by)
    const counted = countRequests(world.model.requests)
    const failed = world.model.requests.find(({ error }) => error !== undefined)
    if (failed) throw new Error(`${failed.agent}: ${failed.error}\n${await world.report()}`)
    const of = (isIn: (agent: string) => boolean) =>
      sum(
        counted.filter(({ request }) => isIn(request.agent)),
        answered
          .filter(({ agent }) => isIn(agent))
          .reduce((total, { turn }) => total + outputBytes(turn), 0),
      )
    return {
      lead: of((agent) => agent === "lead"),
      members: of((agent) => agent !== "lead"),
      all: of(() => true),
      fetches: answered.filter(
        ({ agent, turn }) =>
          agent === "lead" &&
          turn.toolCalls?.length &&
          turn.toolCalls.every(({ name }) => fetching.includes(name)),
      ).length,
      counted,
    }
  } finally {
    await world.end()
  }
}

/** In a window that stays open, as a person's does: a lead that has ended its turn is told there. */
const lead = async (world: World, work: Work, by: "fleet" | "task") => {
  await work.fill(world.project)
  if (by === "task") rmSync(join(world.project, ".opencode/plugin"), { recursive: true })
  await git(world.project, "add", "-A")
  await git(world.project, "commit", "-qm", "The repository as it was copied")
  const window = await world.window({
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"]}`,
  })
  const { id } = (await window.post("/session", { title: "lead" })) as { id: string }
  await window.post(`/session/${id}/prompt_async`, {
    parts: [{ type: "text", text: `${work.title}. Let agents do it, and report.` }],
  })
  await world.model.waitFor(({ agent }) => agent === "lead")
  const giveUpAt = Date.now() + endsMs
  const isBusy = async () => {
    const all = (await (await fetch(window.url("/session/status"))).json()) as Record<
      string,
      { type: string }
    >
    return Object.values(all).some(({ type }) => type !== "idle")
  }
  // A fleet has come to rest when its hosts have gone, and the lead with what it was told by then.
  const isAtWork = async () =>
    (await isBusy()) || world.processes().some((pid) => pid !== window.run.pid)
  while (await isAtWork()) {
    if (Date.now() > giveUpAt) throw new Error(`it did not end\n${await world.report()}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
