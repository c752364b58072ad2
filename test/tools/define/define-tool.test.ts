import { describe, expect, test } from "bun:test"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { defineTool, fit, z } from "../../../plugin/tools/define/define-tool.ts"
import { session } from "../../mesh/support/callers.ts"
import { expectFailure, failureOf } from "../../mesh/support/errors.ts"

const call = { signal: new AbortController().signal, progress: () => undefined }
const fields = {
  text: "as given",
  count: "as given",
  payload: "as given",
  inner: { limit: "as given", list: [{ name: "as given" }] },
} as const
const echo = defineTool({
  description: " Says it again. \n",
  args: {
    text: z.string().min(1).max(5),
    count: z.number().int().min(1).max(3).default(2),
    payload: z.record(z.string(), z.unknown()).optional(),
    inner: z
      .strictObject({
        limit: z.number().optional(),
        list: z.array(z.strictObject({ name: z.string().optional() })).optional(),
      })
      .optional(),
  },
  help: fields,
  answer: fields,
  execute: async (args) => ({ title: "echo", result: args }),
})
const run = async (args: unknown) =>
  JSON.parse((await echo.run(args, session("s"), call)).output) as unknown

describe("arguments", () => {
  test("are parsed: defaults hold, and null means left out, at any depth but in a payload", async () => {
    expect(await run({ text: "a" })).toEqual({ text: "a", count: 2 })
    expect(
      await run({
        text: "a",
        count: null,
        inner: { limit: null, list: [{ name: null }] },
        payload: { kept: null },
      }),
    ).toEqual({
      text: "a",
      count: 2,
      inner: { list: [{}] },
      payload: { kept: null },
    })
  })

  test("that are wrong are named with path, value and limit, and nothing is run", async () => {
    const table: [unknown, string[]][] = [
      [{ text: "too long" }, ["text", "5", '"too long"']],
      [{}, ["text", "it is missing"]],
      [{ text: "" }, ["text", "1", '""']],
      [{ text: "a", count: 4 }, ["count", "3", "got 4"]],
      [{ text: "a", count: "two" }, ["count", "number", 'got "two"']],
      [{ text: "a", inner: { list: [{}, { name: 7 }] } }, ["inner.list.1.name", "got 7"]],
      [{ text: "a", colour: "red" }, ["colour", "text, count, payload, inner"]],
      [{ txt: "a" }, ["text: expected text; it is missing", "did you mean text?"]],
      [{ text: "a", inner: 5 }, ["inner: expected an object {limit?, list?}, such as {}", "got 5"]],
      [{ text: null }, ["text"]],
      [undefined, ["arguments"]],
      ["text", ["arguments"]],
    ]
    for (const [args, named] of table)
      await expectFailure(() => run(args), "INVALID_ARGUMENT", ...named)
  })
})

describe("answers", () => {
  const answer = (result: Record<string, unknown>) => JSON.parse(fit(result)) as Record<string, any>

  test("are compact JSON, whole when they fit", () => {
    expect(fit({ a: [1, "é"] })).toBe('{"a":[1,"é"]}')
  })

  test("that are too long have their long texts shortened, and say how long they were", () => {
    const results = [
      { name: "short", output: "x" },
      { name: "long", output: "y".repeat(200_000) },
    ]
    const told = answer({ results })
    expect(told["results"][0]).toEqual({ name: "short", output: "x" })
    expect(told["results"][1]).toMatchObject({ name: "long", truncated: true, chars: 200_000 })
    expect(told["results"][1].output.length).toBeGreaterThan(10_000)
  })

  test("are always parsable and at most 45,000 bytes", () => {
    const texts = ["x", "é", "船", "👩‍🚀", '"\\\n', "\ud800"]
    for (const text of texts)
      for (const count of [1, 5, 64, 1000]) {
        const output = fit({
          results: Array.from({ length: count }, (_, at) => ({
            at,
            output: text.repeat(100_000 / count + 40),
          })),
        })
        expect(Buffer.byteLength(output)).toBeLessThanOrEqual(45_000)
        expect(() => JSON.parse(output)).not.toThrow()
      }
  })

  test("with too many items say to ask for less", () => {
    expect(answer({ ids: Array.from({ length: 20_000 }, (_, at) => at) })).toMatchObject({
      truncated: true,
      next: expect.stringContaining("Ask for less"),
    })
  })
})

describe("failures", () => {
  const failing = (error: unknown) =>
    defineTool({
      description: "x",
      args: {},
      help: {},
      answer: {},
      execute: async () => {
        throw error
      },
    }).run({}, session("s"), call)

  test("that are expected reach the model as they are", async () => {
    const refusal = new MeshError("NO_FLEET", "none", "Spawn one first.")
    expect(await failureOf(() => failing(refusal))).toBe(refusal)
  })

  test("that are not become INTERNAL and keep their cause", async () => {
    const defect = new TypeError("x is undefined")
    const error = await expectFailure(() => failing(defect), "INTERNAL", "x is undefined")
    expect(error.cause).toBe(defect)
    await expectFailure(() => failing("a string"), "INTERNAL", "a string")
  })
})

test("a description is trimmed", () => {
  expect(echo.description).toBe("Says it again.")
})
