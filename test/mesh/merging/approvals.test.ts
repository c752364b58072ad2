import { afterEach, describe, expect, test } from "bun:test"
import type { RatificationDraft } from "../../../plugin/mesh/councils/opening.ts"
import { snapshot } from "../../support/snapshot.ts"
import { member } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { git } from "../../support/run.ts"
import { createMergeWorld, type MergeWorld } from "./support.ts"

let world: MergeWorld
/** ada and bob have written something; rita and sam look at it. */
const given = async () => {
  world = await createMergeWorld(["ada", "bob", "rita", "sam"])
  await world.works("ada", { "ada.txt": "a\n" })
  await world.works("bob", { "bob.txt": "b\n" })
  for (const name of ["rita", "sam"]) await world.complete(name)
}
afterEach(() => world.end())

const merged = "meshfleet/flt_1/merged"
const as = async (name: string) => member(await world.agent(name))
const headOf = async (name: string) => git((await world.tree(name)).path, "rev-parse", "HEAD")
const mailOf = async (name: string) =>
  world.ledger.read(async (db) =>
    db.all<{ id: string; payload: string; from_agent_id: string }>(
      `SELECT m.id, m.payload, m.from_agent_id FROM messages m JOIN deliveries d ON d.message_seq = m.seq
       WHERE d.recipient = ? ORDER BY m.seq`,
      (await world.agentIn(db, name)).id,
    ),
  )
/** What somebody says of a commit, on a message that it got from the one who made it. */
const says = async (name: string, action: string, { of = "ada", note = undefined as any } = {}) => {
  const handoff = { to_agent_id: name, type: "handoff", payload: "Please look." } as const
  const { message_id } = await world.messages.send(await as(of), handoff)
  return world.receipts.write(await as(name), message_id, action, note)
}
const mergeFor = (...approved_by: string[]) => world.merge({ approved_by })
const branchOf = (report: Awaited<ReturnType<typeof mergeFor>>, name: string) =>
  report.branches.find((each) => each.name === name)!
const isIn = async (file: string) =>
  (await git(world.shop, "ls-tree", "-r", "--name-only", merged)).split("\n").includes(file)

