import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { RatificationDraft } from "../../../plugin/mesh/councils/opening.ts"
import { renderDelivery } from "../../../plugin/mesh/prompts.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const person = session("human:1", { human: true })
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
})
afterEach(() => mesh.end())

const as = async (name: string) => member(await mesh.agent(name))
const open = (draft: Partial<RatificationDraft> = {}, caller = lead) =>
  mesh.ratifications.open(caller, { subject: "Use spaces", quorum: 2, ...draft })
const vote = async (id: string, name: string, approve: boolean, note?: string) =>
  mesh.ratifications.vote(await as(name), id, { approve, note })
const statusOf = async (id: string) => (await mesh.ratifications.tally(lead, id)).status
const votesOf = async (id: string) =>
  (await mesh.receipts.list(lead, id)).receipts
    .filter(({ system }) => !system)
    .map(({ agent_id, action }) => `${agent_id} ${action}`)
/** What an agent reads next, as it stands in its session. */
const reads = async (name: string) => {
  const { id } = await mesh.agent(name)
  return renderDelivery(await mesh.ledger.read((db) => undelivered(db, id)), (each) => each)
}

describe("opening", () => {
  test("mails the proposal to the fleet, and tells voters what to do", async () => {
    const opened = await open({ payload: "Tabs are\nout.", deadline: "PT10M" })
    expect(opened).toEqual({
      message_id: "msg_1",
      status: "open",
      tally: {
        quorum: 2,
        total: 3,
        approving: 0,
        declining: 0,
        silent: 3,
        votes: ["a1-1", "a2-1", "a3-1"].map((voter) => ({ voter, vote: null, weight: 1 })),
        deadline: "2026-01-01T00:10:00.000Z",
        silence_policy: "abstain",
      },
    })
    expect(await reads("a1")).toBe(
      [
        "[meshfleet] question from lead to all, msg_1:",
        "> Proposal: Use spaces",
        "> Voters: a1, a2, a3. Ratified by 2 of 3, until 2026-01-01T00:10:00.000Z. A voter calls cast_vote with the id of this message.",
        ">",
        "> Tabs are",
        "> out.",
      ].join("\n"),
    )
    expect(await mesh.events("ratification.opened")).toEqual([
      {
        event: "ratification.opened",
        agent: null,
        message_id: "msg_1",
        subject: "Use spaces",
        quorum: 2,
        voters: ["a1-1", "a2-1", "a3-1"],
        deadline: "2026-01-01T00:10:00.000Z",
      },
    ])
  })

  test("wakes the voters, and no other agent that has ended", async () => {
    await mesh.complete("a1")
    await mesh.complete("a2")
    await open({ voters: ["a1"], quorum: 1 })
    expect(await mesh.deliveries("msg_1")).toEqual([
      { recipient: "a1-1", state: "accepted", wake: 1 },
      { recipient: "a2-1", state: "accepted", wake: 0 },
      { recipient: "a3-1", state: "accepted", wake: 1 },
    ])
  })

  test("begins a voter that waits for its first message, and nobody else who does", async () => {
    await mesh.set("a1", { awaits_mail_at: 1 })
    await mesh.set("a2", { awaits_mail_at: 1 })
    await open({ voters: ["a1"], quorum: 1 })
    const waits = async (name: string) => (await mesh.agent(name)).awaits_mail_at
    expect([await waits("a1"), await waits("a2")]).toEqual([null, 1])
  })

  test("names voters by any name, each once, and weighs them", async () => {
    const { tally } = await open({
      voters: ["A1", "a1-1", "lead", "human"],
      weights: { a1: 5 },
      required_signoffs: ["human"],
      quorum: 7,
    })
    expect(tally.votes).toEqual([
      { voter: "a1-1", vote: null, weight: 5 },
      { voter: "lead", vote: null, weight: 1 },
      { voter: "human", vote: null, weight: 1, signoff: true },
    ])
  })

  test("adds who has to sign off where nobody says who votes", async () => {
    const { tally, next } = await open({ required_signoffs: ["human"] })
    expect(tally.votes.map(({ voter }) => voter)).toEqual(["a1-1", "a2-1", "a3-1", "human"])
    expect(next).toContain("meshfleet vote msg_1 approve (or decline)")
    expect((await open()).next).toBeUndefined()
  })

  test("leaves out who was cancelled, and refuses it by name", async () => {
    await mesh.fleets.stop(lead, "flt_1", { agent_ids: ["a3"], mode: "cancel" })
    expect((await open()).tally.total).toBe(2)
    await expectFailure(() => open({ voters: ["a3"], quorum: 1 }), "AGENT_ENDED", "a3")
  })

  test("takes ten million of weight in all and not one more", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `b${at}`)
    await mesh.given(names)
    const weights = Object.fromEntries(names.map((name) => [name, 1_000_000]))
    const all = { fleet_id: "flt_2", quorum: 10_000_000, weights }
    expect((await open(all)).tally.total).toBe(10_000_000)
    await mesh.unchanged(() =>
      expectFailure(
        () => open({ ...all, required_signoffs: ["lead"] }),
        "INVALID_ARGUMENT",
        "10000001",
        "10000000",
      ),
    )
  })

  test("is the lead's, and takes no name that nobody has", async () => {
    await mesh.unchanged(async () => {
      await expectFailure(async () => open({}, await as("a1")), "NOT_THE_LEAD")
      await expectFailure(() => open({}, delegate(lead)), "NOT_ALLOWED")
      await expectFailure(() => open({ fleet_id: "flt_1" }, session("ses_2")), "NOT_THE_LEAD")
      await expectFailure(() => open({ fleet_id: "flt_9" }), "UNKNOWN_FLEET", "flt_9")
      await expectFailure(() => open({ voters: ["ghost"] }), "UNKNOWN_AGENT", "ghost")
      await expectFailure(() => open({ payload: "x".repeat(65_537) }), "PAYLOAD_TOO_LARGE")
    })
  })

  test("counts as a message where agents and their lead only answer each other", async () => {
    mesh.exchanges.heard("ses_lead", [{ auto_replies: 11 }])
    await expectFailure(() => open({ fleet_id: "flt_1" }), "LIMIT_REACHED")
    mesh.exchanges.heard("ses_lead", [{ auto_replies: 4 }])
    const { message_id } = await open({ quorum: 1 })
    await vote(message_id, "a1", true)
    // The notice of the outcome is one more, so that a lead that opens the next one comes to an end.
    const row = await mesh.ledger.read((db) =>
      db.get<{ auto_replies: number }>(
        "SELECT auto_replies FROM messages WHERE correlation_id = ? AND to_agent_id = 'lead'",
        message_id,
      ),
    )
    expect(row?.auto_replies).toBe(6)
  })
})

