import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import type { Asked } from "../../../plugin/mesh/model/question.ts"
import { askPermission, askQuestion } from "../../mesh/support/asked.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper"])
  await shell.set("mapper-1", { status: "running", host_id: "hst_1" })
})
afterEach(() => shell.end())

const asks = async (asked: Asked) => {
  shell.clock.at = Date.now()
  const received = await shell.ledger.transact((tx) =>
    receiveAsk(tx, { agentId: "mapper-1", hostId: "hst_1", deadlineMs: 900_000 }, asked),
  )
  return (received as { waits: string }).waits
}
const push = () =>
  asks(
    askPermission("per_1", {
      permission: "bash",
      patterns: ["git push origin main"],
      always: ["git push *"],
      metadata: { command: "git push origin main && \u001b[31mecho done" },
    }),
  )
const choose = () =>
  asks(
    askQuestion("que_1", [
      {
        question: "Which database?",
        header: "Database",
        options: [{ label: "Postgres", description: "the one in use" }],
      },
    ]),
  )
const state = async (id: string) => {
  const { state: is, answer, reason } = (await shell.ledger.read((db) => questionById(db, id)))!
  return { state: is, answer, reason }
}

describe("questions", () => {
  test("shows what waits and how to answer it, safe to look at", async () => {
    const first = await push()
    const second = await choose()
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
    const id = await push()
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

describe("answer", () => {
  test("once, and a second time is told what it was", async () => {
    const id = await push()
    expect(await shell.run(["answer", id, "once"])).toEqual({
      code: 0,
      out: `${id}: once for mapper (permission: bash git push origin main)\n`,
      err: "",
    })
    expect(await state(id)).toEqual({ state: "answered", answer: "once", reason: null })
    const again = await shell.run(["answer", id, "reject"])
    expect(again.err).toMatch(/^\[QUESTION_CLOSED\] ask_\w+ was answered \d s ago: once\.\nNext: /)
    expect(again.code).toBe(1)
  })

  test("always is remembered until it is taken back", async () => {
    const id = await push()
    const { out } = await shell.run(["answer", id, "always"])
    const [grant] = /grt_\w+/.exec(out)!
    expect(out).toContain(`${grant}: bash git push * is not asked again`)
    const listed = (await shell.run(["grants"])).out
    expect(listed).toMatch(/this project +bash +git push \* +pattern/)
    expect((await shell.run(["grants", "--revoke", grant])).out).toBe(
      `${grant}: bash git push * is asked again\n`,
    )
    expect((await shell.run(["grants"])).out).toBe("Nothing is granted for more than one call.\n")
    expect((await shell.run(["grants", "--revoke", grant])).err).toStartWith("[UNKNOWN_GRANT] ")
  })

  test("reject keeps the reason for the agent", async () => {
    const id = await push()
    await shell.run(["answer", id, "reject", "--reason", "Not on Friday."])
    expect(await state(id)).toMatchObject({ answer: "reject", reason: "Not on Friday." })
  })

  test("of a question is an option or a text", async () => {
    const id = await choose()
    const wrong = await shell.run(["answer", id, "Oracle"])
    expect(wrong.err).toStartWith('[INVALID_ARGUMENT] "Oracle" is no option of ask_')
    const { out } = await shell.run(["answer", id, "--text", "None, use a file.", "--json"])
    expect(JSON.parse(out)).toMatchObject({ answer: [["None, use a file."]] })
    expect((await state(id)).answer).toBe('[["None, use a file."]]')
  })

  test("of another project's question, or of none, is an error", async () => {
    expect((await shell.run(["answer", "ask_none", "once"])).err).toStartWith(
      '[UNKNOWN_QUESTION] No question "ask_none" in this project.',
    )
    const id = await push()
    await shell.ledger.transact((tx) => tx.run("UPDATE fleets SET project = '/elsewhere'"))
    expect((await shell.run(["answer", id, "once"])).err).toStartWith("[UNKNOWN_QUESTION] ")
    expect((await state(id)).state).toBe("open")
  })

  test("is refused in a shell of an agent, and in one of an OpenCode that leads", async () => {
    const id = await push()
    const lead = { pid: 4711, process_start: "8" }
    await shell.ledger.transact((tx) =>
      claimSession(tx, {
        id: "ses_lead",
        project: shell.project,
        agent_id: null,
        ...lead,
        updated_at: 1,
      }),
    )
    for (const line of [
      ["answer", id, "once"],
      ["grants", "--revoke", "grt_1"],
    ]) {
      const agent = await shell.run(line, { insideAgent: true })
      expect(agent.err).toStartWith("[NOT_ALLOWED] This command is for people")
      const inOpenCode = await shell.run(line, { ancestors: [lead] })
      expect(inOpenCode.err).toStartWith("[NOT_ALLOWED] Only a person may do this")
      expect([agent.code, inOpenCode.code]).toEqual([1, 1])
    }
    expect((await state(id)).state).toBe("open")
    const stranger = [{ ...lead, process_start: "9" }]
    expect((await shell.run(["answer", id, "once"], { ancestors: stranger })).code).toBe(0)
  })
})

test("a service asked by anybody but a person refuses", async () => {
  const { createQuestions } = await import("../../../plugin/mesh/questions/questions.ts")
  const { session } = await import("../../mesh/support/callers.ts")
  const { createChanges } = await import("../../../plugin/mesh/ledger/changes.ts")
  const changes = createChanges(shell.ledger, () => {})
  const questions = createQuestions({ ledger: shell.ledger })
  const id = await push()
  const lead = session("ses_lead", { project: shell.project })
  expect(questions.answer(lead, id, { words: ["once"] })).rejects.toThrow("[NOT_ALLOWED]")
  expect(questions.revoke(lead, "grt_1")).rejects.toThrow("[NOT_ALLOWED]")
  changes.close()
})
