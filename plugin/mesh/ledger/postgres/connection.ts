import { Client, type QueryConfig, type QueryResult } from "pg"
import type { Param } from "../port.ts"
import { isLost } from "./failures.ts"
import { numberPlaceholders } from "./placeholders.ts"
import { startupOptions } from "./startup-options.ts"
import { decodeText, encodeText } from "./text.ts"

export interface Answer {
  rows: Record<string, unknown>[]
  changes: number
  /** What was done, in a word: SELECT, UPDATE, COMMIT. */
  command: string
}

export interface ConnectionEvents {
  /** Called once, when the session is over, whoever ended it. */
  onEnd?: () => void
  onNotification?: (payload: string) => void
}

/**
 * One session of the server.
 *
 * Contract: what is asked for is sent at once and answered in order; nobody waits for the answers
 * before. A session that is lost stays lost: it never connects again, and nothing is sent twice.
 */
export interface Connection {
  /** One statement with `?` for its values, prepared once per session. */
  query(sql: string, params?: readonly Param[]): Promise<Answer>
  /** Statements without values, all in one message. */
  script(sql: string, timeoutMs?: number): Promise<Answer[]>
  isOpen(): boolean
  /** Whether the process stays alive for it, as it must while somebody waits for an answer. */
  keepAlive(yes: boolean): void
  /** Idempotent, never throws, and does not wait for what is under way. */
  end(): void
}

/** A server that is there is quicker. */
const connectMs = 5000

/** Our statements take milliseconds; whoever waits for a lock says how long. */
const answerMs = 15_000

/**
 * A server may be set to answer a commit before it is written down; what was committed last would then
 * be lost when it is killed. Any other setting waits for more than we need.
 */
const keepWhatIsCommitted = `SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off'`

export const connect = async (
  address: string,
  { onEnd, onNotification }: ConnectionEvents = {},
): Promise<Connection> => {
  const client = new Client({
    ...startupOptions(address),
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf as never },
  })
  // The types of the library leave these two out.
  const socket = client as unknown as { ref(): void; unref(): void }
  let open = false
  let pending = 0
  const end = () => {
    const was = open
    open = false
    // A polite end would wait for the answers.
    if (pending > 0) client.connection.stream.destroy()
    else void client.end().catch(() => undefined)
    if (was) onEnd?.()
  }
  // Without a listener the loss of an idle session would end the process.
  client.on("error", end)
  client.on("end", end)
  client.on("notification", ({ payload }) => onNotification?.(payload ?? ""))
  try {
    await client.connect()
  } catch (error) {
    end()
    throw error
  }
  open = true
  // Whoever connects waits for no answer; without one the session is lost, and the next query says so.
  client.query(keepWhatIsCommitted).catch(() => undefined)
  // Bun tells of no close when we wrote to a socket whose other end had closed (oven-sh/bun#31654).
  const { stream } = client.connection
  stream.once("end", () => stream.destroy())

  const send = async (query: QueryConfig & { query_timeout: number }) => {
    pending++
    try {
      return await client.query(query)
    } catch (error) {
      if (isLost(error)) end()
      throw error
    } finally {
      pending--
    }
  }
  return {
    async query(sql, params = []) {
      const result = await send({
        ...prepared(sql),
        values: params.map(toText),
        query_timeout: answerMs,
      })
      return toAnswer(result)
    },
    async script(sql, timeoutMs = answerMs) {
      const results: unknown = await send({ text: sql, query_timeout: timeoutMs })
      return (Array.isArray(results) ? results : [results]).map(toAnswer)
    },
    isOpen: () => open,
    keepAlive: (yes) => (yes ? socket.ref() : socket.unref()),
    end,
  }
}

const toText = (value: Param) => (typeof value === "string" ? encodeText(value) : value)

const toAnswer = ({ rows, rowCount, command }: QueryResult): Answer => ({
  rows,
  changes: rowCount ?? 0,
  command,
})

/** Ours are some 200. If one were ever put together from values, the server's memory would fill. */
const mostPrepared = 1000

const statements = new Map<string, { text: string; name?: string }>()

const prepared = (sql: string) => {
  const known = statements.get(sql)
  if (known) return known
  const text = numberPlaceholders(sql)
  if (statements.size >= mostPrepared) return { text }
  const statement = { text, name: `mesh${statements.size}` }
  statements.set(sql, statement)
  return statement
}

// Postgres' own numbers of types: bool; int8, int2, int4, oid, float4, float8, numeric.
const bool = 16
const numeric = new Set([20, 21, 23, 26, 700, 701, 1700])

/** Values as SQLite gives them: every number a number, true and false as 1 and 0. */
const parserOf = (type: number) => {
  if (numeric.has(type)) return Number
  if (type === bool) return (text: string) => (text === "t" ? 1 : 0)
  return decodeText
}
