import { errorText } from "../../plugin/mesh/model/errors.ts"
import type { Hooks } from "@opencode-ai/plugin"
import { askModel, ProviderError } from "./ask-model.ts"
import { requestOf } from "./request.ts"
import { runShell } from "./shell.ts"
import type { Message, Part, Store } from "./store.ts"

export interface LoopDeps {
  store: Store
  hooks: () => Hooks
  directory: string
  modelUrl: string
  /** The provider's silence after which a request is given up. */
  silenceMs: number
}

const providerTries = 3
/** OpenCode waits 2 s and doubles; here faults come in every second round. */
const providerWaitMs = 300
const noTokens = { input: 100, output: 10, reasoning: 0, cache: { read: 0, write: 0 } }

/**
 * What OpenCode does with a session: ask the model, run its tools, ask again, until an answer needs
 * no tool and no prompt came after it. One loop per session and process.
 */
export const createLoops = ({ store, hooks, directory, modelUrl, silenceMs }: LoopDeps) => {
  const running = new Map<string, AbortController>()

  const emit = async (type: string, properties: Record<string, unknown>) =>
    hooks().event?.({ event: { type, properties } as never })
  const status = (sessionID: string, value: object) =>
    void emit("session.status", { sessionID, status: value })

  const wake = (sessionId: string) => {
    if (running.has(sessionId)) return
    const abort = new AbortController()
    running.set(sessionId, abort)
    status(sessionId, { type: "busy" })
    void work(sessionId, abort.signal)
      .catch((error: unknown) => {
        const isAbort = abort.signal.aborted
        const name = isAbort ? "MessageAbortedError" : "APIError"
        return emit("session.error", {
          sessionID: sessionId,
          error: { name, data: { message: errorText(error) } },
        })
      })
      .finally(() => {
        running.delete(sessionId)
        status(sessionId, { type: "idle" })
        void emit("session.idle", { sessionID: sessionId })
      })
  }

  const work = async (sessionId: string, signal: AbortSignal) => {
    for (;;) {
      const history = store.messages(sessionId)
      const last = history.at(-1)!
      const isAnswered =
        last.info.role === "assistant" && !["tool-calls", "unknown"].includes(last.info.finish!)
      if (isAnswered) return
      await step(sessionId, history, signal)
    }
  }

  const step = async (sessionId: string, history: Message[], signal: AbortSignal) => {
    const agent = history.findLast(({ info }) => info.role === "user")!.info.agent
    await hooks()["chat.params"]?.(
      {
        sessionID: sessionId,
        agent,
        model: { providerID: "fake", id: "m1" },
        message: { agent },
      } as never,
      {} as never,
    )
    const system: string[] = []
    await hooks()["experimental.chat.system.transform"]?.(
      { sessionID: sessionId } as never,
      { system } as never,
    )
    await hooks()["experimental.chat.messages.transform"]?.({}, { messages: history as never })
    const tools = ["bash", ...Object.keys(hooks().tool ?? {})]
    const message: Message = {
      info: {
        id: store.id("msg"),
        role: "assistant",
        sessionID: sessionId,
        agent,
        cost: 0,
        tokens: noTokens,
      },
      parts: [],
    }
    store.add(message)
    try {
      const answer = await ask(sessionId, requestOf(system, history, tools), signal)
      message.info.finish = answer.finish
      if (answer.text) message.parts.push(textPart(message, answer.text))
      for (const call of answer.calls) message.parts.push(toolPart(message, call))
      await tell(message)
      for (const part of message.parts) if (part.type === "tool") await run(message, part, signal)
    } catch (error) {
      message.info.finish ??= "error"
      message.info.error = {
        name: signal.aborted ? "MessageAbortedError" : "APIError",
        data: { message: errorText(error) },
      }
      await tell(message)
      throw error
    }
  }

  const ask = async (sessionId: string, body: object, signal: AbortSignal) => {
    for (let tries = 1; ; tries++) {
      try {
        return await askModel(modelUrl, body, { silenceMs, signal })
      } catch (error) {
        if (!(error instanceof ProviderError) || tries >= providerTries) throw error
        status(sessionId, { type: "retry", attempt: tries, message: error.message })
        await new Promise((resolve) => setTimeout(resolve, providerWaitMs))
      }
    }
  }

  const run = async (message: Message, part: Part, signal: AbortSignal) => {
    const { sessionID } = message.info
    try {
      const output =
        part.tool === "bash"
          ? await runShell(
              part.state!.input as { command: string },
              directory,
              signal,
              async () => {
                const env = {}
                await hooks()["shell.env"]?.({ sessionID, cwd: directory }, { env } as never)
                return env
              },
            )
          : await hooks().tool![part.tool!]!.execute(
              part.state!.input as never,
              {
                sessionID,
                messageID: message.info.id,
                agent: message.info.agent,
                directory,
                abort: signal,
                metadata: () => undefined,
              } as never,
            )
      part.state = {
        ...part.state!,
        status: "completed",
        output: typeof output === "string" ? output : (output as { output: string }).output,
      }
    } catch (error) {
      const text = errorText(error)
      part.state = { ...part.state!, status: "error", output: text }
      if (signal.aborted) throw error
    } finally {
      await tell(message, part)
    }
  }

  const tell = async (message: Message, ...parts: Part[]) => {
    store.save(message)
    await emit("message.updated", { info: message.info })
    for (const part of parts.length > 0 ? parts : message.parts)
      await emit("message.part.updated", { part })
  }

  const textPart = ({ info }: Message, text: string): Part => ({
    id: store.id("prt"),
    type: "text",
    messageID: info.id,
    sessionID: info.sessionID,
    text,
  })

  const toolPart = ({ info }: Message, call: { id: string; name: string; args: string }): Part => ({
    id: store.id("prt"),
    type: "tool",
    messageID: info.id,
    sessionID: info.sessionID,
    tool: call.name,
    callID: call.id,
    state: { status: "running", input: JSON.parse(call.args || "{}") },
  })

  return {
    wake,
    isBusy: (sessionId: string) => running.has(sessionId),
    busySessions: () => [...running.keys()],
    abort: (sessionId: string) => running.get(sessionId)?.abort(),
    /** Stored first; a session at work reads it with its next step, an idle one wakes. */
    prompt(sessionId: string, agent: string | undefined, parts: readonly Partial<Part>[]) {
      const id = store.id("msg")
      const info = {
        id,
        role: "user" as const,
        sessionID: sessionId,
        agent: agent ?? "build",
      }
      store.add({
        info,
        parts: parts.map((part) => ({
          ...part,
          type: "text",
          id: store.id("prt"),
          messageID: id,
          sessionID: sessionId,
        })),
      })
      void hooks()["chat.message"]?.({ sessionID: sessionId } as never, {} as never)
      wake(sessionId)
    },
  }
}

export type Loops = ReturnType<typeof createLoops>
