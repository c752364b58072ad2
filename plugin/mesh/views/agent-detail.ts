import { requireFleet } from "../access.ts"
import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { attemptsOf } from "../ledger/tables/attempts.ts"
import { deliveriesOf } from "../ledger/tables/messages.ts"
import { outputsOf } from "../ledger/tables/outputs.ts"
import type { AgentRow, EventRow, MessageRow } from "../ledger/tables/rows.ts"
import { worktreeOf } from "../ledger/tables/worktrees.ts"
import { filedMessages, type FiledMessage } from "../mail/inbox-page.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { mapInOrder } from "../model/in-order.ts"
import { leadName } from "../model/message.ts"
import { cut } from "../prompts.ts"
import type { AgentDetail, LetterShown, TranscriptEntry } from "./shown.ts"

/** What is longer is asked for by itself. */
const mostText = 70_000
const mostMail = 100
const mostEvents = 200

/** An agent as somebody sees it who looks at it alone: what it was told, did, said and was sent. */
export const agentDetail = async (
  db: Query,
  caller: Caller,
  agentId: string,
): Promise<AgentDetail> => {
  const agent = await agentById(db, agentId)
  if (!agent)
    throw new MeshError(
      "UNKNOWN_AGENT",
      `No agent "${agentId}" in this project.`,
      "meshfleet status shows who is there.",
    )
  await requireFleet(db, caller, agent.fleet_id)
  const mail = await mailOf(db, agent)
  const tree = await worktreeOf(db, agent.id)
  return {
    id: agent.id,
    fleetId: agent.fleet_id,
    name: agent.name,
    role: agent.role,
    agent: agent.agent,
    model: agent.model,
    directory: agent.directory,
    sessionId: agent.session_id,
    error: agent.error_code ? { code: agent.error_code, detail: agent.error_detail ?? "" } : null,
    files: agent.files === null ? [] : (JSON.parse(agent.files) as string[]),
    worktree: tree ? { branch: tree.branch, path: tree.path, state: tree.state } : null,
    transcript: await transcriptOf(db, agent, mail),
    mail,
  }
}

const entry = (
  at: number,
  kind: TranscriptEntry["kind"],
  title: string,
  text = "",
): TranscriptEntry => ({ at, kind, title, text: cut(text, mostText), chars: text.length })

const transcriptOf = async (
  db: Query,
  agent: AgentRow,
  mail: readonly LetterShown[],
): Promise<TranscriptEntry[]> => {
  const entries = [entry(agent.created_at, "task", "Task", agent.prompt)]
  for (const { attempt, started_at, ended_at, cause, partial } of await attemptsOf(db, agent.id)) {
    entries.push(entry(started_at, "attempt", `Attempt ${attempt} begins`))
    if (ended_at !== null && cause !== "complete")
      entries.push(entry(ended_at, "attempt", `Attempt ${attempt} ends: ${cause}`, partial ?? ""))
  }
  const outputs = await outputsOf(db, agent.id)
  for (const { at, output } of outputs) entries.push(entry(at, "answer", "Answer", output))
  for (const letter of mail)
    entries.push(
      letter.from === agent.name
        ? entry(letter.at, "mail-out", `${letter.type} to ${letter.to.join(", ")}`, letter.payload)
        : entry(letter.at, "mail-in", `${letter.type} from ${letter.from}`, letter.payload),
    )
  for (const row of await eventsOf(db, agent)) entries.push(entry(row.at, "event", wordsOf(row)))
  const isNew = agent.partial !== null && agent.partial !== outputs.at(-1)?.output
  const sorted = entries.toSorted((a, b) => a.at - b.at)
  if (isNew && agent.status !== "complete")
    sorted.push(entry(agent.activity_at ?? agent.created_at, "partial", "So far", agent.partial!))
  return sorted
}

const told = `'question.asked', 'question.answered', 'question.expired', 'agent.stalled', 'agent.looping',
  'agent.stop_requested', 'budget.warned', 'provider.limited', 'file.conflict'`

const eventsOf = async (db: Query, agent: AgentRow) =>
  db.all<EventRow>(
    `SELECT * FROM events WHERE fleet_id = ? AND agent_id = ? AND type IN (${told})
     ORDER BY seq DESC LIMIT ?`,
    agent.fleet_id,
    agent.id,
    mostEvents,
  )

const wordsOf = ({ type, data }: EventRow) => {
  const { wanted, answer, activity, call, mode, reason, path } = JSON.parse(data) as Record<
    string,
    unknown
  >
  const name = type.replace(/^agent\./, "").replaceAll(/[._]/g, " ")
  const words = [wanted, answer, activity, call, mode, reason, path].filter(
    (each) => typeof each === "string",
  )
  return cut([name, ...words].join(": "), 400)
}

/** What it sent and got, oldest first. */
const mailOf = async (db: Query, agent: AgentRow): Promise<LetterShown[]> => {
  const got = await filedMessages(db, agent.id, { all: true, limit: mostMail })
  const sent = await db.all<MessageRow>(
    "SELECT * FROM messages WHERE fleet_id = ? AND from_agent_id = ? ORDER BY seq DESC LIMIT ?",
    agent.fleet_id,
    agent.id,
    mostMail,
  )
  const nameOf = async (id: string) =>
    id.startsWith(`${leadName}:`) ? leadName : ((await agentById(db, id))?.name ?? id)
  const show = async (row: MessageRow | FiledMessage, to: readonly string[]) => ({
    id: row.id,
    at: row.created_at,
    from: await nameOf(row.from_agent_id),
    to: await mapInOrder(to, nameOf),
    type: row.type,
    payload: cut(row.payload, mostText),
    chars: row.payload.length,
    state: "state" in row ? row.state : null,
  })
  const letters = [
    ...(await mapInOrder(got, (row) => show(row, [agent.id]))),
    ...(await mapInOrder(sent, async (row) =>
      show(
        row,
        (await deliveriesOf(db, row.seq)).map(({ recipient }) => recipient),
      ),
    )),
  ]
  return letters.toSorted((a, b) => a.at - b.at)
}
