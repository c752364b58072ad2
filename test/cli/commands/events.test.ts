import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

describe("events", () => {
  test("are told oldest first, cut to the newest", async () => {
    await shell.given("flt_1", ["mapper", "reviewer"])
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP")
    await shell.given("flt_far", ["spy"], { project: "/elsewhere/.git" })
    expect((await shell.run(["events", "shop"])).out.split("\n")).toEqual([
      "+0.0s     fleet.created                                   name shop",
      "+15s      message.sent          mapper → reviewer         msg_1  handoff",
      "",
    ])
    const { events } = JSON.parse((await shell.run(["events", "--json", "--limit", "1"])).out)
    expect(events).toEqual([
      {
        seq: 2,
        at: "2026-01-01T00:00:15.000Z",
        type: "message.sent",
        fleet_id: "flt_1",
        agent_id: "mapper-1",
        agent: "mapper",
        data: { message_id: "msg_1", type: "handoff", to: ["reviewer-1"] },
      },
    ])
  })

  test("are followed as they come, one JSON document a line, until Ctrl-C", async () => {
    await shell.given("flt_1", ["mapper", "reviewer"])
    const following = shell.start(["events", "--follow", "--json"])
    await following.until("fleet.created")
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP")
    await following.until("message.sent")
    following.interrupt()
    expect(await following.code).toBe(130)
    const types = following
      .out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(["fleet.created", "message.sent"])
  })
})
