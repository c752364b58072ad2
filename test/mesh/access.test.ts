import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { fleetMeant, requireAgent } from "../../plugin/mesh/access.ts"
import { session } from "./support/callers.ts"
import { expectFailure } from "./support/errors.ts"
import { createMesh, type Mesh } from "./support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["implementer", "tester", "second-tester"])
  await mesh.set("implementer", {
    role: "Change the parser",
    agent: "minimal-change-engineer",
    also_called: '["surgeon","Minimal Change Engineer"]',
  })
  for (const name of ["tester", "second-tester"])
    await mesh.set(name, { role: "Tests", agent: "unit-test-writer", also_called: "[]" })
})
afterEach(() => mesh.end())

const called = async (name: string) =>
  (await mesh.ledger.read((db) => requireAgent(db, "flt_1", name))).name

describe("an agent is found", () => {
  test.each([
    ["implementer-1", "implementer"],
    ["implementer", "implementer"],
    ["Implementer", "implementer"],
    ["minimal-change-engineer", "implementer"],
    ["minimal_change_engineer", "implementer"],
    ["Minimal Change Engineer", "implementer"],
    ["surgeon", "implementer"],
    ["change the parser", "implementer"],
    ["second tester", "second-tester"],
  ])("as %p", async (name, found) => {
    expect(await called(name)).toBe(found)
  })

  test("under its own name, also where that is another one's specialist", async () => {
    await mesh.set("tester", { name: "minimal-change-engineer" })
    expect(await called("minimal-change-engineer")).toBe("minimal-change-engineer")
  })

  test("by none of several who fit: they are named", async () => {
    for (const name of ["unit-test-writer", "Tests"])
      await expectFailure(
        () => called(name),
        "UNKNOWN_AGENT",
        name,
        "tester (unit-test-writer), second-tester (unit-test-writer)",
      )
  })

  test("by no name that nobody has: who is there is named", () =>
    expectFailure(
      () => called("code-reviewer"),
      "UNKNOWN_AGENT",
      "code-reviewer",
      "implementer (minimal-change-engineer)",
    ))
})

describe("a fleet that is not named", () => {
  const lead = session("ses_lead")
  const meant = async (names: string[] = []) =>
    (await mesh.ledger.read((db) => fleetMeant(db, lead, undefined, names))).id

  test("is the only one, then the only running one", async () => {
    expect(await meant()).toBe("flt_1")
    await mesh.given(["other"])
    await expectFailure(() => meant(), "NO_FLEET", "flt_1, flt_2")
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_1'"),
    )
    expect(await meant()).toBe("flt_2")
  })

  test("is the one that has those agents, whatever they are called by", async () => {
    await mesh.given(["other"])
    expect(await meant(["surgeon"])).toBe("flt_1")
    expect(await meant(["other"])).toBe("flt_2")
    await expectFailure(() => meant(["nobody"]), "UNKNOWN_AGENT", "nobody")
  })
})
