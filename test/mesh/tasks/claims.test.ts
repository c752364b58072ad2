import { expect, test } from "bun:test"
import type { TaskRow } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { overdueClaims } from "../../../plugin/mesh/tasks/claims.ts"

const now = 10_000
const lease = 1000
const overdue = (holder: Partial<AgentRow>, claimedAt = 0) =>
  overdueClaims(
    [{ number: 1, owner: "ada", claimed_at: claimedAt } as TaskRow],
    [
      {
        ...{ id: "ada", status: "running", blocked_on: null, awaits_mail_at: null },
        ...{ activity_at: now, ended_at: null, ...holder },
      } as AgentRow,
    ],
    (instant) => now - instant,
    lease,
  ).map(({ silentMs }) => silentMs)

test("a claim runs out when its holder shows no activity, or has rested, for longer than the lease", () => {
  expect(overdue({ activity_at: now - lease })).toEqual([])
  expect(overdue({ activity_at: now - lease - 1 })).toEqual([lease + 1])
  expect(overdue({ status: "complete", ended_at: now - lease - 1 })).toEqual([lease + 1])
})

test("claiming is a sign of life", () => {
  expect(overdue({ activity_at: 0 }, now - lease)).toEqual([])
})

test("whoever waits for somebody, or for its next attempt, is not silent", () => {
  const activity_at = 0
  expect(overdue({ activity_at, blocked_on: "permission" })).toEqual([])
  expect(overdue({ activity_at, awaits_mail_at: 1 })).toEqual([])
  expect(overdue({ activity_at, status: "interrupted" })).toEqual([])
})
