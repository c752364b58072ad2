import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { curlFor } from "../../../plugin/mesh/streams/streams.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["mapper", "reviewer"])
})
afterEach(() => mesh.end())

const pathFor = async (caller = lead, agentId?: string) => {
  const { stream_url } = await mesh.streams.subscribeInbox(caller, agentId)
  return decodeURIComponent(new URL(stream_url).pathname)
}

describe("an inbox is streamed", () => {
  test("to a lead: its own, of all its fleets, and those of its agents by id or name", async () => {
    expect(await pathFor()).toBe("/inbox/lead:ses_lead")
    expect(await pathFor(lead, "lead")).toBe("/inbox/lead:ses_lead")
    expect(await pathFor(lead, "mapper")).toBe("/inbox/mapper-1")
    expect(await pathFor(lead, "reviewer-1")).toBe("/inbox/reviewer-1")
  })

  test("to a member: its own", async () => {
    const mapper = member(await mesh.agent("mapper"))
    expect(await pathFor(mapper)).toBe("/inbox/mapper-1")
    expect(await pathFor(mapper, "mapper")).toBe("/inbox/mapper-1")
    await expectFailure(() => pathFor(mapper, "reviewer"), "NOT_YOUR_IDENTITY", "reviewer")
    await expectFailure(() => pathFor(mapper, "lead"), "NOT_YOUR_IDENTITY", "lead")
  })

  test("to nobody else", async () => {
    await expectFailure(() => pathFor(delegate(lead)), "NOT_ALLOWED", "sub-session")
    await expectFailure(() => pathFor(session("ses_new")), "NO_FLEET", "no inbox")
    await expectFailure(() => pathFor(session("ses_new"), "mapper"), "NOT_YOUR_IDENTITY", "mapper")
    await expectFailure(
      () => pathFor(session("human:1", { human: true }), "mapper"),
      "NOT_ALLOWED",
      "ends with the call",
    )
  })

  test("by files and an address: the token itself is in no answer", async () => {
    expect(await mesh.streams.subscribeInbox(lead, "mapper")).toEqual({
      stream_url: "http://127.0.0.1:4711/inbox/mapper-1?last_event_id=0",
      token_file: "/mesh/streams/1.token",
      expires_at: "2026-01-02T00:00:00.000Z",
      instructions: expect.stringContaining("/mesh/streams/1.json"),
    })
  })
})

test("what a shell reads of a path is the path", () => {
  expect(curlFor("http://x/?a=1&b=2", "/it's here/1.token")).toBe(
    `printf 'header = "Authorization: Bearer %s"' "$(cat '/it'\\''s here/1.token')" | curl -sN --noproxy '*' -K - 'http://x/?a=1&b=2'`,
  )
})
