import { describe, expect, test } from "bun:test"
import { type Given, readAnswer } from "../../../plugin/mesh/questions/answer.ts"
import { expectFailure } from "../support/errors.ts"

const permission = { id: "ask_1", kind: "permission" as const, request: "{}" }
const options = ["Postgres", "SQLite", "3"].map((label) => ({ label, description: "" }))
const asking = (...more: object[]) => ({
  id: "ask_2",
  kind: "question" as const,
  request: JSON.stringify({
    questions: more.map((each) => ({ question: "Which?", header: "", options, ...each })),
  }),
})
const read = (question: Parameters<typeof readAnswer>[0], given: Partial<Given>) =>
  readAnswer(question, { words: [], ...given })
const refused = (question: Parameters<typeof readAnswer>[0], given: Partial<Given>, said: string) =>
  expectFailure(() => read(question, given), "INVALID_ARGUMENT", said)

describe("for a permission", () => {
  test("one of four words is an answer, and only a rejection has a reason", () => {
    for (const answer of ["once", "fleet", "always"])
      expect(read(permission, { words: [answer] })).toEqual({ answer, reason: null })
    expect(read(permission, { words: ["reject"], reason: "Not on Friday." })).toEqual({
      answer: "reject",
      reason: "Not on Friday.",
    })
    expect(read(permission, { words: ["reject"] }).reason).toBe(
      "The user rejected it. Go on without it, or report what you could not do.",
    )
  })

  test("anything else is refused with what would be one", async () => {
    const { next } = await refused(permission, { words: ["yes"] }, '"yes" is no answer')
    expect(next).toBe("Answer with one of once, fleet, always, reject.")
    await refused(permission, { words: [] }, "is no answer")
    await refused(permission, { words: ["once", "fleet"] }, '"once fleet"')
    await refused(permission, { text: "sure" }, '"sure"')
    await refused(permission, { words: ["once"], reason: "why" }, "not with once")
  })
})

describe("for a question", () => {
  const choice = (question: ReturnType<typeof asking>, ...words: string[]) =>
    JSON.parse(read(question, { words }).answer)

  test("an option is named by its label in any case, or by its number", () => {
    expect(choice(asking({}), "postgres")).toEqual([["Postgres"]])
    expect(choice(asking({}), "2")).toEqual([["SQLite"]])
    expect(choice(asking({}), "3")).toEqual([["3"]])
  })

  test("several options are several words, or one with commas", () => {
    expect(choice(asking({ multiple: true }), "1", "SQLite")).toEqual([["Postgres", "SQLite"]])
    expect(choice(asking({ multiple: true }), "1, 2")).toEqual([["Postgres", "SQLite"]])
  })

  test("several questions take one answer each, or one text for all", () => {
    expect(choice(asking({}, { multiple: true }), "1", "1,2")).toEqual([
      ["Postgres"],
      ["Postgres", "SQLite"],
    ])
    expect(JSON.parse(read(asking({}, {}), { text: "As you like." }).answer)).toEqual([
      ["As you like."],
      ["As you like."],
    ])
  })

  test("it is rejected like a permission", () => {
    expect(read(asking({}), { words: ["reject"], reason: "You decide." })).toEqual({
      answer: "reject",
      reason: "You decide.",
    })
  })

  test("what fits no option is refused, and never taken for a text", async () => {
    const { next } = await refused(asking({}), { words: ["Oracle"] }, '"Oracle" is no option')
    expect(next).toBe('Choose 1 "Postgres", 2 "SQLite", 3 "3", or give a text.')
    await refused(asking({}), { words: [] }, "0 answers were given")
    await refused(asking({}, {}), { words: ["1"] }, "asks 2 questions; 1 answers")
    await refused(asking({}), { words: ["1", "2"] }, "takes one option; 2 were given")
    await refused(asking({}), { words: ["1"], text: "or so" }, "not both")
    await refused(asking({ custom: false }), { text: "or so" }, "takes only its options")
    await refused(asking({}), { words: ["1"], reason: "why" }, "A reason goes with reject")
  })
})
