import { expect, test } from "bun:test"
import { slimSchema } from "../../../plugin/tools/define/slim-schema.ts"

test("what only a validator needs goes, what a model needs stays", () => {
  const schema = {
    $schema: "x",
    type: "object",
    additionalProperties: false,
    required: ["to"],
    properties: {
      to: { type: "string", minLength: 1, description: "who" },
      type: { type: "string", enum: ["a", "b"], default: "a" },
      many: {
        type: "array",
        minItems: 1,
        maxItems: 64,
        items: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      },
    },
  }
  const before = structuredClone(schema)
  expect(slimSchema(schema)).toEqual({
    type: "object",
    required: ["to"],
    properties: {
      to: { type: "string", description: "who" },
      type: { type: "string", enum: ["a", "b"] },
      many: { type: "array", maxItems: 64, items: { type: "integer", minimum: 1 } },
    },
  })
  expect(schema).toEqual(before)
})

test("an argument that is called like a keyword stays an argument", () => {
  const schema = {
    properties: { pattern: { type: "string" }, default: { type: "number", default: 3 } },
  }
  expect(slimSchema(schema)).toEqual({
    properties: { pattern: { type: "string" }, default: { type: "number" } },
  })
})
