import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper"])
})
afterEach(() => shell.end())

const daemon = { unattended: true }
const lead = { pid: 4711, process_start: "8" }
const leads = () =>
  shell.ledger.transact((tx) =>
    claimSession(tx, {
      id: "ses_lead",
      project: shell.project,
      agent_id: null,
      ...lead,
      updated_at: 1,
    }),
  )
const acts = [
  ["stop"],
  ["call", "stop_agents", "{}"],
  ["answer", "ask_1", "once"],
  ["grants", "--revoke", "grt_1"],
]
const refusal = "[NOT_ALLOWED] No terminal has started this process"

describe("a process that no terminal has started", () => {
  test("may not act as the person", async () => {
    for (const line of acts) {
      const { code, err } = await shell.run(line, daemon)
      expect(err).toStartWith(refusal)
      expect(code).toBe(1)
    }
    expect((await shell.agents("flt_1"))[0]!.status).toBe("queued")
  })

  test("may read", async () => {
    for (const line of [["status"], ["call", "list_fleets", "{}"], ["questions"]])
      expect((await shell.run(line, daemon)).code).toBe(0)
  })

  test("may act in the shell of an OpenCode that leads, but not answer there", async () => {
    await leads()
    const inside = { ...daemon, ancestors: [lead] }
    expect((await shell.run(["answer", "ask_1", "once"], inside)).err).toStartWith(
      "[NOT_ALLOWED] Only a person may do this",
    )
    expect((await shell.run(["stop"], inside)).code).toBe(0)
  })

  test("may act once a person has allowed it in a terminal, until they forbid it", async () => {
    expect((await shell.run(["unattended", "--allow"])).out).toBe(
      "Scripts that no terminal has started may act as you.\n",
    )
    expect((await shell.run(["stop"], daemon)).code).toBe(0)
    expect((await shell.run(["unattended", "--forbid"])).out).toBe(
      "Only what you start in a terminal may act as you.\n",
    )
    expect((await shell.run(["stop"], daemon)).err).toStartWith(refusal)
  })
})

test("whoever may not act as the person cannot allow it either", async () => {
  await leads()
  for (const options of [daemon, { insideAgent: true }, { ancestors: [lead] }]) {
    const { code, err } = await shell.run(["unattended", "--allow"], options)
    expect(err).toStartWith("[NOT_ALLOWED] ")
    expect(code).toBe(1)
  }
  expect((await shell.run(["unattended"])).out).toContain("Only what you start")
})

test("to allow and to forbid at once is not understood", async () => {
  expect((await shell.run(["unattended", "--allow", "--forbid"])).code).toBe(2)
})
