import type { PluginInput } from "@opencode-ai/plugin"
import type { Rule } from "../../mesh/model/permission-rules.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { fetchDirectly } from "../../system/fetch-directly.ts"
import { hasProxy } from "../../system/proxies.ts"
import { deliveryMetadata, messageOf, type RawMessage } from "./messages.ts"

type Client = PluginInput["client"]

/**
 * An OpenCode 1.18 that does not listen gives its plugins a client with this address, which may be
 * somebody else's, and a function of its own, with rest parameters, that stays in the process.
 */
const isInProcess = ({ baseUrl, fetch }: ReturnType<Raw["getConfig"]>) =>
  baseUrl === "http://localhost:4096" && fetch?.length === 0

interface Raw {
  get(options: RawOptions): Promise<RawAnswer>
  post(options: RawOptions): Promise<RawAnswer>
  patch(options: RawOptions): Promise<RawAnswer>
  getConfig(): { baseUrl?: string; fetch?: (...args: never[]) => unknown }
}
interface RawOptions {
  url: string
  path?: Record<string, string>
  query?: Record<string, string | number | undefined>
  body?: unknown
  headers?: Record<string, string>
  fetch?: (request: Request) => Promise<Response>
}
interface RawAnswer {
  data?: unknown
  error?: unknown
  response?: { status: number }
}

export const createSessions = (
  client: Client,
  env: Record<string, string | undefined> = process.env,
): Sessions => {
  // The generated methods of this SDK version lack some of the server's fields (a session's
  // permission, a rejection's reason), so requests go through the client they are made of.
  const raw = (client as unknown as { _client: Raw })._client
  const transport = hasProxy(env) && !isInProcess(raw.getConfig()) ? { fetch: fetchDirectly } : {}
  const call = async <T>(method: "get" | "post" | "patch", options: RawOptions): Promise<T> => {
    const headers = method === "get" ? {} : { headers: { "Content-Type": "application/json" } }
    const answer = await raw[method]({ ...headers, ...options, ...transport })
    if (answer.error !== undefined) throw new Error(`${options.url}: ${describe(answer.error)}`)
    return answer.data as T
  }
  /** Answers a request; false when it is not open (any more). */
  const settle = async (options: RawOptions): Promise<boolean> => {
    try {
      await call("post", options)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
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
    async find(sessionId, directory) {
      try {
        const { time, revert } = await call<StoredSession>("get", {
          url: "/session/{id}",
          path: { id: sessionId },
          query: { directory },
        })
        return { isArchived: time?.archived !== undefined, hasUndone: revert !== undefined }
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async rulesOf(sessionId, directory) {
      const session = await call<{ permission?: Rule[] }>("get", {
        url: "/session/{id}",
        path: { id: sessionId },
        query: { directory },
      })
      return session.permission ?? []
    },
    async addRules(sessionId, directory, rules) {
      await call("patch", {
        url: "/session/{id}",
        path: { id: sessionId },
        query: { directory },
        body: { permission: rules },
      })
    },
    async isBusy(sessionId, directory) {
      const all = await call<Record<string, { type: string }>>("get", {
        url: "/session/status",
        query: { directory },
      })
      return (all[sessionId]?.type ?? "idle") !== "idle"
    },
    async prompt({ sessionId, directory, agent, model, text, before, delivered, synthetic }) {
      await call("post", {
        url: "/session/{id}/prompt_async",
        path: { id: sessionId },
        query: { directory },
        body: {
          ...(agent && { agent }),
          ...(model && { model: parseModel(model) }),
          parts: [
            ...(before ? [{ type: "text", text: before }] : []),
            {
              type: "text",
              text,
              ...(synthetic && { synthetic: true }),
              ...(delivered && { metadata: deliveryMetadata(delivered) }),
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
    async messages(sessionId, directory, limit) {
      const stored = await call<RawMessage[]>("get", {
        url: "/session/{id}/message",
        path: { id: sessionId },
        query: { directory, limit },
      })
      return stored.map(messageOf)
    },
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
    replyPermission: (requestId, directory, reply, reason) =>
      settle({
        url: "/permission/{id}/reply",
        path: { id: requestId },
        query: { directory },
        body: { reply, ...(reason !== undefined && { message: reason }) },
      }),
    answerQuestion: (requestId, directory, answers) =>
      settle({
        url: "/question/{id}/reply",
        path: { id: requestId },
        query: { directory },
        body: { answers },
      }),
    rejectQuestion: (requestId, directory) =>
      settle({
        url: "/question/{id}/reject",
        path: { id: requestId },
        query: { directory },
      }),
    agents: (directory) => call("get", { url: "/agent", query: { directory } }),
    async models(directory) {
      const { providers } = await call<{
        providers: { id: string; models: Record<string, unknown> }[]
      }>("get", { url: "/config/providers", query: { directory } })
      return providers.flatMap((provider) =>
        Object.keys(provider.models).map((model) => `${provider.id}/${model}`),
      )
    },
    async toast(message, variant, durationMs) {
      await call("post", {
        url: "/tui/show-toast",
        body: {
          title: "Meshfleet",
          message,
          variant,
          ...(durationMs !== undefined && { duration: durationMs }),
        },
      })
    },
  }
}

interface StoredSession {
  time?: { archived?: number }
  revert?: object
}

const isNotFound = (error: unknown) => error instanceof Error && error.message.includes("NotFound")

/** "anthropic/claude/x" → provider "anthropic", model "claude/x". */
const parseModel = (model: string) => {
  const slash = model.indexOf("/")
  return { providerID: model.slice(0, slash), modelID: model.slice(slash + 1) }
}

const describe = (error: unknown) => {
  if (error instanceof Error) return error.message
  return typeof error === "string" ? error : JSON.stringify(error).slice(0, 500)
}