describe("the approval of an agent", () => {
  test("that is not there is asked for, once for each commit, and nothing is merged meanwhile", async () => {
    await given()
    await world.personAtWork()
    const before = await snapshot(world.shop)
    const commit = await headOf("ada")
    const report = await mergeFor("rita")
    expect(report.states).toEqual({
      ada: "not_approved",
      bob: "not_approved",
      rita: "unchanged",
      sam: "unchanged",
    })
    expect([report.complete, report.branch]).toEqual([false, undefined])
    expect(branchOf(report, "ada")).toMatchObject({
      detail: `It needs the approval of rita: a receipt with the action approved:${commit}.`,
      asked: ["rita-1"],
    })
    const [mail, second] = await mailOf("rita")
    expect(mail!.payload).toContain(`> do ada`)
    expect(mail!.payload).toContain(`meshfleet/flt_1/ada-1, at ${commit}`)
    expect(mail!.payload).toContain(`approved:${commit}`)
    expect(second!.payload).toContain("meshfleet/flt_1/bob-1")
    expect(await world.events("branch.left_out")).toMatchObject([
      { agent: "ada-1", state: "not_approved", asked: ["rita-1"] },
      { agent: "bob-1", state: "not_approved", asked: ["rita-1"] },
    ])
    // She has not read it yet; then she has, and says nothing.
    const again = async () => branchOf(await mergeFor("rita"), "ada")
    expect((await again()).asked).toEqual(["rita-1"])
    await world.read("rita")
    expect(await again()).toMatchObject({
      note: '"rita" was asked, and has not said anything since',
    })
    expect((await again()).asked).toBeUndefined()
    expect(await mailOf("rita")).toHaveLength(2)

    await world.receipts.write(await as("rita"), mail!.id, `approved:${commit}`)
    expect((await mergeFor("rita")).states).toMatchObject({ ada: "merged", bob: "not_approved" })
    expect([await isIn("ada.txt"), await isIn("bob.txt")]).toEqual([true, false])
    expect(await snapshot(world.shop)).toEqual(before)
  })

  test("holds for the commit that was seen: when the branch has moved on it is asked for again", async () => {
    await given()
    const seen = await headOf("ada")
    await says("rita", `approved:${seen}`)
    await world.works("ada", { "ada.txt": "more\n" }, { end: false })
    const moved = branchOf(await world.merge({ agent_ids: ["ada"], approved_by: ["rita"] }), "ada")
    expect(moved).toMatchObject({ state: "not_approved", asked: ["rita-1"] })
    expect(moved.detail).toContain(`approved:${await headOf("ada")}`)
    expect(moved.detail).toContain(`It has moved on since rita approved ${seen.slice(0, 12)}.`)
    // What it left uncommitted is a commit that nobody has seen.
    await says("rita", `approved:${await headOf("ada")}`)
    await world.works("ada", { "late.txt": "late\n" }, { commit: false, end: false })
    expect((await mergeFor("rita")).states["ada"]).toBe("not_approved")
    await says("rita", `approved:${await headOf("ada")}`)
    expect((await mergeFor("rita")).states["ada"]).toBe("merged")
    // What is in is asked about no more.
    expect((await mergeFor("sam")).states["ada"]).toBe("merged")
  })

  test("is of no use when it is its author's own, or its author's who mends it", async () => {
    await given()
    await says("ada", `approved:${await headOf("ada")}`, { of: "bob" })
    const alone = branchOf(await world.merge({ agent_ids: ["ada"], approved_by: ["ada"] }), "ada")
    expect(alone).toMatchObject({
      state: "not_approved",
      detail: "ada wrote it: name somebody else in approved_by.",
    })
    expect(alone.asked).toBeUndefined()
    // Of two who look at each other's work neither approves its own.
    const each = await mergeFor("ada", "bob")
    expect([branchOf(each, "ada").asked, branchOf(each, "bob").asked]).toEqual([
      ["bob-1"],
      ["ada-1"],
    ])
    await says("bob", `approved:${await headOf("ada")}`)
    expect((await mergeFor("ada", "bob")).states).toMatchObject({
      ada: "merged",
      bob: "not_approved",
    })
    // Whoever mends it brings its work along.
    const drafted = { name: "bob-merger", role: "Merger", prompt: "Mend it." }
    const { agent_id } = await world.fleets.attach(world.lead, "flt_1", drafted)
    await world.ledger.transact((tx) =>
      tx.run("DELETE FROM worktrees WHERE agent_id = ?", agent_id),
    )
    await world.makeTree("bob-merger")
    await world.works("bob-merger", { "bob.txt": "mended\n" })
    await says("bob", `approved:${await headOf("bob-merger")}`)
    const mended = await world.merge({ agent_ids: ["bob-merger"], approved_by: ["bob"] })
    expect(mended.branches[0]).toMatchObject({
      state: "not_approved",
      detail: "bob and bob-merger wrote it: name somebody else in approved_by.",
    })
    expect(mended.kept).toEqual([{ name: "bob", branch: "meshfleet/flt_1/bob-1" }])
  })

  test("of each who is named is needed, and a decline stands over it", async () => {
    await given()
    const commit = await headOf("ada")
    await says("rita", `approved:${commit}`)
    expect(branchOf(await mergeFor("rita", "sam"), "ada")).toMatchObject({
      state: "not_approved",
      asked: ["sam-1"],
    })
    await says("sam", `approved:${commit}`)
    await says("sam", `declined:${commit}`, { note: "It rounds\ntwice." })
    const declined = branchOf(await mergeFor("rita", "sam"), "ada")
    expect(declined).toMatchObject({
      state: "not_approved",
      detail: `sam has declined ${commit.slice(0, 12)}: \`It rounds twice.\``,
    })
    expect(declined.asked).toBeUndefined()
    // Nor is who has declined at once asked once more.
    await says("rita", `declined:${await headOf("bob")}`, { of: "bob" })
    const once = branchOf(await mergeFor("rita"), "bob")
    expect([once.detail, once.asked, once.note]).toEqual([
      `rita has declined ${(await headOf("bob")).slice(0, 12)}.`,
      undefined,
      undefined,
    ])
  })

  test("names a whole commit, and is of its fleet's own agents", async () => {
    await given()
    await expectFailure(() => says("rita", "approved:abc1234"), "INVALID_ARGUMENT", "abc1234")
    await expectFailure(() => mergeFor("nobody"), "UNKNOWN_AGENT", "nobody")
    // The lead's word is no reviewer's.
    const { message_id } = await world.messages.send(await as("ada"), {
      to_agent_id: "lead",
      type: "handoff",
      payload: "x",
    })
    await world.receipts.write(world.lead, message_id, `approved:${await headOf("ada")}`)
    expect((await mergeFor("rita")).states["ada"]).toBe("not_approved")
  })

  test("keeps whoever needs a branch without one waiting, and is not asked of those who cannot answer", async () => {
    await given()
    await world.tasks.add(world.lead, "flt_1", [{ title: "first" }, { title: "next", after: [1] }])
    await world.ledger.transact((tx) =>
      tx.run("UPDATE tasks SET owner = CASE number WHEN 1 THEN 'ada-1' ELSE 'bob-1' END"),
    )
    await says("rita", `approved:${await headOf("bob")}`, { of: "bob" })
    await world.set("rita", { status: "cancelled" })
    const report = await mergeFor("rita")
    expect(report.states).toMatchObject({ ada: "not_approved", bob: "held" })
    expect(branchOf(report, "ada").asked).toBeUndefined()
    expect(branchOf(report, "ada").note).toStartWith('"rita" could not be asked: ')
  })
})

