import { beforeEach, describe, expect, test } from "bun:test"
import { createSetup } from "../../plugin/opencode/opencode-2.ts"
import plugin from "../../plugin/meshfleet.ts"

interface Command {
  name: string
  description: string
  execute: () => Promise<void>
}
let printed: string[]
let due: (() => void)[]
let state: { served: boolean; noticed: boolean }
let setup: ReturnType<typeof createSetup>
beforeEach(() => {
  printed = []
  due = []
  state = { served: false, noticed: false }
  setup = createSetup(
    state,
    (line) => void printed.push(line),
    (step) => void due.push(step),
  )
})

const notice = (version: string) =>
  `Meshfleet is off: this version runs in OpenCode 1.18, and this is OpenCode ${version}. Use OpenCode 1.18 for fleets (npm install -g opencode-ai@1.18), or check whether a newer opencode-meshfleet supports yours.`

test("the plugin has an entry for either OpenCode", () => {
  expect(plugin).toEqual({
    id: "meshfleet",
    server: expect.any(Function),
    setup: expect.any(Function),
  })
})

describe("OpenCode 2", () => {
  test("is told once what this version runs in, and what to do", async () => {
    await setup({ app: { version: "2.0.7" } })
    await setup({ app: { version: "2.0.7" } })
    for (const step of due) step()
    expect(printed).toEqual([notice("2.0.7")])
  })

  test("has the notice as /fleet, in every folder", async () => {
    const commands: Command[] = []
    const context = {
      app: { version: "2.0.7" },
      command: {
        transform: async (edit: (editor: { add: (command: Command) => void }) => void) =>
          edit({ add: (command) => void commands.push(command) }),
      },
    }
    await setup(context)
    await setup(context)
    expect(commands.map(({ name, description }) => ({ name, description }))).toEqual([
      { name: "fleet", description: notice("2.0.7") },
      { name: "fleet", description: notice("2.0.7") },
    ])
    await expect(commands[0]!.execute()).rejects.toThrow(notice("2.0.7"))
  })

  const strange: [string, unknown][] = [
    ["no context", undefined],
    ["null", null],
    ["a text", "2"],
    ["nothing of what we know", {}],
    ["a version that is no text", { app: { version: 2 } }],
    ["commands that are no object", { command: null }],
    ["a transform that is no function", { command: { transform: 7 } }],
    ["a transform that throws", { command: { transform: () => fail() } }],
    ["a transform that rejects", { command: { transform: async () => fail() } }],
    [
      "an editor without add",
      { command: { transform: (edit: (editor: object) => void) => edit({}) } },
    ],
    ["no editor", { command: { transform: (edit: (editor: unknown) => void) => edit(undefined) } }],
  ]
  const fail = () => {
    throw new Error("not here")
  }
  for (const [what, context] of strange)
    test(`with ${what} is told too, and nothing is thrown`, async () => {
      expect(await setup(context)).toBeUndefined()
      for (const step of due) step()
      expect(printed).toEqual([notice("2")])
    })

  test("is not troubled by an output that is closed", async () => {
    const broken = createSetup(state, fail, (step) => step())
    expect(await broken({})).toBeUndefined()
  })
})

describe("OpenCode 1.18, which calls that too for its preview of version 2", () => {
  test("hears nothing of it once it has called what is for itself", async () => {
    state.served = true
    const commands: Command[] = []
    await setup({
      command: { transform: (edit: (editor: object) => void) => edit({ add: commands.push }) },
    })
    expect([commands, due]).toEqual([[], []])
  })

  test("nor when it calls that a moment later", async () => {
    await setup({})
    state.served = true
    for (const step of due) step()
    expect(printed).toEqual([])
  })
})
