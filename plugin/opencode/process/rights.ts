import type { Caller, Rights } from "../../mesh/model/caller.ts"
import type { Rule } from "../../mesh/model/permission-rules.ts"
import type { ToolName } from "../../tools/registry.ts"
import type { Sessions } from "../runtime/sessions.ts"

type RuleSource = Pick<Sessions, "agents" | "rulesOf">

/** What OpenCode does where no rule matches: all that is known of an agent that is gone. */
const unknownAgent: readonly Rule[] = [{ permission: "*", pattern: "*", action: "ask" }]

/** What a session may do when it runs as this agent. */
export const readRules = async (
  sessions: RuleSource,
  { sessionId, directory, agent }: Pick<Caller, "sessionId" | "directory" | "agent">,
): Promise<readonly Rule[]> => {
  const [agents, own] = await Promise.all([
    sessions.agents(directory),
    sessions.rulesOf(sessionId, directory),
  ])
  const known = agents.find((each) => each.name === agent)
  const rules = [...(known?.permission ?? unknownAgent), ...own]
  return rules.length > 0 ? rules : unknownAgent
}

const acts: readonly ToolName[] = [
  "spawn_fleet",
  "spawn_from_template",
  "attach_agent",
  "stop_agents",
  "set_fleet_timeout",
  "send_message",
  "send_messages",
  "open_ratification",
  "merge_agents",
  "add_tasks",
  "update_task",
]

/** What a member brings about by these is bound by what it may do itself. */
const membersActs: readonly ToolName[] = ["attach_agent", "add_tasks", "update_task"]

/** The caller of a tool with what it may do, where that bounds what comes of the call. */
export const withRights = async (
  sessions: RuleSource,
  tool: ToolName,
  caller: Caller,
  ask: Rights["ask"],
): Promise<Caller> => {
  if (caller.delegated || caller.readsOnly !== undefined) return caller
  if (caller.member ? !membersActs.includes(tool) : !acts.includes(tool)) return caller
  return { ...caller, rights: { rules: await readRules(sessions, caller), ask } }
}
