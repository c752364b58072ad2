import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"
import type {
  OpenCodeAgent,
  SessionPrompt,
  Sessions,
  StoredMessage,
} from "../../../plugin/opencode/api/sessions.ts"

export interface Answer {
  text: string
  finish?: string | undefined
  error?: { name: string; data: { message: string } }
  tokens?: number
}

/** OpenCode's sessions as the contract of the port says, in memory. Nothing happens by itself. */
export const createFakeSessions = () => {
  const stores = new Map<string, StoredMessage[]>()
  const parents = new Map<string, string>()
  const busy = new Set<string>()
  const prompts: SessionPrompt[] = []
  const created: {
    id: string
    title: string
    parentId: string | undefined
    rules: readonly Rule[]
  }[] = []
  const aborted: string[] = []
  const replies: Record<string, unknown>[] = []
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

  const store = (id: string) => {
    const messages = stores.get(id)
    if (!messages) throw new Error(`/session/{id}: no session ${id}`)
    return messages
  }
  const moved = () => waiters.forEach((look) => look())
  const userMessage = (prompt: SessionPrompt): StoredMessage =>
    ({
      info: { id: `m${++count}`, role: "user", sessionID: prompt.sessionId },
      parts: [
        {
          type: "text",
          text: prompt.text,
          ...(prompt.synthetic && { synthetic: true }),
          ...(prompt.delivered && { metadata: { meshfleet: prompt.delivered } }),
        },
      ],
    }) as unknown as StoredMessage

  const sessions: Sessions = {
    async create({ title, parentId, rules }) {
      const id = `ses_${created.length + 1}`
      created.push({ id, title, parentId, rules })
      stores.set(id, [])
      if (parentId) parents.set(id, parentId)
      return id
    },
    exists: async (id) => stores.has(id),
    isBusy: async (id) => busy.has(id),
    async prompt(prompt) {
      const failure = failures.shift()
      if (failure) throw failure
      store(prompt.sessionId).push(userMessage(prompt))
      busy.add(prompt.sessionId)
      prompts.push(prompt)
      moved()
    },
    async abort(id) {
      busy.delete(id)
      aborted.push(id)
      moved()
    },
    messages: async (id, _directory, limit) => structuredClone(store(id).slice(-limit)),
    parentOf: async (id) => parents.get(id),
    childrenOf: async (id) =>
      [...parents].filter(([, parent]) => parent === id).map(([child]) => child),
    async replyPermission(id, _directory, reply, reason) {
      const failure = replyFailures.shift()
      if (failure) throw failure
      replies.push({ id, reply, ...(reason !== undefined && { reason }) })
      moved()
    },
    async answerQuestion(id, _directory, answers) {
      replies.push({ id, answers })
      moved()
    },
    async rejectQuestion(id) {
      replies.push({ id, reply: "reject" })
      moved()
    },
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
    toasts,
    stores,
    parents,
    busy,
    /** Stored as the model's answer, and the session rests. */
    answer(id: string, { text, finish = "stop", error, tokens = 10 }: Answer) {
      busy.delete(id)
      store(id).push({
        info: {
          id: `m${++count}`,
          role: "assistant",
          sessionID: id,
          finish,
          error,
          cost: 0.01,
          tokens: { input: tokens, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
        },
        parts: text === "" ? [] : [{ type: "text", text }],
      } as unknown as StoredMessage)
    },
    /** The next calls of `prompt` reject, nothing stored. */
    failPrompts: (...errors: Error[]) => void (failures = errors),
    /** The next answers to permissions reject. */
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
