import { expect, test } from "bun:test"
import { renderEvent } from "../../../plugin/cli/render/render-event.ts"

test("events read as who did what, with the time since their fleet began", () => {
  const event = {
    seq: 1,
    at: 0,
    agentId: null,
    fleetId: "flt_1",
    afterMs: 12_000,
    to: [] as string[],
  }
  expect([
    renderEvent(
      {
        ...event,
        type: "message.sent",
        who: "mapper",
        to: ["reviewer", "lead"],
        data: { to: ["x"], type: "handoff", message_id: "msg_1" },
      },
      { withFleet: false },
    ),
    renderEvent(
      {
        ...event,
        type: "agent.interrupted",
        who: "mapper",
        data: { code: "HOST_LOST", retry_in_ms: 1500, stop: null },
      },
      { withFleet: true },
    ),
    renderEvent(
      {
        ...event,
        agentId: null,
        fleetId: null,
        afterMs: undefined,
        type: "routing.outcome",
        who: "",
        data: { success: true },
      },
      { withFleet: false },
    ),
  ]).toEqual([
    "+12s      message.sent          mapper → reviewer, lead   handoff  msg_1",
    "+12s      flt_1         agent.interrupted     mapper                    code HOST_LOST  retry_in 1.5s",
    "          routing.outcome                                 success true",
  ])
})
