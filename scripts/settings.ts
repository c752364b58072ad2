import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { configSchema } from "../plugin/mesh/model/config.ts"

const root = join(import.meta.dir, "..")

/** The JSON Schema that editors use for meshfleet.jsonc. */
export const renderSchema = () => {
  const schema = z.toJSONSchema(configSchema, { io: "input" }) as {
    properties: Record<string, unknown>
  }
  return `${JSON.stringify({ ...schema, properties: { $schema: { type: "string" }, ...schema.properties } }, null, 2)}\n`
}

/** The table of settings. */
export const renderTable = () => {
  const rows = Object.entries(configSchema.shape).map(([key, schema]) => {
    const parsed = (schema as z.ZodType).safeParse(undefined)
    const value =
      parsed.success && parsed.data !== undefined ? `\`${JSON.stringify(parsed.data)}\`` : ""
    return `| \`${key}\` | ${value} | ${(schema as z.ZodType).description ?? ""} |`
  })
  return ["| setting | default | meaning |", "| --- | --- | --- |", ...rows].join("\n")
}

/** Pages with the table in them. */
export const pagesWithTable = ["README.md", "docs/configuration.md"]

export const withTable = (page: string) =>
  page.replace(/(<!-- settings -->\n)[\s\S]*?(\n<!-- \/settings -->)/, `$1${renderTable()}$2`)

/** Writes all anew: `bun scripts/settings.ts` after a change of plugin/mesh/model/config.ts. */
if (import.meta.main) {
  writeFileSync(join(root, "meshfleet.schema.json"), renderSchema())
  for (const name of pagesWithTable) {
    const page = join(root, name)
    writeFileSync(page, withTable(readFileSync(page, "utf8")))
  }
}
