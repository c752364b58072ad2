import { expect, test } from "bun:test"
import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { countByStatus, waitingTitle } from "../../../plugin/tools/define/live-lines.ts"

const agent = (name: string, more: Partial<AgentRow> = {}) =>
  ({
    name,
    status: "running",
    activity: "tool bash",
    blocked_on: null,
    awaits_mail_at: null,
    ...more,
  }) as AgentRow

test("a waiting call says who is still at work, on what, and who waits for somebody first", () => {
  const agents = [
    agent("mapper"),
    agent("reviewer", { status: "complete" }),
    agent("maker", { blocked_on: "bash git push" }),
    agent("late", { status: "queued", activity: null }),
    agent("reader", { awaits_mail_at: 1 }),
    agent("other"),
  ]
  expect(waitingTitle({ name: "shop" }, agents.slice(0, 3))).toBe(
    "shop: 1 of 3 done; maker waits for bash git push, mapper: tool bash",
  )
  expect(waitingTitle({ name: "shop" }, agents)).toBe(
    "shop: 1 of 6 done; maker waits for bash git push, reader waits for message, mapper: tool bash, 2 more",
  )
  expect(waitingTitle({ name: "shop" }, [agents[1]!])).toBe("shop: 1 of 1 done")
  expect(countByStatus(agents)).toBe("4 running, 1 complete, 1 queued")
})
