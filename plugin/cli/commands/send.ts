import { lastEvent } from "../../mesh/ledger/tables/events.ts"
import { messageTypes } from "../../mesh/model/message.ts"
import { choice, defineCommand, json, text } from "../define/command.ts"
import { sendOutputs } from "../outputs/mail.ts"
import { onlyRunningFleet, requireFleetOf } from "../mesh/pick-fleet.ts"
import { findInbox } from "../mesh/read-inbox.ts"
import { superviseUntilCarried } from "../mesh/supervise-until-carried.ts"
import { oneLine } from "../render/render-text.ts"
import { print, printJson } from "../terminal/terminal.ts"

/** Longer than a host may take to answer: whom it wakes may need a host first. */
const handOverMs = 90_000

export const send = defineCommand({
  name: "send",
  summary: "Send an agent a message; one that is idle is woken",
  usage: ["send <agent> <text> [--type type] [--fleet id] [--json]"],
  options: {
    type: choice(messageTypes, "What kind of message (handoff)"),
    fleet: text(
      "<fleet>",
      "The agent's fleet (default: the newest that has an agent of this name)",
    ),
    json,
  },
  outputs: sendOutputs,
  takes: { least: 2, most: 2 },
  async run({ values, positionals: [agent, payload] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const mesh = await context.mesh()
    const { meshProcess, project, person } = mesh
    await context.refuseUnattended(meshProcess)
    const to = await meshProcess.ledger.read(async (db) => {
      const fleet =
        values.fleet !== undefined
          ? await requireFleetOf(db, project, values.fleet)
          : agent === "*"
            ? await onlyRunningFleet(db, project)
            : undefined
      if (agent === "*") return { fleet: fleet!, name: "everybody", recipient: "*" }
      return findInbox(db, project, agent!, fleet)
    })
    const since = await meshProcess.ledger.read(lastEvent)
    const type = values.type ?? "handoff"
    const sent = await meshProcess.messages.send(person, {
      to_agent_id: to.recipient,
      fleet_id: to.fleet.id,
      type,
      payload: payload!,
    })
    if (values.json) printJson(terminal, sendOutputs.one, { ...sent, fleet_id: to.fleet.id, type })
    else print(terminal, `${sent.message_id}: ${type} to ${oneLine(to.name)} in ${to.fleet.id}`)
    await superviseUntilCarried(mesh, since, {
      timeoutMs: handOverMs,
      signal: terminal.interrupted,
      progress: terminal.progress,
    })
  },
})
