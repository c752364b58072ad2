import { describe, expect, test } from "bun:test"
import {
  parseTemplateFile,
  renderTemplateFile,
} from "../../../plugin/mesh/templates/template-file.ts"
import { expectFailure } from "../support/errors.ts"
import { pair } from "../support/templates.ts"

const exported = () => renderTemplateFile({ ...pair, version: 3, owner: "project", savedAt: 1 })

test("what was exported comes back as it was, without its version", () => {
  expect(JSON.parse(exported())).toEqual({
    schema: "meshfleet.template/1",
    name: "pair",
    version: 3,
    description: "One writes, one reads.",
    agents: [...pair.agents],
  })
  expect(parseTemplateFile(exported(), "pair.json")).toEqual(pair)
})

test("a template needs neither a version nor a description", () => {
  const least = { schema: "meshfleet.template/1", name: "x", agents: [{ role: "a", prompt: "b" }] }
  expect(parseTemplateFile(JSON.stringify(least), "x.json")).toEqual({
    name: "x",
    description: undefined,
    agents: [{ role: "a", prompt: "b" }],
  })
})

describe("a file that is none is refused", () => {
  const changed = (changes: object) => JSON.stringify({ ...JSON.parse(exported()), ...changes })
  const cases: [string, string, ...string[]][] = [
    ["text", "hello", "x.json is no JSON"],
    ["a list", "[]", 'x.json is no template: it has no "schema"'],
    ["without a schema", changed({ schema: undefined }), 'it has no "schema"'],
    [
      "of a later schema",
      changed({ schema: "meshfleet.template/2" }),
      '"meshfleet.template/2"',
      "reads meshfleet.template/1",
    ],
    ["with a bad name", changed({ name: "../x" }), "x.json: name: 1 to 64"],
    ["with more", changed({ owner: "user" }), "owner"],
    ["without agents", changed({ agents: [] }), "x.json: agents"],
    ["with an agent that is none", changed({ agents: [{ role: "x" }] }), "agents.0.prompt"],
    ["with a bad version", changed({ version: 0 }), "version"],
  ]
  test.each(cases)("%s", async (_, text, ...named) => {
    await expectFailure(() => parseTemplateFile(text, "x.json"), "INVALID_ARGUMENT", ...named)
  })
})