describe("nine voters and quorum 6", () => {
  const names = Array.from({ length: 9 }, (_, at) => `v${at + 1}`)
  const statuses = async (votes: boolean[]) => {
    await mesh.given(names)
    const { message_id } = await open({ fleet_id: "flt_2", quorum: 6 })
    const seen: string[] = []
    for (const [at, approve] of votes.entries()) {
      const caller = member(await mesh.agent(names[at]!, "flt_2"))
      seen.push((await mesh.ratifications.vote(caller, message_id, { approve })).status)
    }
    return seen
  }

  test("the sixth approval ratifies", async () => {
    expect(await statuses([true, false, true, true, false, true, true, true])).toEqual([
      ...Array.from({ length: 7 }, () => "open"),
      "ratified",
    ])
  })

  test("the fourth decline rejects", async () => {
    expect(await statuses([true, false, false, true, false, true, true, false])).toEqual([
      ...Array.from({ length: 7 }, () => "open"),
      "rejected",
    ])
    const events = (await mesh.events("ratification.resolved")).map(
      ({ status, approving, declining, silent }) => [status, approving, declining, silent],
    )
    expect(events).toEqual([["rejected", 4, 4, 1]])
  })
})

describe("a vote", () => {
  test("is a receipt, changes to and fro, and the same again writes nothing", async () => {
    const { message_id: id } = await open({ quorum: 3 })
    await vote(id, "a1", true)
    await mesh.unchanged(() => vote(id, "a1", true))
    mesh.clock.advance(1)
    expect((await vote(id, "a1", false)).status).toBe("rejected")
    expect(await votesOf(id)).toEqual(["a1-1 r-ack", "a1-1 r-decline:2"])
    const { message_id: other } = await open({ quorum: 2 })
    for (const approve of [false, true, false, true, true])
      await vote(other, "a1", approve, `${approve}`)
    expect(await votesOf(other)).toEqual([
      "a1-1 r-decline",
      "a1-1 r-ack:2",
      "a1-1 r-decline:3",
      "a1-1 r-ack:4",
    ])
    expect((await mesh.ratifications.tally(lead, other)).tally).toMatchObject({
      approving: 1,
      declining: 0,
      votes: [{ voter: "a1-1", vote: "approve", note: "true" }, {}, {}],
    })
  })

  test("is each voter's own, whoever else it says it is", async () => {
    const { message_id: id } = await open({ voters: ["a1", "lead"], quorum: 2 })
    await expectFailure(() => vote(id, "a2", true), "NOT_A_VOTER", "a2-1", id)
    await expectFailure(
      async () => mesh.ratifications.vote(delegate(await as("a1")), id, { approve: true }),
      "NOT_ALLOWED",
    )
    await mesh.given(["a1"])
    const namesake = member(await mesh.agent("a1", "flt_2"))
    await expectFailure(
      () => mesh.ratifications.vote(namesake, id, { approve: true }),
      "NOT_A_VOTER",
      "a1-2",
    )
    expect((await mesh.ratifications.vote(lead, id, { approve: true })).tally.votes).toEqual([
      { voter: "a1-1", vote: null, weight: 1 },
      { voter: "lead", vote: "approve", weight: 1 },
    ])
    await expectFailure(
      () => mesh.ratifications.vote(session("ses_2"), id, { approve: true }),
      "NOT_THE_LEAD",
    )
    const { message_id: theirs } = await open({ fleet_id: "flt_1", voters: ["a1"], quorum: 1 })
    await expectFailure(
      () => mesh.ratifications.vote(lead, theirs, { approve: true }),
      "NOT_A_VOTER",
      "lead",
    )
  })

  test("of the person is cast by the person, never by a tool or for somebody else", async () => {
    const { message_id: id } = await open({ voters: ["human", "lead"], quorum: 2 })
    const { ratifications } = mesh
    await mesh.unchanged(async () => {
      await expectFailure(() => ratifications.vote(person, id, { approve: true }), "NOT_ALLOWED")
      for (const caller of [lead, await as("a1"), delegate(lead)] as Caller[])
        await expectFailure(
          () => ratifications.voteAsPerson(caller, id, { approve: true }),
          "NOT_ALLOWED",
          "Only a person",
        )
    })
    expect((await ratifications.voteAsPerson(person, id, { approve: true })).tally.votes).toEqual([
      { voter: "human", vote: "approve", weight: 1 },
      { voter: "lead", vote: null, weight: 1 },
    ])
    const { message_id: others } = await open()
    await expectFailure(
      () => ratifications.voteAsPerson(person, others, { approve: true }),
      "NOT_A_VOTER",
      "human",
    )
  })

  test("at the deadline counts, and after it is refused and finds the end written", async () => {
    const { message_id: id } = await open({ deadline: "PT10M" })
    mesh.clock.advance(600_000)
    await vote(id, "a1", true)
    mesh.clock.advance(1)
    await expectFailure(() => vote(id, "a2", true), "RATIFICATION_CLOSED", "expired", id)
    expect(await votesOf(id)).toEqual(["a1-1 r-ack"])
    expect((await mesh.events("ratification.resolved")).map(({ status }) => status)).toEqual([
      "expired",
    ])
  })

  test("after the end is refused: an end state is final", async () => {
    const { message_id: id } = await open({ quorum: 1 })
    await vote(id, "a1", true)
    for (const [name, approve] of [
      ["a1", false],
      ["a2", false],
      ["a1", true],
    ] as const)
      await expectFailure(() => vote(id, name, approve), "RATIFICATION_CLOSED", "ratified")
    expect(await statusOf(id)).toBe("ratified")
    expect(await votesOf(id)).toEqual(["a1-1 r-ack"])
  })

  test("of everybody at once ends it once", async () => {
    const { message_id: id } = await open({ quorum: 2 })
    const votes = await Promise.allSettled(["a1", "a2", "a3"].map((name) => vote(id, name, true)))
    expect(votes.map(({ status }) => status).toSorted()).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
    ])
    expect(await mesh.events("ratification.resolved")).toHaveLength(1)
    expect(await mesh.notices()).toHaveLength(1)
  })

  test("on what is no proposal, or another project's, is an error", async () => {
    const { message_id } = await mesh.messages.send(lead, {
      to_agent_id: "a1",
      type: "question",
      payload: "Proposal: x",
    })
    await expectFailure(() => vote(message_id, "a1", true), "UNKNOWN_MESSAGE", message_id)
    await expectFailure(() => vote("msg_404", "a1", true), "UNKNOWN_MESSAGE", "msg_404")
    const { message_id: id } = await open()
    const far = session("ses_far", { project: "/far/.git" })
    await expectFailure(() => mesh.ratifications.tally(far, id), "UNKNOWN_MESSAGE", id)
  })
})

