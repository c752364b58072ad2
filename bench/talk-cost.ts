import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { allTokens, cachedTokens, type Count, inputOf, tokensOf } from "./talk/count.ts"
import { demoOfKnownAgents, demoWork } from "./talk/demo-work.ts"
import { parallelWork } from "./talk/parallel-work.ts"
import { pipelineWork } from "./talk/pipeline-work.ts"
import { play, type Played } from "./talk/play.ts"

const works = [
  { name: "demo", work: demoWork },
  { name: "demo, agents known", work: demoOfKnownAgents },
  { name: "parallel", work: parallelWork },
  { name: "pipeline", work: pipelineWork },
]

/** What `task` may cost a fleet for the same work: talk, independence and recovery are in it. */
const mostToTask = 1.3

/** A fleet's turns and tokens against the same work by OpenCode's own `task`. */
export const talkCost: Measurement = {
  name: "talk",
  title: "Turns and tokens of a fleet against OpenCode's `task`",
  async run(): Promise<Findings> {
    const pairs: Pair[] = []
    for (const { name, work } of works)
      pairs.push({ name, fleet: await play(work(), "fleet"), task: await play(work(), "task") })
    return report(pairs)
  },
}

interface Pair {
  name: string
  fleet: Played
  task: Played
}

const method = `The same work twice, with the real OpenCode and the scripted model, whose agents take their steps from what their tools really answered: by a fleet, and by the lead's calls of \`task\` in an OpenCode without the plugin. The lead is a window that stays open. A fleet's agents hand over by send_message; a child of \`task\` says the same in its answer, and the lead passes it on in the next prompt.

- *demo*: the demo's four agents with its scripts in a copy of this repository, without the kill: map, review and make, each beginning with the handoff of the one before, and a security engineer who is chosen among all 245 specialists when the alert comes, by route_work or from the list that \`task\` has of the user's agents. *agents known*: the same without that choice; route_work is not called, and \`task\` lists four specialists.
- *parallel*: three agents (\`general\`) in a copy of the library retry 0.12.0 map it, probe its edge cases and check its documentation, in four steps each (read, grep, bash); by \`task\` in one turn.
- *pipeline*: an agent changes that library in six steps (read, grep, edit, bash), the next tests it in four, the third reviews it in four. All three are spawned at once, the second and third with \`waits\`.

Counted is what reaches the model: tools, system text and conversation of every request as JSON. A token is taken for four bytes, input and output, on both sides. New is what no earlier request of the run began with, and so no prompt cache has. A turn of the lead only fetches if all it calls is collect_results, fleet_status, get_inbox or list_fleets; the lead calls collect_results if it was not told every answer.`

const report = (pairs: readonly Pair[]): Findings => {
  const sides = pairs.flatMap(({ name, fleet, task }) => [
    { name: `${name}: fleet`, ...fleet },
    { name: `${name}: task`, ...task },
  ])
  return {
    method,
    tables: [
      {
        head: [
          "work",
          "lead's turns",
          "only fetching",
          "agents' turns",
          "tokens in",
          "of these new",
          "tokens out",
        ],
        rows: sides.map(({ name, lead, members, all, fetches }) => [
          name,
          lead.requests,
          fetches,
          members.requests,
          tokensOf(inputOf(all)),
          tokensOf(all.fresh),
          tokensOf(all.output),
        ]),
      },
      {
        head: [
          "KB of all requests",
          "lead: tools",
          "system",
          "conversation",
          "agents: tools",
          "system text",
          "conversations",
        ],
        rows: sides.map(({ name, lead, members }) => [name, ...partsOf(lead), ...partsOf(members)]),
      },
    ],
    targets: pairs.flatMap(({ name, fleet, task }) => [
      atMost(`${name}: tokens`, ratio(allTokens, fleet, task), mostToTask, "×"),
      atMost(
        `${name}: tokens, cached ones at a tenth`,
        ratio(cachedTokens, fleet, task),
        mostToTask,
        "×",
      ),
      atMost(`${name}: turns of the lead that only fetch`, fleet.fetches, 0, "turns"),
    ]),
  }
}

const ratio = (of: (count: Count) => number, fleet: Played, task: Played) =>
  of(fleet.all) / of(task.all)

const partsOf = ({ tools, system, messages }: Count) =>
  [tools, system, messages].map((bytes) => Math.round(bytes / 1000))
