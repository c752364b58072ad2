import type { Caller } from "../../../plugin/mesh/model/caller.ts"

/** A top-level session of the project "shop". */
export const session = (sessionId: string, more: Partial<Caller> = {}): Caller => ({
  sessionId,
  project: "/shop/.git",
  directory: "/shop",
  delegated: false,
  human: false,
  agent: "build",
  model: "fake/m1",
  member: undefined,
  ...more,
})

export const member = (agent: { id: string; name: string; fleet_id: string }): Caller =>
  session(`ses_${agent.id}`, {
    member: { agentId: agent.id, name: agent.name, fleetId: agent.fleet_id },
  })

/** What a sub-session looks like: its ancestor's session, and no right to act. */
export const delegate = (caller: Caller): Caller => ({ ...caller, delegated: true })
