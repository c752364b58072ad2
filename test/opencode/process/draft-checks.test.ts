import { expect, test } from "bun:test"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createDraftChecks } from "../../../plugin/opencode/process/draft-checks.ts"
import { session } from "../../mesh/support/callers.ts"
import { expectFailure } from "../../mesh/support/errors.ts"
import { createFakeSessions } from "../support/fake-sessions.ts"

const reviewer = { agent: "code-reviewer", skills: ["review"], aliases: [], title: "Code Reviewer" }
const specialists = {
  find: (name: string) => (name.toLowerCase() === "code-reviewer" ? reviewer : undefined),
  near: (name: string) => (name.startsWith("code") ? ["code-reviewer"] : []),
} as unknown as Parameters<typeof createDraftChecks>[0]["specialists"]

const createChecks = () => {
  const sessions = createFakeSessions()
  const checks = createDraftChecks({ sessions, specialists, directory: "/shop" })
  return { ...checks, agents: sessions.agents_ }
}

test("an agent is OpenCode's own or a specialist, under the name that has it", async () => {
  const checks = createChecks()
  expect(await checks.resolveAgent("build")).toEqual({ agent: "build", skills: [] })
  expect(await checks.resolveAgent("Code-Reviewer")).toEqual({
    agent: "code-reviewer",
    skills: ["review"],
    names: ["Code Reviewer"],
  })
  // The user's own of the same name is what OpenCode would run.
  checks.agents.push({ name: "code-reviewer", mode: "all", permission: [] })
  expect(await checks.resolveAgent("code-reviewer")).toEqual({
    agent: "code-reviewer",
    skills: ["review"],
  })
})

test("an agent nobody has is refused with names that come near, OpenCode's helpers too", async () => {
  const checks = createChecks()
  checks.agents.push({ name: "title", mode: "primary", permission: [] })
  const error = await expectFailure(
    () => checks.resolveAgent("code-reviewr"),
    "UNKNOWN_SPECIALIST",
    "code-reviewr",
    "code-reviewer",
    "build",
  )
  expect(error.detail).not.toContain("title")
  await expectFailure(() => checks.resolveAgent("title"), "UNKNOWN_SPECIALIST", "title")
})

test("a model has to be configured; those of its provider are named", async () => {
  const checks = createChecks()
  await checks.checkModel("fake/m1")
  await expectFailure(() => checks.checkModel("fake/m2"), "UNKNOWN_MODEL", "fake/m2", "fake/m1")
  await expectFailure(() => checks.checkModel("gone"), "UNKNOWN_MODEL", "gone", "fake/m1")
})

test("a directory is looked for from the caller's, and has to be one", async () => {
  const checks = createChecks()
  const here = import.meta.dir
  expect(await checks.checkDirectory("../support", here)).toBe(join(here, "../support"))
  expect(await checks.checkDirectory(tmpdir(), here)).toBe(tmpdir())
  for (const path of ["draft-checks.test.ts", "gone"])
    await expectFailure(
      () => checks.checkDirectory(path, here),
      "UNKNOWN_DIRECTORY",
      join(here, path),
    )
})

test("the lead's rules are those of the agent it runs as", async () => {
  const checks = createChecks()
  const everything = [{ permission: "*", pattern: "*", action: "allow" as const }]
  expect(await checks.leadRules(session("ses_lead"))).toEqual(everything)
  expect(await checks.leadRules(session("ses_lead", { agent: "gone" }))).toEqual([])
})
