import { defineCommand, json, text } from "../define/command.ts"
import { grantsOutputs } from "../outputs/people.ts"
import { renderDuration } from "../render/render-duration.ts"
import { renderTable } from "../render/render-table.ts"
import { oneLine } from "../render/render-text.ts"
import { titled } from "../render/styled.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const grants = defineCommand({
  name: "grants",
  summary: "List what you granted for more than one call, or revoke a grant",
  usage: ["grants [--revoke grant] [--json]"],
  options: { revoke: text("<grant>", "Revoke this grant; agents have to ask again"), json },
  outputs: grantsOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { terminal, now } = context
    const { meshProcess, person } = await context.mesh()
    if (values.revoke !== undefined) {
      await context.refuseModels(meshProcess)
      const revoked = await meshProcess.questions.revoke(person, values.revoke)
      if (values.json) return printJson(terminal, grantsOutputs.revoked, { revoked })
      return print(
        terminal,
        `${revoked.grant_id}: ${oneLine(revoked.permission)} ${oneLine(revoked.pattern)} is asked again`,
      )
    }
    const granted = await meshProcess.questions.grants(person)
    if (values.json) return printJson(terminal, grantsOutputs.all, { grants: granted })
    if (granted.length === 0) return print(terminal, "Nothing is granted for more than one call.")
    const rows = granted.map((grant) => [
      grant.grant_id,
      grant.fleet_id ?? "this project",
      grant.permission,
      grant.pattern,
      grant.exact ? "exactly" : "pattern",
      `${renderDuration(now() - Date.parse(grant.granted_at))} ago`,
    ])
    terminal.paint(titled(renderTable(columns, rows, terminal.columns())))
  },
})

const columns = ["GRANT", "FOR", "PERMISSION", "WHAT", "MATCHES", "GIVEN"].map((title) => ({
  title,
}))
