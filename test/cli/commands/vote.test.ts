import { afterEach, beforeEach, expect, test } from "bun:test"
import { createRatifications } from "../../../plugin/mesh/councils/ratifications.ts"
import { createExchanges } from "../../../plugin/mesh/mail/exchanges.ts"
import { session } from "../../mesh/support/callers.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  shell.clock.at = Date.now()
  await shell.given("flt_1", ["mapper"])
})
afterEach(() => shell.end())

const open = async (more: object = {}) => {
  const ratifications = createRatifications({
    ledger: shell.ledger,
    isAlive: () => true,
    exchanges: createExchanges(),
    caps: { perFleet: 50, hops: 20, replies: 12 },
    now: () => shell.clock.at,
  })
  const lead = session("ses_lead", { project: shell.project, directory: shell.project })
  const draft = { subject: "Ship \u001b[31mit", quorum: 2, voters: ["mapper", "human"], ...more }
  return (await ratifications.open(lead, draft)).message_id
}
const votes = () =>
  shell.ledger.read((db) => db.all("SELECT actor, action, note FROM receipts ORDER BY seq"))

test("lists what is open, with the words that are voted on and how it stands", async () => {
  expect((await shell.run(["vote"])).out).toBe("No proposal is open.\n")
  const id = await open({ payload: "Today.", deadline: "P1D" })
  const { out } = await shell.run(["vote"])
  expect(out).toStartWith(`${id}\n  > Proposal: Ship`)
  expect(out).toContain("\n  > Today.\n  flt_1: 0 of 2 approve and 0 decline, quorum 2, until 20")
  expect(out).toEndWith(`\n  you have a vote: meshfleet vote ${id} approve (or decline)\n`)
  expect(out).not.toContain("\u001b")
  const { ratifications } = JSON.parse((await shell.run(["vote", "--json"])).out)
  expect(ratifications).toMatchObject([{ message_id: id, tally: { total: 2, silent: 2 } }])
  const others = await open({ voters: ["mapper"], quorum: 1 })
  expect((await shell.run(["vote"])).out.split(others)[1]).not.toContain("you")
})

test("votes as the person, with a reason, and again to change it", async () => {
  const id = await open()
  expect(await shell.run(["vote", id, "approve", "--reason", "Now or never."])).toEqual({
    code: 0,
    out: `${id}: you approve; open, 1 of 2 approve and 0 decline, quorum 2\n`,
    err: "",
  })
  expect((await shell.run(["vote"])).out).toContain("\n  you approve\n")
  const changed = await shell.run(["vote", id, "decline", "--json"])
  expect(JSON.parse(changed.out)).toMatchObject({ ok: true, status: "rejected" })
  expect(await votes()).toEqual([
    { actor: "human", action: "r-ack", note: "Now or never." },
    { actor: "human", action: "r-decline:2", note: null },
  ])
  const late = await shell.run(["vote", id, "approve"])
  expect(late.err).toStartWith(`[RATIFICATION_CLOSED] ${id} is rejected, and that is final.`)
  expect(late.code).toBe(1)
})

test("says what is no vote, no proposal, or not the person's to decide", async () => {
  const id = await open({ voters: ["mapper"], quorum: 1 })
  const wrong = await shell.run(["vote", id, "yes"])
  expect([wrong.code, wrong.err]).toEqual([
    2,
    `"yes" is no vote.\nNext: Write approve or decline: meshfleet vote ${id} approve\n`,
  ])
  expect((await shell.run(["vote", id])).code).toBe(2)
  expect((await shell.run(["vote", id, "approve"])).err).toStartWith('[NOT_A_VOTER] "human" has')
  expect((await shell.run(["vote", "msg_404", "approve"])).err).toStartWith("[UNKNOWN_MESSAGE] ")
  const tooLong = await shell.run(["vote", id, "approve", "--reason", "a\nb"])
  expect(tooLong.code).toBe(2)
  expect(await votes()).toEqual([])
})

test("is refused where a model could be typing, and so is the tool in its place", async () => {
  const id = await open()
  const lead = await shell.leadingOpenCode()
  const line = ["vote", id, "approve"]
  for (const [options, words] of [
    [{ insideAgent: true }, "[NOT_ALLOWED] This command is for people"],
    [{ ancestors: [lead] }, "[NOT_ALLOWED] Only a person may do this"],
    [{ unattended: true }, "[NOT_ALLOWED] No terminal has started this process"],
  ] as const) {
    const refused = await shell.run(line, options)
    expect([refused.code, refused.err.slice(0, words.length)]).toEqual([1, words])
  }
  const args = JSON.stringify({ message_id: id, approve: true })
  for (const options of [{}, { ancestors: [lead] }]) {
    const called = await shell.run(["call", "cast_vote", args], options)
    expect(called.err).toStartWith("[NOT_ALLOWED] A tool does not vote for a person")
  }
  expect(await votes()).toEqual([])
  // Reading is for everybody.
  expect((await shell.run(["vote"], { ancestors: [lead] })).out).toContain(id)
})