describe("a required sign-off", () => {
  test("that declines rejects, and that is silent keeps it open", async () => {
    const { message_id: id } = await open({ required_signoffs: ["a3"], quorum: 2 })
    await vote(id, "a1", true)
    expect((await vote(id, "a2", true)).status).toBe("open")
    expect((await vote(id, "a3", false)).status).toBe("rejected")
  })
  test("is not given by silence", async () => {
    const { message_id: id } = await open({
      required_signoffs: ["a3"],
      deadline: "2026-01-01T00:00:01Z",
      silence_policy: "approve",
    })
    await vote(id, "a1", true)
    mesh.clock.advance(1001)
    expect(await statusOf(id)).toBe("expired")
  })
})

describe("the outcome", () => {
  test("is told to the lead, and to the voters with what they read next", async () => {
    const { message_id: id } = await open({ voters: ["a1", "a2", "human"], quorum: 2 })
    await vote(id, "a1", true, "Cheaper.")
    await vote(id, "a2", true)
    const outcome =
      "Proposal msg_1 `Use spaces` is ratified: 2 of 3 approve, 0 decline, 1 silent; the quorum is 2."
    expect(await mesh.notices()).toEqual([`${outcome} tally_ratification shows what voters noted.`])
    expect(await reads("a1")).toEndWith(`\n\n[meshfleet] ${outcome}`)
    // Whose vote it was has read it in the answer, and who has no vote in it needs it not.
    for (const name of ["a2", "a3"]) expect(await reads(name)).not.toContain(outcome)
    const { messages } = await mesh.messages.inbox(await as("a1"), { limit: 20 })
    expect(messages.map((each) => each.id)).toEqual([id])
  })

  test("wakes no voter that has ended", async () => {
    const { message_id: id } = await open({ voters: ["a1", "a2"], quorum: 1 })
    await mesh.complete("a1")
    await vote(id, "a2", true)
    const wakes = await mesh.ledger.read((db) =>
      db.all("SELECT wake FROM deliveries WHERE recipient = 'a1-1' ORDER BY message_seq"),
    )
    expect(wakes).toEqual([{ wake: 1 }, { wake: 0 }])
  })

  test("is not told to a lead that brought it, or has read it meanwhile", async () => {
    const { message_id: id } = await open({ voters: ["lead", "a1"], quorum: 1 })
    await mesh.ratifications.vote(lead, id, { approve: true })
    expect(await mesh.notices()).toEqual([])
    const { message_id: other } = await open({ quorum: 1 })
    await vote(other, "a1", true)
    expect(await mesh.notices()).toHaveLength(1)
    // Whoever else looks has not read it for the lead.
    await mesh.ratifications.tally(await as("a1"), other)
    await mesh.ratifications.tally(session("ses_2"), other)
    expect(await mesh.notices()).toHaveLength(1)
    await mesh.ratifications.tally(lead, other)
    expect(await mesh.notices()).toEqual([])
  })
})

