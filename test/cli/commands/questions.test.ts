import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type AskingShell, createAskingShell } from "../support/asking-shell.ts"

let shell: AskingShell
beforeEach(async () => void (shell = await createAskingShell()))
afterEach(() => shell.end())

describe("questions", () => {
  test("shows what waits and how to answer it, safe to look at", async () => {
    const first = await shell.push()
    const second = await shell.choose()
    const { code, out } = await shell.run(["questions"])
    expect(code).toBe(0)
    expect(out.replace(/\d+\.\ds ago/g, "0s ago").replace(/in 14m 59s|in 15m 00s/g, "in 15m")).toBe(
      [
        `${first}  mapper in flt_1 asks  ·  0s ago  ·  rejected in 15m`,
        "  bash git push origin main",
        "  command: git push origin main && echo done",
        `  meshfleet answer ${first} once      this call`,
        `  meshfleet answer ${first} fleet     and what is exactly like it, from any agent of this fleet`,
        `  meshfleet answer ${first} always    in this project from now on: bash git push *`,
        `  meshfleet answer ${first} reject    --reason "…" tells the agent why`,
        "",
        `${second}  mapper in flt_1 asks  ·  0s ago  ·  rejected in 15m`,
        "  Which database?",
        "    1  Postgres: the one in use",
        `  meshfleet answer ${second} <option>`,
        `  meshfleet answer ${second} --text "…"`,
        `  meshfleet answer ${second} reject`,
        "",
      ].join("\n"),
    )
    expect((await shell.run(["status"])).out).toContain(
      `${first} waits for permission: bash git push origin main`,
    )
  })

  test("as JSON tells all of it", async () => {
    const id = await shell.push()
    const { questions } = JSON.parse((await shell.run(["questions", "--json"])).out)
    expect(questions).toMatchObject([
      {
        question_id: id,
        fleet_id: "flt_1",
        agent_id: "mapper-1",
        agent: "mapper",
        kind: "permission",
        request: { permission: "bash", patterns: ["git push origin main"] },
      },
    ])
  })

  test("says so when there is none", async () => {
    expect((await shell.run(["questions"])).out).toBe("No agent is waiting for an answer.\n")
  })
})
