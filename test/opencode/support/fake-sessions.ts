import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"
import type { SessionError, StoredMessage } from "../../../plugin/opencode/runtime/messages.ts"
import type {
  OpenCodeAgent,
  SessionPrompt,
  Sessions,
} from "../../../plugin/opencode/runtime/sessions.ts"

export interface Answer {
  text: string
  finish?: string | undefined
  error?: SessionError
  tokens?: number
}

/** A step of the model, without its words. */
export const stepOf = (
  id: string,
  {
    tokens,
    costUsd,
    finish = "stop",
    error,
  }: {
    tokens: number
    costUsd: number
    finish?: string | undefined
    error?: SessionError | undefined
  },
): StoredMessage => ({
  role: "assistant",
  id,
  provider: "fake",
  finish,
  error,
  isSummary: false,
  usage: { messageId: id, tokens, costUsd },
  parts: [],
})

/** OpenCode's sessions as the contract of the port says, in memory. Nothing happens by itself. */
export const createFakeSessions = () => {
  const stores = new Map<string, StoredMessage[]>()
  const parents = new Map<string, string>()
  const rules_ = new Map<string, Rule[]>()
  const busy = new Set<string>()
  const archived = new Set<string>()
  const undone = new Set<string>()
  const prompts: SessionPrompt[] = []
  const created: {
    id: string
    title: string
    parentId: string | undefined
    rules: readonly Rule[]
  }[] = []
  const aborted: string[] = []
  const replies: Record<string, unknown>[] = []
  /** What was asked and is not answered yet, with its session. */
  const requests = new Map<string, string>()
  const toasts: string[] = []
  const agents: OpenCodeAgent[] = [
    {
      name: "build",
      mode: "primary",
      permission: [{ permission: "*", pattern: "*", action: "allow" }],
    },
  ]
  const waiters = new Set<() => void>()
  let failures: Error[] = []
  let replyFailures: Error[] = []
  let count = 0

  const store = (id: string, call = "/session/{id}") => {
    const messages = stores.get(id)
    if (!messages) throw new Error(`${call}: no session ${id}`)
    return messages
  }
  const moved = () => waiters.forEach((look) => look())
  const textPart = (messageId: string, text: string) => ({
    type: "text" as const,
    id: `p${++count}`,
    messageId,
    text,
    isHidden: false,
    isComplete: true,
    delivered: [],
  })
  const userMessage = ({ text, before, synthetic, delivered }: SessionPrompt): StoredMessage => {
    const id = `m${++count}`
    const isHidden = synthetic === true
    return {
      role: "user",
      id,
      parts: [
        ...(before === undefined ? [] : [textPart(id, before)]),
        { ...textPart(id, text), isHidden, delivered: delivered ?? [] },
      ],
    }
  }
  const settle = (requestId: string, reply: Record<string, unknown>) => {
    const failure = replyFailures.shift()
    if (failure) throw failure
    if (!requests.delete(requestId)) return false
    replies.push({ id: requestId, ...reply })
    moved()
    return true
  }

  const sessions: Sessions = {
    async create({ title, parentId, rules }) {
      const id = `ses_${created.length + 1}`
      created.push({ id, title, parentId, rules })
      stores.set(id, [])
      rules_.set(id, [...rules])
      if (parentId) parents.set(id, parentId)
      return id
    },
    async find(id) {
      if (!stores.has(id)) return undefined
      return { isArchived: archived.has(id), hasUndone: undone.has(id) }
    },
    async rulesOf(id) {
      store(id)
      return rules_.get(id) ?? []
    },
    async addRules(id, _directory, rules) {
      store(id)
      rules_.set(id, [...(rules_.get(id) ?? []), ...rules])
    },
    isBusy: async (id) => busy.has(id),
    async prompt(prompt) {
      const failure = failures.shift()
      if (failure) throw failure
      store(prompt.sessionId, "/session/{id}/prompt_async").push(userMessage(prompt))
      busy.add(prompt.sessionId)
      prompts.push(prompt)
      moved()
    },
    async abort(id) {
      busy.delete(id)
      aborted.push(id)
      moved()
    },
    messages: async (id, _directory, limit) =>
      structuredClone(store(id, "/session/{id}/message").slice(-limit)),
    async parentOf(id) {
      const parent = parents.get(id)
      if (parent === undefined) store(id)
      return parent
    },
    async childrenOf(id) {
      store(id, "/session/{id}/children")
      return [...parents].filter(([, parent]) => parent === id).map(([child]) => child)
    },
    async replyPermission(id, _directory, reply, reason) {
      const asker = requests.get(id)
      const isSettled = settle(id, { reply, ...(reason !== undefined && { reason }) })
      if (reply === "reject")
        for (const [other, session] of requests) if (session === asker) requests.delete(other)
      return isSettled
    },
    answerQuestion: async (id, _directory, answers) => settle(id, { answers }),
    rejectQuestion: async (id) => settle(id, { reply: "reject" }),
    agents: async () => agents,
    models: async () => ["fake/m1"],
    async toast(message) {
      toasts.push(message)
    },
  }

  return {
    ...sessions,
    agents_: agents,
    prompts,
    created,
    aborted,
    replies,
    requests,
    toasts,
    stores,
    parents,
    rules_,
    busy,
    archived,
    undone,
    change(id: string, what: "undo" | "redo" | "archive" | "delete") {
      if (what === "undo") undone.add(id)
      else if (what === "redo") undone.delete(id)
      else if (what === "archive") archived.add(id)
      else stores.delete(id)
    },
    /** Stored as the model's answer, and the session rests. */
    answer(id: string, { text, finish = "stop", error, tokens = 10 }: Answer) {
      busy.delete(id)
      const messageId = `m${++count}`
      store(id).push({
        ...stepOf(messageId, { tokens, costUsd: 0.01, finish, error }),
        parts: text === "" ? [] : [textPart(messageId, text)],
      })
    },
    /** The next calls of `prompt` reject, nothing stored. */
    failPrompts: (...errors: Error[]) => void (failures = errors),
    /** The next answers to requests reject. */
    failReplies: (...errors: Error[]) => void (replyFailures = errors),
    /** Resolves with the prompt of that number, counted from 1, once it has come. */
    prompted: (number: number) =>
      new Promise<SessionPrompt>((resolve) => {
        const look = () => {
          if (prompts.length < number) return
          waiters.delete(look)
          resolve(prompts[number - 1]!)
        }
        waiters.add(look)
        look()
      }),
  }
}

export type FakeSessions = ReturnType<typeof createFakeSessions>
