import { mapInOrder } from "../../../mesh/model/in-order.ts"
import { latestEvents } from "../../../mesh/ledger/tables/events.ts"
import { isoTime } from "../../../mesh/model/limits/numbers.ts"
import { createTeller, eventJson } from "../../../mesh/streams/history.ts"
import { reservedIn } from "../../../mesh/views/reserved-shown.ts"
import { defineCommand, json } from "../../define/command.ts"
import { fleetOutputs } from "../../outputs/fleets.ts"
import { requireFleetOf } from "../../mesh/pick-fleet.ts"
import { renderEvent } from "../../render/render-event.ts"
import { renderQuestions } from "../../render/render-questions.ts"
import { renderReserved } from "../../render/render-reserved.ts"
import { span, type StyledLine } from "../../render/styled.ts"
import { printJson } from "../../terminal/terminal.ts"
import { rank } from "../../watch/attention.ts"
import { renderStanding } from "../../watch/render-standing.ts"

const shownEvents = 12

export const fleet = defineCommand({
  name: "fleet",
  summary:
    "Show one fleet: who needs somebody, its agents, its questions, what they have reserved, its latest events",
  usage: ["fleet <fleet> [--json]"],
  options: { json },
  outputs: fleetOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [wanted] }, { mesh: open, terminal, now }) {
    const { meshProcess, person, project } = await open()
    const { ledger, results, questions } = meshProcess
    const row = await ledger.read((db) => requireFleetOf(db, project, wanted!))
    const { id } = row
    const status = await results.status(person, id)
    const asked = (await questions.open(person)).filter(({ fleet_id }) => fleet_id === id)
    const nameOf = (agentId: string) =>
      status.agents.find(({ agent_id }) => agent_id === agentId)?.name ?? agentId
    const reserved = await ledger.read((db) => reservedIn(db, row, nameOf, now()))
    const teller = createTeller()
    const events = await ledger.read(async (db) =>
      mapInOrder(await latestEvents(db, [id], shownEvents), (row) => teller.tell(db, row)),
    )
    const ranked = rank(status.agents, now())
    const attention = ranked.flatMap(({ agent, attention }) =>
      attention ? [{ agent_id: agent.agent_id, name: agent.name, why: attention.why }] : [],
    )
    if (values.json)
      return printJson(terminal, fleetOutputs.one, {
        ...status,
        attention,
        questions: asked,
        reserved: reserved.map(({ agentId, who, pattern, mode, reason, until }) => ({
          agent_id: agentId,
          name: who,
          path: pattern,
          mode,
          reason,
          until: isoTime(until),
        })),
        events: events.map(eventJson),
      })
    terminal.paint([
      ...renderStanding(status, now(), terminal.columns()),
      ...(asked.length > 0 ? ["", ...renderQuestions(asked, now())] : []),
      ...(reserved.length > 0 ? ["", ...renderReserved(reserved, now(), terminal.columns())] : []),
      ...(events.length > 0 ? [""] : []),
      ...events.map((event): StyledLine => [span(renderEvent(event, { withFleet: false }), "dim")]),
    ])
  },
})
