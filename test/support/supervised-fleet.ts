import { openMesh } from "../../plugin/cli/mesh/open-mesh.ts"
import { agentsOfFleet, agentsOfHost, insertAgent } from "../../plugin/mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../plugin/mesh/ledger/tables/events.ts"
import { insertFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { claimSession } from "../../plugin/mesh/ledger/tables/sessions.ts"
import { endAgent } from "../../plugin/mesh/lifecycle/outcome.ts"
import { ownProcess } from "../../plugin/system/processes.ts"
import { session } from "../mesh/support/callers.ts"

const id = "flt_supervised"
const names = ["one", "two"] as const

/** A fleet at work that this process supervises, as a shell's does; its host is this process too. */
export const superviseFleet = async (home: string, env: Record<string, string>) => {
  const self = ownProcess()
  const mesh = openMesh({
    directory: home,
    env: { HOME: home, MESHFLEET_HOME: home, PATH: "", ...env },
    warn: () => undefined,
    isInsideAgent: false,
    hosts: {
      async start(host, _fleet, onPid) {
        await onPid(self)
        await ledger.transact(async (tx) => {
          const ready = "UPDATE hosts SET status = 'ready', beat_at = ? WHERE id = ?"
          await tx.run(ready, Date.now(), host.id)
          for (const agent of await agentsOfHost(tx, host.id))
            await tx.run("UPDATE agents SET status = 'running' WHERE id = ?", agent.id)
        })
      },
      end: async () => undefined,
    },
  })
  const { meshProcess, project, directory } = mesh
  const { ledger, supervisor, messages, changes } = meshProcess
  await meshProcess.lazyLedger.ready()
  const lead = { id: "ses_lead", project, agent_id: null, ...self }
  await ledger.transact(async (tx) => {
    await claimSession(tx, { ...lead, updated_at: tx.at })
    await insertFleet(tx, {
      id,
      name: "supervised",
      project,
      directory,
      lead_session: lead.id,
      lead_agent: null,
      lead_model: null,
      lead_rules: "[]",
      opencode: "opencode",
      isolation: "auto",
      max_parallel: 2,
      host_limit: 2,
      timeout_at: null,
      budget: null,
      created_at: tx.at,
    })
    await appendEvent(tx, { type: "fleet.created", fleetId: id, data: { name: "supervised" } })
    for (const [position, name] of names.entries())
      await insertAgent(tx, {
        id: `agt_${name}`,
        fleet_id: id,
        position,
        name,
        role: name,
        agent: null,
        model: null,
        prompt: "Work.",
        directory,
        created_at: tx.at,
      })
  })
  await supervisor.supervise(id)
  const isAtWork = () =>
    ledger.read(async (db) => {
      const rows = await db.all<{ status: string }>("SELECT status FROM agents")
      return rows.every(({ status }) => status === "running") || undefined
    })
  if (!(await changes.until(isAtWork, { timeoutMs: 30_000 })))
    throw new Error("the fleet's agents did not run within 30 s")

  const callerOf = (name: (typeof names)[number]) =>
    session(`ses_${name}`, {
      project,
      directory,
      member: { agentId: `agt_${name}`, name, fleetId: id },
    })
  return {
    mesh,
    /** Two commits of an everyday fleet: a message, and that it was read. */
    async talk() {
      const { message_id } = await messages.send(callerOf("one"), {
        to_agent_id: "two",
        type: "result",
        payload: "The tests of this part pass.",
      })
      await messages.acknowledge(callerOf("two"), message_id)
    },
    /** Both have done their work. */
    complete: () =>
      ledger.transact(async (tx) => {
        for (const agent of await agentsOfFleet(tx, id))
          await endAgent(tx, agent, { status: "complete", output: "Done." })
      }),
    end: () => mesh.close(),
  }
}
