import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type AskingShell, createAskingShell } from "../support/asking-shell.ts"

let shell: AskingShell
beforeEach(async () => void (shell = await createAskingShell()))
afterEach(() => shell.end())

describe("answer", () => {
  test("once, and a second time is told what it was", async () => {
    const id = await shell.push()
    expect(await shell.run(["answer", id, "once"])).toEqual({
      code: 0,
      out: `${id}: once for mapper (permission: bash git push origin main)\n`,
      err: "",
    })
    expect(await shell.question(id)).toEqual({ state: "answered", answer: "once", reason: null })
    const again = await shell.run(["answer", id, "reject"])
    expect(again.err).toMatch(/^\[QUESTION_CLOSED\] ask_\w+ was answered \d s ago: once\.\nNext: /)
    expect(again.code).toBe(1)
  })
  test("always is remembered until it is taken back", async () => {
    const id = await shell.push()
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
    const id = await shell.push()
    await shell.run(["answer", id, "reject", "--reason", "Not on Friday."])
    expect(await shell.question(id)).toMatchObject({ answer: "reject", reason: "Not on Friday." })
  })

  test("of a question is an option or a text", async () => {
    const id = await shell.choose()
    const wrong = await shell.run(["answer", id, "Oracle"])
    expect(wrong.err).toStartWith('[INVALID_ARGUMENT] "Oracle" is no option of ask_')
    const { out } = await shell.run(["answer", id, "--text", "None, use a file.", "--json"])
    expect(JSON.parse(out)).toMatchObject({ answer: [["None, use a file."]] })
    expect((await shell.question(id)).answer).toBe('[["None, use a file."]]')
  })

  test("of another project's question, or of none, is an error", async () => {
    expect((await shell.run(["answer", "ask_none", "once"])).err).toStartWith(
      '[UNKNOWN_QUESTION] No question "ask_none" in this project.',
    )
    const id = await shell.push()
    await shell.ledger.transact((tx) => tx.run("UPDATE fleets SET project = '/elsewhere'"))
    expect((await shell.run(["answer", id, "once"])).err).toStartWith("[UNKNOWN_QUESTION] ")
    expect((await shell.question(id)).state).toBe("open")
  })

  test("is refused in a shell of an agent, and in one of an OpenCode that leads", async () => {
    const id = await shell.push()
    const lead = await shell.leadingOpenCode()
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
    expect((await shell.question(id)).state).toBe("open")
    const stranger = [{ ...lead, process_start: "9" }]
    expect((await shell.run(["answer", id, "once"], { ancestors: stranger })).code).toBe(0)
  })
})
