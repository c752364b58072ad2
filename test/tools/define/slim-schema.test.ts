import { expect, test } from "bun:test"
import { slimForMember, slimSchema } from "../../../plugin/tools/define/slim-schema.ts"

test("nobody is told of a limit that is right by itself, nor of fields that are not there", () => {
  expect(
    slimSchema({
      type: "object",
      properties: { limit: { type: "integer" }, any: { type: "object", properties: {} } },
    }),
  ).toEqual({ type: "object", properties: { any: { type: "object" } } })
})

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
      most: { type: "integer", minimum: 1, maximum: 100 },
    },
  }
  const before = structuredClone(schema)
  expect(slimSchema(schema)).toEqual({
    type: "object",
    required: ["to"],
    properties: {
      to: { type: "string", description: "who" },
      type: { type: "string", enum: ["a", "b"] },
      many: { type: "array", items: { type: "integer" } },
      most: { type: "integer", maximum: 100 },
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

test("a member is not told of arguments that have one value for it, unless a call needs them", () => {
  const text = { type: "string" }
  const schema = {
    type: "object",
    properties: { fleet_id: text, from_agent_id: text, agent_id: text, payload: text },
    required: ["agent_id", "payload"],
  }
  expect(slimForMember(schema)).toEqual({
    type: "object",
    properties: { agent_id: text, payload: text },
    required: ["agent_id", "payload"],
  })
})