describe("a sweep", () => {
  test("ends what the deadline has decided, and counts what it looked at", async () => {
    await open({ deadline: "PT1M" })
    await open({ deadline: "PT1M", silence_policy: "approve" })
    await open({ deadline: "PT1H" })
    await open()
    const sweep = (caller = lead) => mesh.ratifications.sweep(caller)
    expect(await sweep()).toEqual({ checked: 4, resolved: 0 })
    mesh.clock.advance(60_001)
    expect(await sweep(await as("a1"))).toEqual({ checked: 4, resolved: 2 })
    expect(await sweep()).toEqual({ checked: 2, resolved: 0 })
    expect((await mesh.events("ratification.resolved")).map(({ status }) => status)).toEqual([
      "expired",
      "ratified",
    ])
    expect(await mesh.notices()).toHaveLength(2)
    const far = session("ses_far", { project: "/far/.git" })
    expect(await sweep(far)).toEqual({ checked: 0, resolved: 0 })
  })

  test("that several do at once ends each once", async () => {
    await open({ deadline: "PT1M" })
    mesh.clock.advance(60_001)
    const swept = await Promise.all([1, 2, 3].map(() => mesh.ratifications.sweep(lead)))
    expect(swept.reduce((sum, { resolved }) => sum + resolved, 0)).toBe(1)
    expect(await mesh.events("ratification.resolved")).toHaveLength(1)
  })
})

