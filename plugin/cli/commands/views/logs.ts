import { setTimeout as sleep } from "node:timers/promises"
import { agentById } from "../../../mesh/ledger/tables/agents.ts"
import { isEnded } from "../../../mesh/model/agent.ts"
import { count, defineCommand, flag, json, text } from "../../define/command.ts"
import { logsOutputs } from "../../outputs/mail.ts"
import { pickAgent } from "../../mesh/pick-agent.ts"
import { type AgentLog, readLog } from "../../mesh/read-log.ts"
import { keyOf, type LogEntry, renderLogEntry, stampOf } from "../../render/render-log.ts"
import { oneLine } from "../../render/render-text.ts"
import { span, type StyledLine } from "../../render/styled.ts"
import { printJson } from "../../terminal/terminal.ts"

/** A session is read as often as a person could follow; its ledger tells of most of what is new. */
const leastPauseMs = 250
/** What a session does without a trace in the ledger is seen this late. */
const mostPauseMs = 1000

export const logs = defineCommand({
  name: "logs",
  summary: "Show what an agent was told, said and did; with --follow, as it happens",
  usage: ["logs <agent> [--fleet id] [--follow] [--json]"],
  options: {
    fleet: text(
      "<fleet>",
      "The agent's fleet (default: the newest that has an agent of this name)",
    ),
    follow: flag(
      "Keep printing until the agent ends or Ctrl-C; with --json, one document per line",
    ),
    limit: count("Show this many of the newest entries (100)", 10_000),
    json,
  },
  outputs: logsOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [wanted] }, { mesh: open, terminal }) {
    const mesh = await open()
    const { ledger, changes } = mesh.meshProcess
    const { agent } = await ledger.read((db) => pickAgent(db, mesh.project, wanted!, values.fleet))
    const read = (progress?: (text: string) => void) =>
      readLog((look) => ledger.read(look), agent, {
        ...mesh.logDeps,
        ...(progress && { progress }),
      })
    const first = await read(terminal.progress)
    const limit = values.limit ?? 100
    const newest = { ...first, entries: first.entries.slice(-limit) }
    if (values.json && !values.follow) return printJson(terminal, logsOutputs.one, newest)
    const show = (entry: LogEntry) =>
      values.json
        ? printJson(terminal, logsOutputs.line, { agent: agent.name, ...entry })
        : terminal.paint(renderLogEntry(entry))
    if (!values.json) terminal.paint(head(first, first.entries.length - newest.entries.length))
    for (const entry of newest.entries) show(entry)
    if (!values.follow) return
    const shown = new Map(first.entries.map((entry) => [keyOf(entry), stampOf(entry)]))
    const { interrupted } = terminal
    const waiter = createWaiter(changes, interrupted)
    while (!interrupted.aborted) {
      waiter.begin()
      const row = await ledger.read((db) => agentById(db, agent.id))
      const isOver = !row || isEnded(row.status)
      const log = row ? await readLog((look) => ledger.read(look), row, mesh.logDeps) : first
      for (const entry of log.entries) {
        const [key, stamp] = [keyOf(entry), stampOf(entry)]
        if (shown.get(key) === stamp) continue
        shown.set(key, stamp)
        show(entry)
      }
      if (isOver) {
        if (!values.json)
          terminal.paint([[span(`${oneLine(agent.name)} is ${row?.status ?? "gone"}.`, "bold")]])
        break
      }
      await waiter.wait()
    }
    waiter.close()
  },
})

/** Resolves when something was committed, or when it is time to look again all the same. */
const createWaiter = (
  changes: { subscribe(listener: () => void): () => void },
  interrupted: AbortSignal,
) => {
  let changed = new AbortController()
  const unsubscribe = changes.subscribe(() => changed.abort())
  const pause = (ms: number, signal: AbortSignal) =>
    sleep(ms, undefined, { signal }).catch(() => undefined)
  return {
    /** What is committed from here on ends the next wait. */
    begin: () => void (changed = new AbortController()),
    async wait() {
      await pause(leastPauseMs, interrupted)
      await pause(mostPauseMs - leastPauseMs, AbortSignal.any([changed.signal, interrupted]))
    },
    close: unsubscribe,
  }
}

const head = (log: AgentLog, left: number): StyledLine[] => [
  [
    span(`${oneLine(log.name)}  `, "bold"),
    span(`${log.agent_id} in ${log.fleet_id}${log.session_id ? `, ${log.session_id}` : ""}`, "dim"),
  ],
  ...(log.missing === undefined
    ? []
    : [
        [
          span(
            `Its session's texts and tool calls are not available: ${log.missing}. What the ledger knows:`,
            "yellow",
          ),
        ],
      ]),
  ...(left > 0 ? [[span(`… ${left} earlier entries; --limit shows them`, "dim")]] : []),
]
