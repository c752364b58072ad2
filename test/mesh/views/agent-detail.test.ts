import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { agentDetail } from "../../../plugin/mesh/views/agent-detail.ts"
import { createTeller, nasty, tellSmall } from "../../web/support/stories.ts"
import { session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await tellSmall(mesh)
})
afterEach(() => mesh.end())

const person = session("human:1", { human: true })
const detail = (id: string, caller = person) =>
  mesh.ledger.read((db) => agentDetail(db, caller, id))

describe("an agent alone", () => {
  test("has what it was told, did and said, in order", async () => {
    const { transcript } = await detail("maker-1")
    expect(transcript.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      "task: Task",
      "attempt: Attempt 1 begins",
      "mail-in: handoff from reviewer",
      "mail-out: request_help to lead",
      expect.stringMatching(/^mail-in: \w+ from lead$/),
      "event: question.asked".replace(".", " ") + ": permission: bash git push origin checkout",
      "partial: So far",
    ])
    expect(transcript.at(-1)!.text).toStartWith("I have moved rounding")
  })

  test("has each answer, and each attempt that failed with what it had said", async () => {
    const tell = createTeller(mesh, "flt_1")
    await tell.answers("reviewer", "All is well.")
    const { transcript } = await detail("reviewer-1")
    expect(transcript.at(-1)).toMatchObject({ kind: "answer", text: "All is well." })
    await tell.fails("maker", { code: "TIMEOUT", detail: "over" })
    const failed = await detail("maker-1")
    expect(failed.error).toEqual({ code: "TIMEOUT", detail: "over" })
    expect(
      failed.transcript.find(({ title }) => title.includes("ends: TIMEOUT"))!.text,
    ).toStartWith("I have moved")
  })

  test("has its mail with how far each has come, payloads in full", async () => {
    await createTeller(mesh, "flt_1").says("mapper", "maker", nasty.long)
    const { mail } = await detail("maker-1")
    expect(mail.at(-1)).toMatchObject({
      from: "mapper",
      to: ["maker"],
      state: "accepted",
      chars: 65_000,
    })
    expect(mail.at(-1)!.payload.length).toBe(65_000)
    expect(mail.find(({ from }) => from === "maker")).toMatchObject({ to: ["lead"], state: null })
  })

  test("is shown to its project alone", async () => {
    await expectFailure(() => detail("ghost"), "UNKNOWN_AGENT", "ghost")
    await expectFailure(
      () => detail("maker-1", session("human:2", { human: true, project: "/elsewhere" })),
      "UNKNOWN_FLEET",
      "flt_1",
    )
  })
})
