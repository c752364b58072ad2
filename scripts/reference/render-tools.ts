import * as z from "zod"
import type { MeshTool } from "../../plugin/tools/define/define-tool.ts"
import { oneLine } from "../../plugin/mesh/model/limits/texts.ts"
import type { Fields } from "../../plugin/tools/define/fields.ts"
import type { ErrorSite } from "./error-sites.ts"

export interface DocumentedTool {
  name: string
  tool: Pick<MeshTool, "description" | "args" | "help" | "answer">
  /** Who sees it, in words. */
  seenBy: string
  errors: readonly ErrorSite[]
}

interface Schema {
  type?: string | string[]
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
}

export const renderTool = ({ name, tool, seenBy, errors }: DocumentedTool) => {
  const schema = z.toJSONSchema(z.strictObject(tool.args), { io: "input" }) as Schema
  return [
    `## ${name}`,
    "",
    `${tool.description} ${seenBy}`,
    "",
    ...(Object.keys(schema.properties ?? {}).length > 0
      ? [
          "| argument | type | meaning |",
          "| --- | --- | --- |",
          ...rows(schema, tool.help).map((row) => `| ${row.join(" | ")} |`),
          "",
        ]
      : []),
    "| answer | meaning |",
    "| --- | --- |",
    ...answerRows(tool.answer).map((row) => `| ${row.join(" | ")} |`),
    "",
    ...renderErrors(errors),
  ].join("\n")
}

export const renderErrors = (errors: readonly ErrorSite[]) =>
  errors.length === 0
    ? []
    : [
        "| error | says | next step |",
        "| --- | --- | --- |",
        ...[...errors]
          .toSorted((a, b) => a.code.localeCompare(b.code) || a.detail.localeCompare(b.detail))
          .map(
            ({ code, detail, next }) =>
              `| \`${code}\` | ${cell(escaped(detail))} | ${cell(escaped(next))} |`,
          ),
        "",
      ]

const escaped = (text: string) => text.replaceAll("*", "\\*").replaceAll("<", "&lt;")
const cell = (text: string) => text.replaceAll("|", "\\|")

/** Nested fields follow their parent: `agents[].role`. */
const rows = (schema: Schema, help: Fields, prefix = ""): string[][] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const about = help[name]
    const path = `${prefix}${name}`
    const isRequired = schema.required?.includes(name) && property.default === undefined
    const own = [
      `\`${path}\`${isRequired ? "" : "?"}`,
      `${typeOf(property)}${property.default === undefined ? "" : `; default \`${String(property.default)}\``}`,
      typeof about === "string" ? about : "",
    ]
    if (typeof about === "object")
      return Array.isArray(about)
        ? [own, ...rows(property.items!, about[0] as Fields, `${path}[].`)]
        : [own, ...rows(property, about as Fields, `${path}.`)]
    return [own]
  })

const typeOf = (schema: Schema): string => {
  if (schema.enum) return schema.enum.map((each) => `\`${String(each)}\``).join(", ")
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ")
  if (schema.items) return listOf(schema, schema.items)
  if (Object.keys(schema.properties ?? {}).length > 0)
    return Object.entries(schema.properties!)
      .map(([name, each]) => `\`${name}\` (${typeOf(each)})`)
      .join(", ")
  if (schema.type === "string") return stringOf(schema)
  if (schema.type === "integer" || schema.type === "number") return numberOf(schema)
  return String(schema.type)
}

const listOf = ({ minItems, maxItems }: Schema, items: Schema) => {
  const counted = [
    minItems === undefined ? "" : minItems.toLocaleString("en-US"),
    maxItems === undefined ? "" : maxItems.toLocaleString("en-US"),
  ]
  const size = counted[0] ? ` of ${counted[0]} to ${counted[1]}` : ` of up to ${counted[1]}`
  return `list${counted[1] ? size : ""}${items.properties ? "" : `: ${typeOf(items)}`}`
}

const stringOf = ({ pattern, maxLength }: Schema) => {
  if (pattern === oneLine.source) return `one line of up to ${maxLength} characters`
  if (pattern) return `string matching \`${cell(pattern)}\``
  return maxLength ? `string of up to ${maxLength.toLocaleString("en-US")} characters` : "string"
}

const numberOf = ({ type, minimum, exclusiveMinimum, maximum }: Schema) => {
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  const limit = most === undefined ? "" : `, at most ${most.toLocaleString("en-US")}`
  if (exclusiveMinimum === 0) return `${type} above 0${limit}`
  if (minimum !== undefined && most !== undefined)
    return `${type} from ${minimum} to ${most.toLocaleString("en-US")}`
  return minimum === undefined ? String(type) : `${type} from ${minimum}`
}

const answerRows = (fields: Fields, prefix = ""): string[][] =>
  Object.entries(fields).flatMap(([name, about]) => {
    const path = `${prefix}${name}`
    if (typeof about === "string") return [[`\`${path}\``, about]]
    return Array.isArray(about)
      ? answerRows(about[0] as Fields, `${path}[].`)
      : answerRows(about as Fields, `${path}.`)
  })
