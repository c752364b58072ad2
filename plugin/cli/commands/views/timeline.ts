import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { errorText } from "../../../mesh/model/errors.ts"
import { count, defineCommand, json, text } from "../../define/command.ts"
import { timelineOutputs } from "../../outputs/fleets.ts"
import { UsageError } from "../../define/usage-error.ts"
import { requireFleetOf } from "../../mesh/pick-fleet.ts"
import { readTimeline } from "../../mesh/read-timeline.ts"
import { renderTimeline } from "../../render/render-timeline.ts"
import { renderTimelinePage } from "../../render/timeline-page.ts"
import { print, printJson } from "../../terminal/terminal.ts"

export const timeline = defineCommand({
  name: "timeline",
  summary: "Show who talked to whom, and when; --html writes a page that replays the fleet",
  usage: ["timeline <fleet> [--html file] [--json]"],
  options: {
    html: text("<file>", "Write one self-contained page into this new file"),
    limit: count("Show this many of the newest entries (1000)", 20_000),
    json,
  },
  outputs: timelineOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [wanted] }, { mesh: open, terminal, now }) {
    const { meshProcess, project } = await open()
    const told = await meshProcess.ledger.read(async (db) =>
      readTimeline(db, await requireFleetOf(db, project, wanted!), values.limit ?? 1000),
    )
    if (values.html !== undefined) {
      write(resolve(values.html), renderTimelinePage(told, now()))
      if (values.json)
        return printJson(terminal, timelineOutputs.page, { ...told, html: resolve(values.html) })
      return print(
        terminal,
        `${told.fleet.name}: ${told.entries.length} entries are in ${values.html}.`,
      )
    }
    if (values.json) return printJson(terminal, timelineOutputs.one, told)
    terminal.paint(renderTimeline(told, terminal.columns()))
  },
})

/** What is there stays there. */
const write = (file: string, content: string) => {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 })
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${errorText(error)}.`,
      "meshfleet timeline <fleet> --html <new file>",
    )
  }
}
