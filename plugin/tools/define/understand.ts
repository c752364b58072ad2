import { isRecord } from "../../mesh/model/is-record.ts"
import * as z from "zod"

/**
 * Arguments as models write them, brought into the form that the schema asks for wherever they have
 * one meaning: a list or an object written as JSON text, one item where a list is wanted, numbers and
 * booleans as text, names of a list in another spelling. What has none is left for the parser to
 * refuse.
 */
export const understand = (schema: z.core.$ZodType, value: unknown): unknown => {
  const { def } = (schema as z.ZodType)._zod
  switch (def.type) {
    case "optional":
    case "default":
    case "nullable":
      return value === undefined ? value : understand(innerOf(schema), value)
    case "number":
      return typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value)
        ? Number(value)
        : value
    case "boolean":
      return typeof value === "string" ? (booleans.get(value.trim().toLowerCase()) ?? value) : value
    case "enum":
      return typeof value === "string" ? (namedBy(schema, value) ?? value) : value
    case "array":
      return understandList(schema, value)
    case "object":
      return understandObject(schema, value)
    case "record":
      return understandRecord(schema, value)
    default:
      return value
  }
}

const booleans = new Map([
  ["true", true],
  ["false", false],
])

export const innerOf = (schema: z.core.$ZodType) =>
  (schema as z.core.$ZodOptional)._zod.def.innerType

export const itemOf = (schema: z.core.$ZodType) => (schema as z.core.$ZodArray)._zod.def.element

export const shapeOf = (schema: z.core.$ZodType) => (schema as z.core.$ZodObject)._zod.def.shape

export const choicesOf = (schema: z.core.$ZodType) =>
  Object.values((schema as z.core.$ZodEnum)._zod.def.entries).map(String)

/** "Request-Help" is request_help. */
const namedBy = (schema: z.core.$ZodType, text: string) => {
  const normal = (name: string) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_")
  return choicesOf(schema).find((choice) => normal(choice) === normal(text))
}

const understandList = (schema: z.core.$ZodType, value: unknown): unknown => {
  if (value === undefined || value === null) return value
  const item = itemOf(schema)
  const list = listOf(item, value)
  return Array.isArray(list) ? list.map((each) => understand(item, each)) : list
}

const listOf = (item: z.core.$ZodType, value: unknown): unknown => {
  if (Array.isArray(value)) return value
  const { type } = item._zod.def
  if (type === "object") {
    const read = typeof value === "string" ? parseJson(value) : value
    if (Array.isArray(read)) return read
    return isRecord(read) ? [read] : value
  }
  if (type === "string" && typeof value === "string") {
    const read = /^\s*\[/.test(value) ? parseJson(value) : undefined
    if (Array.isArray(read)) return read
    // No id, name, skill or keyword of ours has a comma in it.
    return value
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "")
  }
  return value
}

const understandObject = (schema: z.core.$ZodType, value: unknown): unknown => {
  const read = typeof value === "string" ? (parseJson(value) ?? value) : value
  if (!isRecord(read)) return value
  const shape = shapeOf(schema)
  return Object.fromEntries(
    Object.entries(read).map(([key, each]) => [
      key,
      Object.hasOwn(shape, key) ? understand(shape[key]!, each) : each,
    ]),
  )
}

const understandRecord = (schema: z.core.$ZodType, value: unknown): unknown => {
  const read = typeof value === "string" ? (parseJson(value) ?? value) : value
  if (!isRecord(read)) return value
  const { valueType } = (schema as z.core.$ZodRecord)._zod.def
  return Object.fromEntries(
    Object.entries(read).map(([key, each]) => [key, understand(valueType, each)]),
  )
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
