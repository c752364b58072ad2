import type { Message, Part, ToolPart } from "@opencode-ai/sdk"
import type { SessionEntry } from "../runtime/session-log.ts"
import { fetchDirectly } from "../../system/fetch-directly.ts"
import { offlineInstall, userEnvironment } from "../../system/mesh-environment.ts"
import { withoutProxyFor } from "../../system/proxies.ts"
import { errorOf, partOf, type RawMessage } from "./messages.ts"

/** Where a living host listens, and what it lets in. */
export interface HostAddress {
  url: string
  password: string
}

/** The environment of OpenCode's own commands in which it finds the password: no argument shows it. */
const passwordName = "OPENCODE_SERVER_PASSWORD"

/**
 * The address of a host, by what its process was started with. Only the user's own processes can be
 * looked at so, and nothing is kept: a file with the password would be one more thing to steal.
 */
export const hostAddressOf = (look: {
  command: readonly string[]
  environment: readonly string[]
}): HostAddress | undefined => {
  const port = look.command[look.command.indexOf("--port") + 1]
  const entry = look.environment.find((each) => each.startsWith(`${passwordName}=`))
  const password = entry?.slice(passwordName.length + 1)
  if (!look.command.includes("--port") || !/^\d+$/.test(port ?? "") || !password) return undefined
  return { url: `http://127.0.0.1:${port}`, password }
}

const patienceMs = 5000

/** The latest messages of a session, from the host that runs it. */
export const readFromHost = async (
  { url, password }: HostAddress,
  session: { id: string; directory: string },
  limit: number,
): Promise<SessionEntry[]> => {
  const query = new URLSearchParams({ directory: session.directory, limit: String(limit) })
  const authorization = `Basic ${Buffer.from(`opencode:${password}`).toString("base64")}`
  const address = `${url}/session/${encodeURIComponent(session.id)}/message?${query}`
  const signal = AbortSignal.timeout(patienceMs)
  const answer = await fetchDirectly(new Request(address, { headers: { authorization }, signal }))
  if (!answer.ok) throw new Error(`the host answers ${answer.status}`)
  return ((await answer.json()) as RawMessage[]).flatMap(entriesOf)
}

/** The arguments with which OpenCode prints a stored session, without loading any plugin. */
export const exportArgs = (sessionId: string) => ["export", sessionId, "--pure"]

/** What `opencode export` prints. */
export const readExport = (json: string): SessionEntry[] =>
  (JSON.parse(json) as { messages: RawMessage[] }).messages.flatMap(entriesOf)

/** How a person gets into a session: in its host while that lives, else in an OpenCode of their own. */
export const attachArgs = (
  session: { id: string; directory: string },
  host: HostAddress | undefined,
) =>
  host
    ? ["attach", host.url, "--session", session.id, "--dir", session.directory]
    : [session.directory, "--session", session.id]

/**
 * What OpenCode gets to open it. The screen stays blank until its first requests are answered: a proxy
 * must not get them, and an install of plugin dependencies, for which it waits up to 80 s, fails at once.
 */
export const attachEnvironment = (
  env: Record<string, string | undefined>,
  directory: string,
  host: HostAddress | undefined,
): Record<string, string> => ({
  ...userEnvironment(env),
  PWD: directory,
  [offlineInstall]: "true",
  ...(host && {
    ...withoutProxyFor(Number(new URL(host.url).port), env),
    // In the environment, which only the user's own processes can read, and never in an argument.
    [passwordName]: host.password,
    OPENCODE_SERVER_USERNAME: "opencode",
  }),
})

const entriesOf = ({ info, parts }: RawMessage): SessionEntry[] => {
  const error = info.role === "assistant" ? errorOf(info.error) : undefined
  return [
    ...parts.flatMap((part) => entryOf(info, part)),
    ...(error
      ? [
          {
            id: `${info.id}-error`,
            at: (info.time as { completed?: number }).completed ?? info.time.created,
            kind: "error" as const,
            text: `${error.name}: ${error.message}`,
          },
        ]
      : []),
  ]
}

const entryOf = (info: Message, part: Part): SessionEntry[] => {
  if (part.type === "tool") return [toolEntry(part, info.time.created)]
  if (part.type !== "text" && part.type !== "reasoning") return []
  const told = partOf(part)
  // Mail is in the ledger, with its sender and how far it has come.
  if (told.type === "text" && told.delivered.length > 0) return []
  const text = part.text.trim()
  if (text === "") return []
  const kind = info.role === "user" ? "prompt" : part.type
  return [{ id: part.id, at: part.time?.start ?? info.time.created, kind, text }]
}

const toolEntry = ({ id, tool, state }: ToolPart, createdAt: number): SessionEntry => {
  const time = "time" in state ? (state.time as { start: number; end?: number }) : undefined
  const title = "title" in state ? state.title : undefined
  return {
    id,
    at: time?.start ?? createdAt,
    kind: "tool",
    text: state.status === "completed" ? state.output : state.status === "error" ? state.error : "",
    tool: {
      name: tool,
      status: state.status,
      title: title || undefined,
      input: state.input,
      duration_ms: time?.end === undefined ? undefined : time.end - time.start,
    },
  }
}
