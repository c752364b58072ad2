import type { PluginInput } from "@opencode-ai/plugin"
import type { Message, Part } from "@opencode-ai/sdk"
import type { Rule } from "../../mesh/model/permission-rules.ts"

export interface StoredMessage {
  info: Message
  parts: Part[]
}

export interface SessionPrompt {
  sessionId: string
  directory: string
  agent: string | undefined
  /** "provider/model" */
  model: string | undefined
  text: string
  /** Ours, and kept in the store: by it a delivery is recognised later. */
  delivered?: readonly string[]
  /** Hidden from the person's view of the conversation. */
  synthetic?: boolean
}

export interface OpenCodeAgent {
  name: string
  description?: string
  mode: string
  permission: readonly Rule[]
}

/**
 * What Meshfleet asks of OpenCode's sessions.
 *
 * Contract: every call rejects with an Error that names the call and OpenCode's answer. `prompt`
 * resolves when the message is stored, not when it is answered; a busy session reads it in its next
 * model step, an idle one wakes. `messages` is oldest first and at most `limit` long.
 */
export interface Sessions {
  create(options: {
    directory: string
    title: string
    parentId: string | undefined
    rules: readonly Rule[]
  }): Promise<string>
  exists(sessionId: string, directory: string): Promise<boolean>
  /** Whether the session works at this moment, or waits to try again. */
  isBusy(sessionId: string, directory: string): Promise<boolean>
  prompt(prompt: SessionPrompt): Promise<void>
  abort(sessionId: string, directory: string): Promise<void>
  messages(sessionId: string, directory: string, limit: number): Promise<StoredMessage[]>
  parentOf(sessionId: string, directory: string): Promise<string | undefined>
  /** A rejection takes the other open requests of the same session along, without a reason. */
  replyPermission(
    requestId: string,
    directory: string,
    reply: "once" | "reject",
    reason?: string,
  ): Promise<void>
  /** One list of labels or words for each question, in order. */
  answerQuestion(requestId: string, directory: string, answers: string[][]): Promise<void>
  /** The sessions that this one's task tool started, oldest first. */
  childrenOf(sessionId: string, directory: string): Promise<string[]>
  rejectQuestion(requestId: string, directory: string): Promise<void>
  agents(directory: string): Promise<OpenCodeAgent[]>
  /** "provider/model" of everything configured. */
  models(directory: string): Promise<string[]>
  toast(message: string, variant: "info" | "success" | "warning" | "error"): Promise<void>
}

type Client = PluginInput["client"]

interface Raw {
  get(options: RawOptions): Promise<RawAnswer>
  post(options: RawOptions): Promise<RawAnswer>
}
interface RawOptions {
  url: string
  path?: Record<string, string>
  query?: Record<string, string | number | undefined>
  body?: unknown
  headers?: Record<string, string>
}
interface RawAnswer {
  data?: unknown
  error?: unknown
  response?: { status: number }
}

export const createSessions = (client: Client): Sessions => {
  // The generated methods of this SDK version lack some of the server's fields (a session's
  // permission, a rejection's reason), so requests go through the client they are made of.
  const raw = (client as unknown as { _client: Raw })._client
  const call = async <T>(method: "get" | "post", options: RawOptions): Promise<T> => {
    const headers = method === "post" ? { headers: { "Content-Type": "application/json" } } : {}
    const answer = await raw[method]({ ...headers, ...options })
    if (answer.error !== undefined) throw new Error(`${options.url}: ${describe(answer.error)}`)
    return answer.data as T
  }

  return {
    async create({ directory, title, parentId, rules }) {
      const session = await call<{ id: string }>("post", {
        url: "/session",
        query: { directory },
        body: { title, ...(parentId && { parentID: parentId }), permission: rules },
      })
      return session.id
    },
    async exists(sessionId, directory) {
      try {
        await call("get", { url: "/session/{id}", path: { id: sessionId }, query: { directory } })
        return true
      } catch {
        return false
      }
    },
    async isBusy(sessionId, directory) {
      const all = await call<Record<string, { type: string }>>("get", {
        url: "/session/status",
        query: { directory },
      })
      return (all[sessionId]?.type ?? "idle") !== "idle"
    },
    async prompt({ sessionId, directory, agent, model, text, delivered, synthetic }) {
      await call("post", {
        url: "/session/{id}/prompt_async",
        path: { id: sessionId },
        query: { directory },
        body: {
          ...(agent && { agent }),
          ...(model && { model: parseModel(model) }),
          parts: [
            {
              type: "text",
              text,
              ...(synthetic && { synthetic: true }),
              ...(delivered && { metadata: { meshfleet: delivered } }),
            },
          ],
        },
      })
    },
    async abort(sessionId, directory) {
      await call("post", {
        url: "/session/{id}/abort",
        path: { id: sessionId },
        query: { directory },
      })
    },
    messages: (sessionId, directory, limit) =>
      call("get", {
        url: "/session/{id}/message",
        path: { id: sessionId },
        query: { directory, limit },
      }),
    async parentOf(sessionId, directory) {
      const session = await call<{ parentID?: string }>("get", {
        url: "/session/{id}",
        path: { id: sessionId },
        query: { directory },
      })
      return session.parentID
    },
    async childrenOf(sessionId, directory) {
      const children = await call<{ id: string }[]>("get", {
        url: "/session/{id}/children",
        path: { id: sessionId },
        query: { directory },
      })
      return children.map((child) => child.id)
    },
    async replyPermission(requestId, directory, reply, reason) {
      await call("post", {
        url: "/permission/{id}/reply",
        path: { id: requestId },
        query: { directory },
        body: { reply, ...(reason !== undefined && { message: reason }) },
      })
    },
    async answerQuestion(requestId, directory, answers) {
      await call("post", {
        url: "/question/{id}/reply",
        path: { id: requestId },
        query: { directory },
        body: { answers },
      })
    },
    async rejectQuestion(requestId, directory) {
      await call("post", {
        url: "/question/{id}/reject",
        path: { id: requestId },
        query: { directory },
      })
    },
    agents: (directory) => call("get", { url: "/agent", query: { directory } }),
    async models(directory) {
      const { providers } = await call<{
        providers: { id: string; models: Record<string, unknown> }[]
      }>("get", { url: "/config/providers", query: { directory } })
      return providers.flatMap((provider) =>
        Object.keys(provider.models).map((model) => `${provider.id}/${model}`),
      )
    },
    async toast(message, variant) {
      await call("post", {
        url: "/tui/show-toast",
        body: { title: "Meshfleet", message, variant },
      })
    },
  }
}

/** "anthropic/claude/x" → provider "anthropic", model "claude/x". */
export const parseModel = (model: string) => {
  const slash = model.indexOf("/")
  return { providerID: model.slice(0, slash), modelID: model.slice(slash + 1) }
}

/** The ids of ours that a stored part carries. */
export const deliveredIn = (part: Part): readonly string[] => {
  const ids = (part as { metadata?: { meshfleet?: unknown } }).metadata?.meshfleet
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : []
}

const describe = (error: unknown) => {
  if (error instanceof Error) return error.message
  return typeof error === "string" ? error : JSON.stringify(error).slice(0, 500)
}