describe("the approval of a council", () => {
  const open = async (draft: Partial<RatificationDraft> = {}) =>
    (
      await world.ratifications.open(world.lead, {
        subject: "Merge what ada made",
        payload: `Her branch is at ${await headOf("ada")}.`,
        voters: ["rita", "sam", "bob"],
        quorum: 2,
        ...draft,
      })
    ).message_id
  const votes = async (id: string, approve: boolean, ...names: string[]) => {
    for (const name of names) await world.ratifications.vote(await as(name), id, { approve })
  }
  const mergeBy = async (ratification_id: string, more: object = {}) =>
    branchOf(await world.merge({ agent_ids: ["ada"], ratification_id, ...more }), "ada")

  test("is there once it is ratified", async () => {
    await given()
    const id = await open()
    await votes(id, true, "rita")
    expect(await mergeBy(id)).toMatchObject({
      state: "not_approved",
      detail: `Proposal ${id} is open: it has to be ratified first.`,
    })
    await votes(id, true, "sam")
    expect((await mergeBy(id)).state).toBe("merged")
  })

  test("is not when it is declined, and that is final", async () => {
    await given()
    const id = await open()
    await votes(id, false, "rita", "sam")
    expect(await mergeBy(id)).toMatchObject({
      state: "not_approved",
      detail: `Proposal ${id} is rejected: put ${await headOf("ada")} to the vote again.`,
    })
  })

  test("is for the commits that its proposal names", async () => {
    await given()
    const id = await open()
    await votes(id, true, "rita", "sam")
    await world.works("ada", { "ada.txt": "more\n" }, { end: false })
    const moved = await headOf("ada")
    expect(await mergeBy(id)).toMatchObject({
      state: "not_approved",
      detail: `Proposal ${id} does not name ${moved}: put that to the vote, in the text of the proposal.`,
    })
    const vague = await open({ payload: "Her branch, as it is." })
    await votes(vague, true, "rita", "sam")
    expect((await mergeBy(vague)).detail).toContain(`${vague} does not name ${moved}`)
  })

  test("has to stand without the vote of the branch's author", async () => {
    await given()
    const id = await open({ voters: ["ada", "rita", "sam"] })
    await votes(id, true, "ada", "rita")
    expect(await mergeBy(id)).toMatchObject({
      state: "not_approved",
      detail: `Proposal ${id} is ratified by the vote of ada, who wrote it: the quorum has to be reached without.`,
    })
    const second = await open({ voters: ["ada", "rita", "sam"], required_signoffs: ["sam"] })
    await votes(second, true, "rita", "sam")
    expect((await mergeBy(second)).state).toBe("merged")
  })

  test("is final at its deadline, with or without those who were silent", async () => {
    await given()
    const silent = await open({ deadline: "PT1M", silence_policy: "approve" })
    const strict = await open({ deadline: "PT1M" })
    world.clock.advance(61_000)
    expect((await mergeBy(strict)).detail).toContain(`Proposal ${strict} is expired`)
    expect((await mergeBy(silent)).state).toBe("merged")
  })

  test("is needed besides that of an agent where both are asked for", async () => {
    await given()
    const id = await open()
    const both = { approved_by: ["rita"] }
    const commit = await headOf("ada")
    const neither = await mergeBy(id, both)
    expect(neither.detail).toContain(`approved:${commit}`)
    expect(neither.detail).toContain(`Proposal ${id} is open`)
    await votes(id, true, "rita", "sam")
    expect(await mergeBy(id, both)).toMatchObject({ state: "not_approved" })
    await says("rita", `approved:${commit}`)
    expect((await mergeBy(id, both)).state).toBe("merged")
  })

  test("is of this fleet, and a proposal", async () => {
    await given()
    await expectFailure(() => mergeBy("msg_404"), "UNKNOWN_MESSAGE", "msg_404")
    await world.given(["cleo"], {
      fleet: { directory: world.shop, project: `${world.shop}/.git` },
    })
    const far = await world.ratifications.open(world.lead, {
      ...{ fleet_id: "flt_2", subject: "Far", quorum: 1 },
    })
    await expectFailure(() => mergeBy(far.message_id), "UNKNOWN_MESSAGE", "flt_2")
  })
})
