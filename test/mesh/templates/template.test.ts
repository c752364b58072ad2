import { expect, test } from "bun:test"
import {
  summarizeTemplate,
  templateAgents,
  variablesOf,
} from "../../../plugin/mesh/templates/template.ts"
import { pair } from "../support/templates.ts"

const problems = (agent: object) =>
  templateAgents
    .safeParse([{ role: "x", prompt: "y", ...agent }])
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)

test("variables may stand in every text of an agent", () => {
  const agent = {
    role: "{{a}}",
    prompt: "{{b}}",
    agent: "{{c}}",
    name: "{{d}}",
    model: "{{e}}",
    skills: ["{{f}}"],
    directory: "{{g}}",
  }
  expect(problems(agent)).toBeUndefined()
  expect(problems({ model: "{{provider}}/{{model}}" })).toBeUndefined()
  expect(variablesOf({ agents: [agent] })).toEqual(["a", "b", "c", "d", "e", "f", "g"])
})

test("what no value could mend is refused when it is saved", () => {
  expect(problems({ role: "{{a}}\n" })).toEqual(["0.role: one line of printable characters"])
  expect(problems({ name: "{{a}}!" })).toEqual(["0.name: 1 to 40 letters, digits, - _ or ."])
  expect(problems({ model: "{{a}} b" })).toEqual(["0.model: written provider/model"])
  expect(problems({ waits: "{{a}}" })).toHaveLength(1)
})

test("a summary has no prompts, and says whose a template is", () => {
  expect(
    summarizeTemplate({ ...pair, version: 1, owner: "meshfleet", savedAt: undefined }),
  ).toEqual({
    name: "pair",
    version: 1,
    description: "One writes, one reads.",
    source: "bundled",
    variables: ["what"],
    agents: [{ role: "Writer" }, { role: "Reader" }],
  })
  expect(summarizeTemplate({ ...pair, version: 2, owner: "project", savedAt: 0 })).toMatchObject({
    source: "saved",
    owner: "project",
    saved_at: "1970-01-01T00:00:00.000Z",
  })
})
