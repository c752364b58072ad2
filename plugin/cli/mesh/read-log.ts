import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { Query } from "../../mesh/ledger/port.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { attemptsOf } from "../../mesh/ledger/tables/attempts.ts"
import { hostById } from "../../mesh/ledger/tables/hosts.ts"
import { outputsOf } from "../../mesh/ledger/tables/outputs.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { type Letter, mailOfAgent } from "../../mesh/mail/correspondence.ts"
import { errorText } from "../../mesh/model/errors.ts"
import { isRecord } from "../../mesh/model/is-record.ts"
import { isoTime } from "../../mesh/model/limits/numbers.ts"
import { leadName, leadRecipient } from "../../mesh/model/message.ts"
import {
  exportArgs,
  type HostAddress,
  hostAddressOf,
  readExport,
  readFromHost,
} from "../../opencode/api/session-logs.ts"
import type { SessionEntry } from "../../opencode/runtime/session-log.ts"
import { userEnvironment } from "../../system/mesh-environment.ts"
import { isAlive, startedAs } from "../../system/processes.ts"
import type { LogEntry } from "../render/render-log.ts"

export interface AgentLog {
  agent_id: string
  name: string
  fleet_id: string
  session_id: string | null
  /** Where its session was read; null when it was not, and `missing` says why. */
  transcript: "host" | "store" | null
  missing?: string
  entries: LogEntry[]
}

export interface LogDeps {
  env: Record<string, string | undefined>
  opencode: string
  /** In an agent's shell a host's password is not looked for, nor another's session read. */
  isInsideAgent: boolean
  /** Told before what takes longer than a look at the ledger. */
  progress?: (text: string) => void
}

/** More than a person scrolls through. */
const mostMessages = 300
const mostMail = 300

/** The host that an agent's session runs in, with how to get in; undefined when it is gone. */
export const livingHostOf = async (
  db: Query,
  agent: AgentRow,
): Promise<HostAddress | undefined> => {
  const host = agent.host_id === null ? undefined : await hostById(db, agent.host_id)
  if (!host || host.pid === null || host.process_start === null || host.status === "ended")
    return undefined
  if (!isAlive({ pid: host.pid, process_start: host.process_start })) return undefined
  const look = startedAs(host.pid)
  return look && hostAddressOf(look)
}

type Transcript = { from: "host" | "store"; entries: SessionEntry[] } | { missing: string }

/** Reads a session: in its host while that lives, else where OpenCode stores all of them. */
export const readTranscript = async (
  agent: AgentRow,
  host: HostAddress | undefined,
  { env, opencode, isInsideAgent, progress }: LogDeps,
  messages = mostMessages,
): Promise<Transcript> => {
  if (agent.session_id === null) return { missing: "it has no session yet" }
  if (isInsideAgent) return { missing: "an agent's shell reads no sessions of others" }
  const session = { id: agent.session_id, directory: agent.directory }
  if (host)
    try {
      return { from: "host", entries: await readFromHost(host, session, messages) }
    } catch {
      // Ending at this moment, or too busy: what is stored is nearly as new.
    }
  try {
    progress?.(`reading the session of ${agent.name} with ${opencode}`)
    const { stdout } = await promisify(execFile)(opencode, exportArgs(session.id), {
      cwd: agent.directory,
      env: { ...userEnvironment(env), PWD: agent.directory },
      timeout: 30_000,
      maxBuffer: 256 << 20,
    })
    return { from: "store", entries: readExport(stdout) }
  } catch (error) {
    const [line] = errorText(error).split("\n")
    return { missing: `OpenCode does not give its session: ${line}` }
  } finally {
    progress?.("")
  }
}

