import { afterEach, beforeEach, expect, test } from "bun:test"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"
import { member, session } from "../support/callers.ts"
import { draft } from "../support/draft.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let asked: string[][]
let answer: () => Promise<void>

beforeEach(async () => {
  mesh = await createMesh()
  asked = []
  answer = async () => undefined
})
afterEach(() => mesh.end())

const external = (action: Rule["action"], pattern = "*"): Rule => ({
  permission: "external_directory",
  pattern,
  action,
})
const may = (caller: Caller, ...rules: Rule[]): Caller => ({
  ...caller,
  rights: {
    rules,
    async ask(permission, patterns) {
      asked.push([permission, ...patterns])
      await answer()
    },
  },
})
const lead = session("ses_lead")
const spawn = (caller: Caller, ...directories: string[]) =>
  mesh.fleets.spawn(caller, {
    agents: directories.map((directory, index) => draft(`a${index}`, { directory })),
  })

test("a folder of the project needs no leave", async () => {
  await spawn(may(lead, external("deny")), "/shop/web", "web")
  expect(asked).toEqual([])
})

test("a folder that is denied to the lead is refused, and nothing is written", async () => {
  const refused = () => spawn(may(lead, external("deny")), "web", "/data")
  await mesh.unchanged(() => expectFailure(refused, "NOT_ALLOWED", "/data", "external_directory"))
  expect(await mesh.agents()).toEqual([])
})

test("a folder that the lead may use is its agents' too", async () => {
  await spawn(may(lead, external("deny"), external("allow", "/data/*")), "/data")
  expect((await mesh.agents()).map(({ directory }) => directory)).toEqual(["/data"])
  expect(asked).toEqual([])
})

test("a folder that the lead would be asked about is asked about, once a call", async () => {
  await spawn(may(lead), "/data", "/data", "/more")
  expect(asked).toEqual([
    ["external_directory", "/data/*"],
    ["external_directory", "/more/*"],
  ])
})

test("what the person rejects is refused with their reason", async () => {
  answer = () => Promise.reject(new Error("not today"))
  await expectFailure(() => spawn(may(lead), "/data"), "NOT_ALLOWED", "/data", "not today")
  expect(await mesh.agents()).toEqual([])
})

test("without anybody to ask it is refused; a person in a terminal needs no leave", async () => {
  await expectFailure(() => spawn(lead, "/data"), "NOT_ALLOWED", "/data")
  await spawn(session("human:1", { human: true }), "/data")
  expect((await mesh.agents()).map(({ directory }) => directory)).toEqual(["/data"])
})

test("an agent that attaches is held to its own rules and to its lead's", async () => {
  const rules = JSON.stringify([external("ask"), external("deny", "/secret/*")])
  const { id } = await mesh.given(["a1"], { fleet: { lead_rules: rules } })
  const a1 = member(await mesh.agent("a1"))
  const attach = (caller: Caller, directory: string) =>
    mesh.fleets.attach(caller, id, draft("b", { directory }))
  for (const [caller, folder] of [
    [may(a1, external("deny")), "/data"],
    [may(a1, external("allow")), "/secret/x"],
  ] as const)
    await expectFailure(() => attach(caller, folder), "NOT_ALLOWED", folder)
  expect(asked).toEqual([])
  await attach(may(a1, external("ask")), "/data")
  expect(asked).toEqual([["external_directory", "/data/*"]])
})
