import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { MeshError } from "../../../mesh/model/errors.ts"
import { importAgentMesh, type Imported, importLines } from "../../../mesh/transfer/imports.ts"
import { defineCommand, flag, json } from "../../define/command.ts"
import { importOutputs } from "../../outputs/program.ts"
import { openImportFile } from "../../mesh/import-file.ts"
import { print, printJson, type Terminal } from "../../terminal/terminal.ts"

export const importCommand = defineCommand({
  name: "import",
  summary: "Take over an exported ledger, or one of agent-mesh, as a whole or not at all",
  usage: ["import <file> [--dry-run] [--grants] [--json]"],
  options: {
    "dry-run": flag("Check all of it, and import nothing"),
    grants: flag("Take over what you allowed there for more than one call"),
    json,
  },
  outputs: importOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [named] }, context) {
    const { terminal, now } = context
    const { meshProcess, project, directory, person, opencode } = await context.mesh()
    await context.refuseModels(meshProcess)
    const file = resolve(directory, named!)
    if (!existsSync(file))
      throw new MeshError(
        "INVALID_ARGUMENT",
        `There is no file ${file}.`,
        "Name one that is there.",
      )
    const options = { isDryRun: values["dry-run"] ?? false, withGrants: values.grants ?? false }
    const folder = mkdtempSync(join(tmpdir(), "meshfleet-import-"))
    try {
      const deps = { ledger: meshProcess.ledger, folder, now }
      const opened = await openImportFile(file, folder)
      const home = { project, directory, leadSession: person.sessionId, opencode }
      const imported =
        opened.kind === "meshfleet"
          ? await importLines(opened.lines, deps, options)
          : await importAgentMesh(opened.source, home, deps, options)
      if (values.json) printImported(terminal, imported)
      else print(terminal, render(imported, options.isDryRun))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
})

const printImported = (terminal: Terminal, imported: Imported | { importedAt: string }) =>
  "importedAt" in imported
    ? printJson(terminal, importOutputs.before, imported)
    : printJson(terminal, importOutputs.one, imported)

const render = (imported: Imported | { importedAt: string }, isDryRun: boolean) => {
  if ("importedAt" in imported)
    return `This ledger of agent-mesh was imported before, at ${imported.importedAt}. Nothing was changed.`
  const { counts, left, leftOut, interrupted, from } = imported
  const missing = { ...left, ...leftOut }
  return [
    `${isDryRun ? "Would import" : "Imported"} ${list(counts) || "nothing"}${from === "agent-mesh" ? " from agent-mesh" : ""}.`,
    ...(interrupted.length > 0
      ? [`Still running there, and ended here as failed (HOST_LOST): ${interrupted.join(", ")}.`]
      : []),
    ...(Object.keys(missing).length > 0 ? [`Left out: ${list(missing)}.`] : []),
    ...(left["grants"] ? ["--grants takes over what you allowed there."] : []),
    ...(isDryRun ? ["Nothing was changed."] : []),
  ].join("\n")
}

const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ")
