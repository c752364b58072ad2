import { spawn } from "node:child_process"
import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import {
  insertAgent,
  moveToRunning,
  moveToStarting,
  recordActivity,
} from "../../plugin/mesh/ledger/tables/agents.ts"
import { insertFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { claimSession } from "../../plugin/mesh/ledger/tables/sessions.ts"
import { processStart } from "../../plugin/system/processes.ts"
import { memberCaller, messagesOver } from "./bench-ledger.ts"

const fleetId = "flt_busy"
const hostId = "hst_busy"

/** A fleet at work in a project whose agents talk as often as it is told. */
export const createBusyFleet = async (
  ledger: Ledger,
  project: string,
  names: readonly string[],
) => {
  // No process that the dashboard descends from: that would be an OpenCode, whose shells are refused.
  const stand = spawn("sleep", ["900"], { stdio: "ignore" })
  const owner = { pid: stand.pid!, process_start: processStart(stand.pid!)! }
  await ledger.transact(async (tx) => {
    const lead = { id: "ses_lead", project, agent_id: null, updated_at: tx.at }
    await claimSession(tx, { ...lead, ...owner })
    await insertFleet(tx, {
      id: fleetId,
      name: "busy",
      project,
      directory: project,
      lead_session: lead.id,
      lead_agent: null,
      lead_model: null,
      lead_rules: "[]",
      opencode: "opencode",
      isolation: "auto",
      max_parallel: names.length,
      host_limit: names.length,
      timeout_at: null,
      budget: null,
      created_at: tx.at,
    })
    for (const [position, name] of names.entries()) {
      const agent = { id: `agt_${name}`, generation: 0, attempts: 0 }
      await insertAgent(tx, {
        id: agent.id,
        fleet_id: fleetId,
        position,
        name,
        role: "Bench",
        agent: null,
        model: null,
        prompt: "Work.",
        directory: project,
        created_at: tx.at,
      })
      await moveToStarting(tx, agent, { hostId, attempt: 1 })
      await moveToRunning(tx, { ...agent, generation: 1 }, { hostId, sessionId: `ses_${name}` })
    }
  })
  const { messages, close } = messagesOver(ledger)
  let sent = 0

  /** One agent writes to another, who acknowledges it, and says that it goes on with something else. */
  const talk = async () => {
    const at = sent++
    const from = `agt_${names[(at * 7) % names.length]!}`
    const to = `agt_${names[(at * 13 + 5) % names.length]!}`
    if (from === to) return
    const { message_id } = await messages.send(memberCaller(from, fleetId, project), {
      to_agent_id: to,
      type: (["handoff", "result", "question", "handoff", "alert"] as const)[at % 5]!,
      payload: `Part ${at} builds, and its tests pass: go on with its types.`,
    })
    await messages.acknowledge(memberCaller(to, fleetId, project), message_id)
    await ledger.transact((tx) =>
      recordActivity(
        tx,
        { id: from, hostId },
        {
          activity: `edits src/part-${at}.ts`,
          activity_at: tx.at,
          last_tool: "edit",
          blocked_on: null,
          partial: null,
        },
      ),
    )
  }

  return {
    talk,
    /** Talks at this pace for this long; how often it did. */
    async talkFor(ms: number, perSecond: number) {
      const began = performance.now()
      let times = 0
      for (; performance.now() - began < ms; times++) {
        await talk()
        await Bun.sleep(Math.max(0, began + ((times + 1) * 1000) / perSecond - performance.now()))
      }
      return times
    },
    end() {
      close()
      stand.kill("SIGKILL")
    },
  }
}
