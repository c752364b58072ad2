import { agentsCalled } from "../../../mesh/ledger/tables/agents-by-name.ts"
import { lastEvent } from "../../../mesh/ledger/tables/events.ts"
import { fleetsOfProject } from "../../../mesh/ledger/tables/fleets.ts"
import { worktreesOfFleet } from "../../../mesh/ledger/tables/worktrees.ts"
import type { Query } from "../../../mesh/ledger/port.ts"
import type { FleetRow } from "../../../mesh/ledger/tables/rows.ts"
import { MeshError } from "../../../mesh/model/errors.ts"
import { everyInOrder } from "../../../mesh/model/in-order.ts"
import { count, defineCommand, flag, json, list, text } from "../../define/command.ts"
import { findFleet } from "../../mesh/pick-fleet.ts"
import { mergeOutputs } from "../../outputs/merge.ts"
import { superviseUntilCarried } from "../../mesh/supervise-until-carried.ts"
import { renderMerge } from "../../render/render-merge.ts"
import { print, printJson } from "../../terminal/terminal.ts"

/** A day: mending a conflict is an agent's work. */
const longestWait = 86_400
/** Longer than a host may take to answer: whom it wakes may need a host first. */
const handOverMs = 90_000

export const merge = defineCommand({
  name: "merge",
  summary: "Bring the branches of a fleet's worktrees together on one branch",
  usage: [
    "merge [fleet] [agent…] [--check command] [--squash] [--batch] [--approved-by agent,…] [--ratified proposal] [--wait seconds] [--apply] [--json]",
  ],
  options: {
    check: text("<command>", "Run in the merged tree; a branch that fails it is left out"),
    squash: flag("One commit for each agent in place of its own commits"),
    batch: flag("One check for all of them; which one fails it is found by halves"),
    "approved-by": list("<agent,…>", "Only what these have approved; who has not yet is asked"),
    ratified: text("<proposal>", "Only commits that this proposal names, once it is ratified"),
    wait: count(
      "So many seconds for those that mend or approve a branch, then try again",
      longestWait,
    ),
    apply: flag("Fast-forward the branch checked out here to it, if nothing is uncommitted"),
    json,
  },
  outputs: mergeOutputs,
  takes: { least: 0, most: 65 },
  async run({ values, positionals }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const mesh = await context.mesh()
    const { meshProcess, project, person } = mesh
    // A model that may call this program may not therefore run whatever it likes.
    if (values.check === undefined) await context.refuseUnattended(meshProcess)
    else await context.refuseModels(meshProcess)
    const { merges, ledger } = meshProcess
    const { fleet, agents } = await ledger.read((db) => chosen(db, project, positionals))
    const { check, squash, batch, ratified } = values
    const options = {
      ...(agents.length > 0 && { agent_ids: agents }),
      check,
      squash,
      batch,
      approved_by: values["approved-by"],
      ratification_id: ratified,
      signal: terminal.interrupted,
      onProgress: terminal.progress,
    }
    const until = performance.now() + (values.wait ?? 0) * 1000
    let report
    do {
      const since = await ledger.read(lastEvent)
      report = await merges.merge(person, fleet.id, options)
      const carried = { timeoutMs: handOverMs, signal: terminal.interrupted }
      await superviseUntilCarried(mesh, since, carried)
    } while (await merges.untilBack(report, until - performance.now(), options))
    const applied =
      values.apply && report.commit !== undefined
        ? await merges.apply(person, fleet.id, { squash: squash ?? false })
        : undefined
    if (values.json)
      printJson(terminal, mergeOutputs.one, { ...report, ...(applied && { applied }) })
    else print(terminal, renderMerge(report, terminal.columns(), applied).join("\n"))
    return report.complete ? 0 : 1
  },
})

/** As far back as a fleet with worktrees is looked for. */
const mostFleets = 200

/** The first word may be a fleet; else the newest that has worktrees, and agents of these names. */
const chosen = async (db: Query, project: string, words: readonly string[]) => {
  const [first, ...rest] = words
  const named = first === undefined ? undefined : await findFleet(db, project, first)
  if (named) return { fleet: named, agents: rest }
  for (const fleet of await fleetsOfProject(db, project, null, mostFleets))
    if (await hasTrees(db, fleet, words)) return { fleet, agents: [...words] }
  throw new MeshError(
    "NO_FLEET",
    words.length > 0
      ? `No fleet of this project has worktrees of ${words.join(", ")}.`
      : "No fleet of this project has worktrees.",
    "meshfleet status lists the fleets of this project.",
  )
}

const hasTrees = async (db: Query, { id }: FleetRow, agents: readonly string[]) =>
  (await worktreesOfFleet(db, id)).length > 0 &&
  (await everyInOrder(agents, async (each) => (await agentsCalled(db, id, each)).length > 0))
