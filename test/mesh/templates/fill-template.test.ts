import { expect, test } from "bun:test"
import { fillTemplate, type Values } from "../../../plugin/mesh/templates/fill-template.ts"
import { expectFailure } from "../support/errors.ts"
import { pair } from "../support/templates.ts"

const template = {
  name: "release",
  agents: [
    {
      role: "{{area}} tester",
      prompt: "Test {{area}} in {{where}}.",
      name: "{{area}}-tester",
      agent: "{{who}}",
      model: "{{model}}",
      skills: ["{{area}}", "tests"],
      directory: "{{where}}/x",
      budget: { turns: 3 },
      waits: true,
      worktree: false,
    },
  ],
}
const values = { area: "login", where: "src", who: "code-reviewer", model: "fake/m1" }
const fails = (given: Values, ...named: string[]) =>
  expectFailure(() => fillTemplate(template, given), "INVALID_ARGUMENT", "variables: ", ...named)

test("every text of an agent is filled, and what is no text stays", () => {
  expect(fillTemplate(template, values)).toEqual([
    {
      role: "login tester",
      prompt: "Test login in src.",
      name: "login-tester",
      agent: "code-reviewer",
      model: "fake/m1",
      skills: ["login", "tests"],
      directory: "src/x",
      budget: { turns: 3 },
      waits: true,
      worktree: false,
    },
  ])
})

test("numbers and booleans are values like any other", () => {
  expect(fillTemplate(pair, { what: 3 })[0]!.prompt).toBe("Write 3.")
  expect(fillTemplate(pair, { what: false })[1]!.prompt).toBe("Read false.")
})

test("what is missing and what is not known is told at once, with all that there are", async () => {
  await fails(
    { area: "x", were: "src", colour: "red" },
    "the variables of release are area, where, who, model",
    "missing: where, who, model",
    "not known: were (did you mean where?), colour",
  )
  await expectFailure(
    () => fillTemplate({ name: "plain", agents: [{ role: "x", prompt: "y" }] }, { what: "x" }),
    "INVALID_ARGUMENT",
    "the variables of plain are none; not known: what",
  )
})

test("what every object has is no value", async () => {
  const odd = { name: "odd", agents: [{ role: "x", prompt: "{{constructor}} {{toString}}" }] }
  await expectFailure(
    () => fillTemplate(odd, {}),
    "INVALID_ARGUMENT",
    "missing: constructor, toString",
  )
})

test("values that fit nowhere are told by what they make of the agent", async () => {
  await fails({ ...values, area: "a\nb" }, "agents.0.role of release becomes", "one line")
  await fails({ ...values, area: "x".repeat(60) }, 'agents.0.name of release becomes "xxx', "40")
  await fails({ ...values, model: "gpt" }, 'agents.0.model of release becomes "gpt"')
  await fails({ ...values, who: "" }, 'agents.0.agent of release becomes ""')
})

test("few characters do not become gigabytes", async () => {
  const bomb = { name: "bomb", agents: [{ role: "x", prompt: "{{a}}".repeat(40_000) }] }
  await expectFailure(
    () => fillTemplate(bomb, { a: "x".repeat(200_000) }),
    "INVALID_ARGUMENT",
    "agents.0.prompt of bomb would have 8000000000 characters; the limit is 200000",
  )
})
