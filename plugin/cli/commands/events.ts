import { mapInOrder } from "../../mesh/model/in-order.ts"
import { eventsSince, lastEvent, latestEvents } from "../../mesh/ledger/tables/events.ts"
import { fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import type { EventRow } from "../../mesh/ledger/tables/rows.ts"
import { count, defineCommand, flag, json } from "../define/command.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { renderEvent } from "../render/render-event.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { createTeller, eventJson } from "../mesh/event-feed.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"

const mostFleets = 200
const pageSize = 500

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
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [wanted] }, { mesh: open, terminal }) {
    const { meshProcess, project } = await open()
    const { ledger } = meshProcess
    const teller = createTeller()
    const fleet =
      wanted === undefined
        ? undefined
        : await ledger.read((db) => requireFleetOf(db, project, wanted))
    const start = await ledger.read(lastEvent)
    const past = await ledger.read(async (db) => {
      const ids = fleet
        ? [fleet.id]
        : (await fleetsOfProject(db, project, null, mostFleets)).map(({ id }) => id)
      return (await latestEvents(db, ids, values.limit ?? 50)).filter(({ seq }) => seq <= start)
    })
    const told = (row: EventRow) => ledger.read((db) => teller.tell(db, row))
    if (values.json && !values.follow)
      return printJson(terminal, {
        events: await mapInOrder(past, async (row) => eventJson(row, await told(row))),
      })
    const show = async (row: EventRow) =>
      print(
        terminal,
        values.json
          ? JSON.stringify(eventJson(row, await told(row)))
          : renderEvent(await told(row), { withFleet: !fleet }),
      )
    for (const row of past) await show(row)
    if (!values.follow) {
      if (past.length === 0) terminal.warn("Nothing has happened yet.")
      return
    }

    let seen = start
    const catchUp = async () => {
      for (;;) {
        const page = await ledger.read((db) => eventsSince(db, seen, fleet?.id, pageSize))
        for (const row of page) {
          seen = row.seq
          const isOurs =
            row.fleet_id !== null &&
            (await ledger.read((db) => teller.projectOf(db, row.fleet_id!))) === project
          if (isOurs) await show(row)
        }
        if (page.length < pageSize) return undefined
      }
    }
    await untilInterrupted(meshProcess.changes, terminal.interrupted, catchUp)
  },
})
