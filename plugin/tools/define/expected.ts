import * as z from "zod"
import { choicesOf, innerOf, itemOf, shapeOf } from "./understand.ts"

/** What an argument may be, in the words of an error: `a list of objects {role, prompt, agent?}`. */
export const expected = (schema: z.core.$ZodType): string => {
  const { def } = (schema as z.ZodType)._zod
  switch (def.type) {
    case "optional":
    case "default":
    case "nullable":
      return expected(innerOf(schema))
    case "string":
      return "text"
    case "number":
      return "a number"
    case "boolean":
      return "true or false"
    case "enum":
      return `one of ${choicesOf(schema).join(", ")}`
    case "array":
      return `a list of ${plural(itemOf(schema))}`
    case "object":
      return Object.keys(shapeOf(schema)).length > 0 ? `an object ${keysOf(schema)}` : "an object"
    case "union":
      return (def as z.core.$ZodUnionDef).options.map(expected).join(" or ")
    case "record":
      return "an object"
    default:
      return def.type
  }
}

/** The shortest value that would do, as JSON: what a model copies is worth more than a rule. */
export const example = (schema: z.core.$ZodType): unknown => {
  const { def } = (schema as z.ZodType)._zod
  switch (def.type) {
    case "optional":
    case "default":
    case "nullable":
      return example(innerOf(schema))
    case "number":
      return 60
    case "boolean":
      return true
    case "enum":
      return choicesOf(schema)[0]
    case "array":
      return [example(itemOf(schema))]
    case "object": {
      const required = Object.entries(shapeOf(schema)).filter(([, each]) => !isOptional(each))
      return Object.fromEntries(required.map(([key, each]) => [key, example(each)]))
    }
    case "union":
      return example((def as z.core.$ZodUnionDef).options[0]!)
    default:
      return "…"
  }
}

const plural = (schema: z.core.$ZodType) => {
  const { type } = schema._zod.def
  if (type === "object") return `objects ${keysOf(schema)}`
  return type === "string" ? "texts" : expected(schema)
}

const keysOf = (schema: z.core.$ZodType) =>
  `{${Object.entries(shapeOf(schema))
    .map(([key, each]) => (isOptional(each) ? `${key}?` : key))
    .join(", ")}}`

const isOptional = (schema: z.core.$ZodType) =>
  ["optional", "default"].includes(schema._zod.def.type)
