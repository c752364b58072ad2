import { count, defineCommand, flag, json, text } from "../define/command.ts"
import { inboxOutputs } from "../outputs/mail.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { findInbox, peekInbox } from "../mesh/read-inbox.ts"
import { renderInbox } from "../render/render-inbox.ts"
import { headed } from "../render/styled.ts"
import { printJson } from "../terminal/terminal.ts"

export const inbox = defineCommand({
  name: "inbox",
  summary: "Show an agent's mail; marks nothing as seen",
  usage: ["inbox <agent> [--fleet id] [--json]"],
  options: {
    fleet: text(
      "<fleet>",
      "The agent's fleet (default: the newest that has an agent of this name)",
    ),
    all: flag("Include acknowledged messages"),
    limit: count("Show at most this many messages (20)", 1000),
    json,
  },
  outputs: inboxOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [agent] }, { mesh: open, terminal, now }) {
    const { meshProcess, project } = await open()
    const peek = await meshProcess.ledger.read(async (db) => {
      const fleet =
        values.fleet === undefined ? undefined : await requireFleetOf(db, project, values.fleet)
      const found = await findInbox(db, project, agent!, fleet)
      return peekInbox(db, found, { all: values.all ?? false, limit: values.limit ?? 20 })
    })
    if (values.json) printJson(terminal, inboxOutputs.one, peek)
    else terminal.paint(headed(renderInbox(peek, now())))
  },
})
