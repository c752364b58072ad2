import { isoTime } from "../../mesh/model/limits/numbers.ts"
import type { StreamScope } from "../../mesh/streams/scope.ts"
import { curlFor } from "../../mesh/streams/streams.ts"
import { defineCommand, json, text } from "../define/command.ts"
import { streamOutputs } from "../outputs/events.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { findInbox } from "../mesh/read-inbox.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"

export const stream = defineCommand({
  name: "stream",
  summary: "Serve the project's events, or an agent's mail, to other programs until Ctrl-C",
  usage: ["stream [agent] [--fleet id] [--json]"],
  options: {
    fleet: text(
      "<fleet>",
      "The agent's fleet (default: the newest that has an agent of this name)",
    ),
    json,
  },
  outputs: streamOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [agent] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const { meshProcess, project } = await context.mesh()
    const { ledger, eventServer, changes } = meshProcess
    const scope = await ledger.read(async (db): Promise<StreamScope> => {
      const fleet =
        values.fleet === undefined ? undefined : await requireFleetOf(db, project, values.fleet)
      if (agent === undefined) return { kind: "project", project }
      return { kind: "inbox", recipient: (await findInbox(db, project, agent, fleet)).recipient }
    })
    const { url, tokenFile, expiresAt } = await eventServer.serve(scope)
    const told = { stream_url: url, token_file: tokenFile, expires_at: isoTime(expiresAt) }
    if (values.json) printJson(terminal, streamOutputs.line, told)
    else
      print(
        terminal,
        [
          `stream  ${told.stream_url}`,
          `token   ${told.token_file} (until ${told.expires_at})`,
          "",
          `read it with: ${curlFor(url, tokenFile)}`,
          "Serving until Ctrl-C.",
        ].join("\n"),
      )
    await untilInterrupted(changes, terminal.interrupted, async () => undefined)
  },
})
