import { describe, expect, test } from "bun:test"
import {
  type AgentStatus,
  fleetStatusOf,
  isActive,
  isEnded,
  nameFromRole,
  uniqueName,
} from "../../../plugin/mesh/model/agent.ts"

test("a fleet has ended when every agent has: failed over cancelled over complete", () => {
  const table: [AgentStatus[], string][] = [
    [["complete", "queued"], "running"],
    [["failed", "starting"], "running"],
    [["cancelled", "interrupted"], "running"],
    [["complete", "complete"], "complete"],
    [["complete", "cancelled"], "cancelled"],
    [["complete", "cancelled", "failed"], "failed"],
  ]
  for (const [agents, status] of table)
    expect([agents, fleetStatusOf(agents)]).toEqual([agents, status as never])
})

test("every status is waiting, active or ended, and never two of them", () => {
  const kinds = (
    ["queued", "starting", "running", "interrupted", "complete", "failed", "cancelled"] as const
  ).map(
    (status) => `${status}: ${isActive(status) ? "active" : ""}${isEnded(status) ? "ended" : ""}`,
  )
  expect(kinds).toEqual([
    "queued: ",
    "starting: active",
    "running: active",
    "interrupted: ",
    "complete: ended",
    "failed: ended",
    "cancelled: ended",
  ])
})

describe("names", () => {
  test("are made from roles in any script", () => {
    const table = {
      "Security Reviewer": "security-reviewer",
      "  API / Tester (v2) ": "api-tester-v2",
      "Über-Prüfer": "uber-prufer",
      デバッガ: "デバッガ",
      "代码 审查": "代码-审查",
      हिन्दी: "हिन्दी",
      "!!!": "agent",
      [`${"x".repeat(39)} yz`]: "x".repeat(39),
    }
    expect(
      Object.fromEntries(Object.keys(table).map((role) => [role, nameFromRole(role)])),
    ).toEqual(table)
  })

  test("get the next free number when they are taken", () => {
    expect(uniqueName("a", new Set())).toBe("a")
    expect(uniqueName("a", new Set(["a", "a-2", "a-4"]))).toBe("a-3")
  })
})
