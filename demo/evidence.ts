import type { Ledger } from "../plugin/mesh/ledger/ledger.ts"
import { mapInOrder } from "../plugin/mesh/model/in-order.ts"
import type { AgentRow, MessageRow } from "../plugin/mesh/ledger/tables/rows.ts"
import type { ScriptedModel } from "../scripted-model/server.ts"
import { contextOf, textOf } from "../scripted-model/turn.ts"
import type { Evidence, SeenMessage, SeenRequest } from "./checks.ts"
import type { World } from "./world.ts"

interface Sources extends Pick<Evidence, "moments" | "leadExit" | "killed"> {
  ledger: Ledger
  world: World
  model: ScriptedModel | undefined
}

/** Reads what the checks judge: from the ledger, the model's requests and the file system. */
export const gatherEvidence = async ({
  ledger,
  world,
  model,
  ...known
}: Sources): Promise<Evidence> => {
  const agents = await agentsIn(ledger)
  const changed = await world.changes()
  const testFiles = changed.filter((file) => file.endsWith(".test.ts"))
  return {
    ...known,
    agents: agents.map(({ id, name, agent, status, attempts, session_id, created_at }) => ({
      id,
      name,
      agent,
      status,
      attempts,
      sessionId: session_id,
      joinedAt: created_at,
    })),
    messages: await messagesIn(ledger, agents),
    ...(model && { requests: requestsTo(model) }),
    changed,
    tests: await mapInOrder(testFiles, async (file) => ({
      file,
      exitCode: (await world.runTest(file)).status,
    })),
    left: world.processes(),
  }
}

export const agentsIn = (ledger: Ledger) =>
  ledger.read((db) => db.all<AgentRow>("SELECT * FROM agents ORDER BY created_at, position"))

/** What agents and lead sent each other, one entry for each recipient; our notices are no mail. */
const messagesIn = async (ledger: Ledger, agents: readonly AgentRow[]): Promise<SeenMessage[]> => {
  const nameOf = (id: string) =>
    id.startsWith("lead") ? "lead" : (agents.find((agent) => agent.id === id)?.name ?? id)
  const rows = await ledger.read((db) =>
    db.all<MessageRow & { recipient: string; seen_at: number | null }>(
      `SELECT m.*, d.recipient, d.seen_at FROM messages m JOIN deliveries d ON d.message_seq = m.seq
       WHERE d.position IS NOT NULL ORDER BY m.seq`,
    ),
  )
  return rows.map((row) => ({
    from: nameOf(row.from_agent_id),
    to: nameOf(row.recipient),
    type: row.type,
    sentAt: row.created_at,
    seenAt: row.seen_at,
  }))
}

const requestsTo = (model: ScriptedModel): SeenRequest[] =>
  model.requests
    .filter(({ isTitle }) => !isTitle)
    .map(({ agent, body, headers }, index) => ({
      agent,
      text: body.messages.map(textOf).join("\n"),
      results: contextOf(body, { agent, headers, index }).toolResults,
    }))
