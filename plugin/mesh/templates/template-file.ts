import * as z from "zod"
import { errorText, MeshError } from "../model/errors.ts"
import { isRecord } from "../model/is-record.ts"
import { type Template, templateDraft, type TemplateDraft, templateVersion } from "./template.ts"

/** Says what a file is, and in which form; one that is changed so that this code misreads it gets a new number. */
const schema = "meshfleet.template/1"

const fileShape = z.strictObject({
  ...templateDraft.shape,
  schema: z.literal(schema),
  /** Which one was exported; importing makes one of its own. */
  version: templateVersion.optional(),
})

export const renderTemplateFile = ({ name, version, description, agents }: Template) =>
  `${JSON.stringify({ schema, name, version, description, agents }, null, 2)}\n`

/** `from` names the file in errors. */
export const parseTemplateFile = (text: string, from: string): TemplateDraft => {
  const value = parseJson(text, from)
  if (!isRecord(value) || typeof value["schema"] !== "string")
    throw wrong(`${from} is no template: it has no "schema"`)
  if (value["schema"] !== schema)
    throw wrong(
      `${from} has the schema ${JSON.stringify(value["schema"].slice(0, 60))}; this version of Meshfleet reads ${schema}`,
    )
  const parsed = fileShape.safeParse(value)
  if (parsed.success) {
    const { name, description, agents } = parsed.data
    return { name, description, agents }
  }
  const told = parsed.error.issues.slice(0, 3)
  throw wrong(told.map(({ path, message }) => `${from}: ${path.join(".")}: ${message}`).join("; "))
}

const parseJson = (text: string, from: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(`${from} is no JSON: ${errorText(error)}`)
  }
}

const wrong = (detail: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `${detail}.`,
    "Compare it with what meshfleet templates export writes; nothing was changed.",
  )
