import * as z from "zod"
import { MeshError } from "../../mesh/model/errors.ts"
import { nearNames } from "../../mesh/specialists/near-names.ts"
import { example, expected } from "./expected.ts"
import { innerOf, itemOf, shapeOf } from "./understand.ts"

/** A model that is told all at once corrects all at once. */
const mostIssues = 3

/** What is wrong with a call: where, what was expected there with an example, and what came. */
export const invalid = (schema: z.core.$ZodType, error: z.ZodError, args: unknown): MeshError =>
  new MeshError(
    "INVALID_ARGUMENT",
    error.issues
      .slice(0, mostIssues)
      .map((issue) => describe(schema, issue, args))
      .join(" "),
    "Correct this and call again; nothing was changed.",
  )

const describe = (schema: z.core.$ZodType, issue: z.core.$ZodIssue, args: unknown) => {
  const path = issue.path.join(".") || "arguments"
  const wanted = schemaAt(schema, issue.path)
  if (issue.code === "unrecognized_keys") return `${path}: ${unknownKeys(issue.keys, wanted)}.`
  const value = issue.path.reduce<unknown>(
    (current, key) => (current as Record<PropertyKey, unknown> | undefined)?.[key],
    args,
  )
  return `${path}: ${whatIsWrong(issue, wanted)}; ${shown(value)}.`
}

/** A wrong form is told by the right one; a value beyond its limit by the limit. */
const whatIsWrong = (issue: z.core.$ZodIssue, wanted: z.core.$ZodType | undefined) => {
  const isForm = ["invalid_type", "invalid_union", "invalid_value"].includes(issue.code)
  if (!isForm || !wanted) return issue.message
  const form = `expected ${expected(wanted)}`
  const isPlain = ["string", "number", "boolean", "enum"].includes(bare(wanted)._zod.def.type)
  return isPlain ? form : `${form}, such as ${JSON.stringify(example(wanted))}`
}

const unknownKeys = (keys: readonly string[], wanted: z.core.$ZodType | undefined) => {
  const known = wanted && bare(wanted)._zod.def.type === "object" ? shapeOf(bare(wanted)) : {}
  const names = Object.keys(known).map((name) => ({ agent: name, names: [name] }))
  return keys
    .map((key) => {
      const near = nearNames(key, names, 1)[0]
      return near
        ? `"${key}" is not known (did you mean ${near}?)`
        : `"${key}" is not known (there are ${Object.keys(known).join(", ") || "none"})`
    })
    .join(", ")
}

const shown = (value: unknown) =>
  value === undefined
    ? "it is missing"
    : `got ${(JSON.stringify(value) ?? String(value)).slice(0, 80).toWellFormed()}`

const bare = (schema: z.core.$ZodType): z.core.$ZodType =>
  ["optional", "default", "nullable"].includes(schema._zod.def.type)
    ? bare(innerOf(schema))
    : schema

const schemaAt = (
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined => {
  let at: z.core.$ZodType | undefined = schema
  for (const key of path) {
    at = at && bare(at)
    if (at?._zod.def.type === "array") at = itemOf(at)
    else if (at?._zod.def.type === "object") at = shapeOf(at)[String(key)]
    else return undefined
  }
  return at
}
