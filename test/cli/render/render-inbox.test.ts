import { expect, test } from "bun:test"
import { renderInbox } from "../../../plugin/cli/render/render-inbox.ts"

const startedAt = Date.UTC(2026, 0, 1)

test("an inbox shows how far each message has come", () => {
  const peek = {
    agent_id: "mapper-1",
    name: "mapper",
    fleet_id: "flt_1",
    unacknowledged: 3,
    total: 5,
    remaining: 1,
    messages: [
      {
        id: "msg_1",
        from: "lead",
        type: "question",
        payload: "One\nTwo",
        timestamp: "2026-01-01T00:00:00Z",
        state: "seen",
        state_at: "2026-01-01T00:00:05Z",
        tries: 2,
        correlation_id: "c1",
      },
      {
        id: "msg_2",
        from: "maker",
        type: "handoff",
        payload: { a: 1 },
        timestamp: "2026-01-01T00:00:09Z",
        state: "accepted",
        state_at: "2026-01-01T00:00:09Z",
        tries: 0,
      },
    ],
  }
  expect(renderInbox(peek, startedAt + 10_000)).toEqual([
    "mapper (mapper-1) in flt_1: 3 unacknowledged of 5",
    "",
    "msg_1  question from lead  ·  sent 10s ago  ·  seen 5.0s ago, 2 tries  ·  correlation c1",
    "  One\n  Two",
    "",
    "msg_2  handoff from maker  ·  sent 1.0s ago  ·  accepted 1.0s ago",
    '  {\n    "a": 1\n  }',
    "",
    "1 more; --limit shows them.",
  ])
})
