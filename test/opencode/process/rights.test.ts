import { beforeEach, expect, test } from "bun:test"
import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"
import { readRules, withRights } from "../../../plugin/opencode/process/rights.ts"
import { delegate, session } from "../../mesh/support/callers.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let sessions: FakeSessions
const all: Rule = { permission: "*", pattern: "*", action: "allow" }
const denied: Rule = { permission: "bash", pattern: "*", action: "deny" }
const ask = async () => undefined

beforeEach(() => {
  sessions = createFakeSessions()
  sessions.stores.set("ses_lead", [])
  sessions.rules_.set("ses_lead", [denied])
})

test("a session may what its agent may, and its own rules come last", async () => {
  expect(await readRules(sessions, session("ses_lead"))).toEqual([all, denied])
})

test("a session whose agent nobody knows would be asked about everything", async () => {
  const asked: Rule = { permission: "*", pattern: "*", action: "ask" }
  expect(await readRules(sessions, session("ses_lead", { agent: "gone" }))).toEqual([asked, denied])
  sessions.agents_[0]!.permission = []
  sessions.rules_.set("ses_lead", [])
  expect(await readRules(sessions, session("ses_lead"))).toEqual([asked])
})

test("whoever acts brings its rights, whoever reads needs none", async () => {
  const lead = session("ses_lead")
  const rights = { rules: [all, denied], ask }
  for (const tool of [
    "spawn_fleet",
    "spawn_from_template",
    "attach_agent",
    "stop_agents",
    "send_message",
  ] as const)
    expect(await withRights(sessions, tool, lead, ask)).toEqual({ ...lead, rights })
  for (const tool of ["fleet_status", "get_inbox", "save_fleet_template"] as const)
    expect(await withRights(sessions, tool, lead, ask)).toBe(lead)
})

test("a member brings its own when it attaches; who may not act brings none", async () => {
  const member = session("ses_lead", { member: { agentId: "a1-1", name: "a1", fleetId: "flt_1" } })
  expect((await withRights(sessions, "attach_agent", member, ask)).rights).toBeDefined()
  expect(await withRights(sessions, "send_message", member, ask)).toBe(member)
  for (const caller of [delegate(session("ses_lead")), session("", { readsOnly: "why" })])
    expect(await withRights(sessions, "spawn_fleet", caller, ask)).toBe(caller)
})
