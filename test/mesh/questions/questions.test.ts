import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { advance, undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { leadRecipient } from "../../../plugin/mesh/model/message.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { createQuestions, type Questions } from "../../../plugin/mesh/questions/questions.ts"
import { askPermission } from "../support/asked.ts"
import { session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let questions: Questions
const lead = session("ses_lead")
const person = session("human:1", { human: true })
beforeEach(async () => {
  mesh = await createMesh()
  questions = createQuestions(mesh)
  await mesh.given(["a1"])
  await mesh.set("a1", { status: "running", host_id: "hst_1" })
})
afterEach(() => mesh.end())

const push = async () => {
  const asked = askPermission("per_1", { patterns: ["git push"], always: ["git push *"] })
  const received = await mesh.ledger.transact((tx) =>
    receiveAsk(tx, { agentId: "a1-1", hostId: "hst_1", deadlineMs: 900_000 }, asked),
  )
  return (received as { waits: string }).waits
}

test("anybody but a person is refused, and the question stays open", async () => {
  const id = await push()
  await expectFailure(
    () => questions.answer(lead, id, { words: ["once"] }),
    "NOT_ALLOWED",
    "answer",
  )
  await expectFailure(() => questions.revoke(lead, "grt_1"), "NOT_ALLOWED", "revoke")
  expect(await questions.open(lead)).toMatchObject([{ question_id: id }])
})

describe("an answer", () => {
  test("counts once, and whoever comes later learns what it was", async () => {
    const id = await push()
    await questions.answer(person, id, { words: ["once"] })
    mesh.clock.advance(2000)
    await expectFailure(
      () => questions.answer(person, id, { words: ["reject"] }),
      "QUESTION_CLOSED",
      `${id} was answered 2 s ago: once`,
    )
    expect(await questions.open(person)).toEqual([])
    expect(await mesh.events("question.answered")).toHaveLength(1)
  })

  test("to a question of another project, or to none, is an error", async () => {
    const id = await push()
    const stranger = { ...person, project: "/bank/.git" }
    for (const [caller, name] of [
      [stranger, id],
      [person, "ask_404"],
    ] as const)
      await expectFailure(
        () => questions.answer(caller, name, { words: ["once"] }),
        "UNKNOWN_QUESTION",
        name,
      )
    expect(await questions.open(stranger)).toEqual([])
  })

  test("for the project is a grant until it is revoked, there and nowhere else", async () => {
    const answered = await questions.answer(person, await push(), { words: ["always"] })
    const [grant] = await questions.grants(person)
    expect(grant).toMatchObject({ fleet_id: null, pattern: "git push *", exact: false })
    expect(answered.remembered).toMatchObject([{ grant_id: grant!.grant_id }])
    const id = grant!.grant_id
    const stranger = { ...person, project: "/bank/.git" }
    expect(await questions.grants(stranger)).toEqual([])
    await expectFailure(() => questions.revoke(stranger, id), "UNKNOWN_GRANT", id)
    await questions.revoke(person, id)
    await expectFailure(() => questions.revoke(person, id), "UNKNOWN_GRANT", id)
    expect(await questions.grants(person)).toEqual([])
  })
})

describe("the lead", () => {
  const recipient = leadRecipient("flt_1")
  const waiting = () => mesh.ledger.read((db) => undelivered(db, recipient))
  const reads = async () => {
    for (const { seq } of await waiting())
      await mesh.ledger.transact((tx) => advance(tx, { recipient, seq }, "seen"))
  }

  test("that was told of a question hears how it was decided, and no turn begins for it", async () => {
    const id = await push()
    await reads()
    await questions.answer(person, id, { words: ["reject"], reason: "not on a Friday" })
    expect(await waiting()).toMatchObject([
      {
        wake: 0,
        payload:
          'The user answered what "a1" of flt_1 asked, `permission: bash git push`: `reject`, `not on a Friday`.',
      },
    ])
  })

  test("that has not read of it hears nothing", async () => {
    await questions.answer(person, await push(), { words: ["once"] })
    expect(await waiting()).toEqual([])
  })
})