test("a debate ends in a council: its parties argue by mail, then the fleet decides", async () => {
  const say = async (from: string, to: string, type: "question" | "result", payload: string) =>
    mesh.messages.send(await as(from), {
      to_agent_id: to,
      type,
      payload,
      correlation_id: "tabs-or-spaces",
    })
  for (let round = 1; round <= 3; round++) {
    await say("a1", "a2", "question", `Reason ${round} for spaces?`)
    await say("a2", "a1", "result", round < 3 ? `Not convinced by reason ${round}.` : "I agree.")
  }
  await say("a1", "lead", "result", "We agree on spaces.")
  // The lead puts what they agreed on to the vote, signed off by who had to be convinced.
  const { message_id: id } = await open({
    payload: "a1 and a2 agree on spaces.",
    required_signoffs: ["a2"],
    quorum: 2,
    deadline: "PT15M",
  })
  await vote(id, "a3", false, "Tabs are shorter.")
  expect((await vote(id, "a1", true)).status).toBe("open")
  expect((await vote(id, "a2", true, "Three good reasons.")).status).toBe("ratified")
  expect(await mesh.notices()).toEqual([
    "Proposal msg_8 `Use spaces` is ratified: 2 of 3 approve, 1 decline, 0 silent; the quorum is 2. tally_ratification shows what voters noted.",
  ])
  const { tally } = await mesh.ratifications.tally(lead, id)
  expect(tally.votes).toEqual([
    { voter: "a1-1", vote: "approve", weight: 1 },
    { voter: "a2-1", vote: "approve", weight: 1, signoff: true, note: "Three good reasons." },
    { voter: "a3-1", vote: "decline", weight: 1, note: "Tabs are shorter." },
  ])
})