/** What the ledger alone knows, oldest first; the rest is in the session. */
const ledgerEntries = async (db: Query, agent: AgentRow, hasSession: boolean) => {
  const names = new Map((await agentsOfFleet(db, agent.fleet_id)).map(({ id, name }) => [id, name]))
  const nameOf = (id: string) =>
    id === leadRecipient(agent.fleet_id) ? leadName : (names.get(id) ?? id)
  const attempts = (await attemptsOf(db, agent.id)).flatMap((attempt): LogEntry[] => [
    {
      at: isoTime(attempt.started_at),
      kind: "attempt",
      title: `attempt ${attempt.attempt} begins${attempt.host_id ? ` in ${attempt.host_id}` : ""}`,
    },
    ...(attempt.ended_at === null
      ? []
      : [
          {
            at: isoTime(attempt.ended_at),
            kind: "attempt" as const,
            title: `attempt ${attempt.attempt} ends: ${attempt.cause}`,
          },
        ]),
  ])
  const mail = (await mailOfAgent(db, agent, mostMail)).map((letter) =>
    mailEntry(letter, agent, nameOf),
  )
  if (hasSession) return [...attempts, ...mail]
  const outputs = (await outputsOf(db, agent.id)).map(({ at, output }): LogEntry => ({
    at: isoTime(at),
    kind: "answer",
    title: "answers",
    text: output,
  }))
  const partial: LogEntry[] =
    agent.partial !== null && outputs.length === 0
      ? [
          {
            at: isoTime(agent.activity_at ?? agent.created_at),
            kind: "answer",
            title: "has said so far",
            text: agent.partial,
          },
        ]
      : []
  const task: LogEntry = {
    at: isoTime(agent.created_at),
    kind: "prompt",
    title: "task",
    text: agent.prompt,
  }
  return [task, ...attempts, ...mail, ...outputs, ...partial]
}

const mailEntry = (letter: Letter, agent: AgentRow, nameOf: (id: string) => string): LogEntry => {
  const isOwn = letter.from_agent_id === agent.id
  const way = isOwn ? `to ${nameOf(letter.recipient)}` : `from ${nameOf(letter.from_agent_id)}`
  return {
    at: isoTime(letter.created_at),
    kind: "mail",
    title: `${letter.type} ${way}`,
    text: letter.payload,
    state: letter.state,
    message_id: letter.id,
  }
}

/** What a call that has no title yet is about: the first text of its input. */
const mainInput = (input: unknown) =>
  Object.values(isRecord(input) ? input : {}).find((value) => typeof value === "string")

export const titleOf = ({ kind, tool }: SessionEntry) =>
  tool
    ? [tool.name, tool.title ?? mainInput(tool.input)].filter(Boolean).join(": ")
    : kind === "text"
      ? "says"
      : kind

const sessionEntry = (entry: SessionEntry): LogEntry => ({
  at: entry.at === undefined ? null : isoTime(entry.at),
  kind: entry.kind,
  title: titleOf(entry),
  ...(entry.text !== "" && { text: entry.text }),
  ...(entry.tool && {
    tool: entry.tool.name,
    state: entry.tool.status,
    input: entry.tool.input,
    ...(entry.tool.duration_ms !== undefined && { duration_ms: entry.tool.duration_ms }),
  }),
  part_id: entry.id,
})

/** All that is known of one agent's work, in the order of time. */
export const readLog = async (
  read: <T>(look: (db: Query) => Promise<T>) => Promise<T>,
  agent: AgentRow,
  deps: LogDeps,
): Promise<AgentLog> => {
  const host = deps.isInsideAgent ? undefined : await read((db) => livingHostOf(db, agent))
  const transcript = await readTranscript(agent, host, deps)
  const hasSession = "from" in transcript
  const known = await read((db) => ledgerEntries(db, agent, hasSession))
  const said = hasSession ? transcript.entries.map(sessionEntry) : []
  return {
    agent_id: agent.id,
    name: agent.name,
    fleet_id: agent.fleet_id,
    session_id: agent.session_id,
    transcript: hasSession ? transcript.from : null,
    ...(!hasSession && { missing: transcript.missing }),
    entries: [...known, ...said].toSorted((a, b) => timeOf(a) - timeOf(b)),
  }
}

const timeOf = ({ at }: LogEntry) => (at === null ? 0 : Date.parse(at))
