import { mapInOrder } from "../../mesh/model/in-order.ts"
import { lastEvent, latestEvents } from "../../mesh/ledger/tables/events.ts"
import { fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import { createFeed } from "../../mesh/streams/feed.ts"
import { createTeller, eventJson, historyOf, type ToldEvent } from "../../mesh/streams/history.ts"
import { count, defineCommand, flag, json } from "../define/command.ts"
import { eventsOutputs } from "../outputs/events.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { renderEvent } from "../render/render-event.ts"
import { print, printJson } from "../terminal/terminal.ts"

const mostFleets = 200

export const events = defineCommand({
  name: "events",
  summary: "Show what happened, oldest first; with --follow, as it happens",
  usage: ["events [fleet] [--follow] [--json]"],
  options: {
    follow: flag(
      "Keep printing events as they happen, until Ctrl-C; with --json, one document per line",
    ),
    limit: count("Show this many of the newest (50)", 100_000),
    json,
  },
  outputs: eventsOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [wanted] }, { mesh: open, terminal }) {
    const { meshProcess, project } = await open()
    const { ledger, changes } = meshProcess
    const teller = createTeller()
    // As of one instant: what is followed begins where this ends.
    const { fleet, start, past } = await ledger.read(async (db) => {
      const fleet = wanted === undefined ? undefined : await requireFleetOf(db, project, wanted)
      const ids = fleet
        ? [fleet.id]
        : (await fleetsOfProject(db, project, null, mostFleets)).map(({ id }) => id)
      const rows = await latestEvents(db, ids, values.limit ?? 50)
      return {
        fleet,
        start: await lastEvent(db),
        past: await mapInOrder(rows, (row) => teller.tell(db, row)),
      }
    })
    if (values.json && !values.follow)
      return printJson(terminal, eventsOutputs.all, { events: past.map(eventJson) })
    const show = (event: ToldEvent) =>
      values.json
        ? printJson(terminal, eventsOutputs.line, eventJson(event))
        : print(terminal, renderEvent(event, { withFleet: fleet === undefined }))
    for (const event of past) show(event)
    if (!values.follow) {
      if (past.length === 0) terminal.warn("Nothing has happened yet.")
      return
    }
    const feed = createFeed({ ledger, changes, source: historyOf(project, fleet?.id, teller) })
    for await (const page of feed.follow(start, terminal.interrupted))
      for (const event of page) show(event)
  },
})
