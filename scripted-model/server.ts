import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { listenHttp, type HttpReply, type HttpRequest } from "./http.ts"
import { createRequests } from "./requests.ts"
import { renderTurn } from "./sse.ts"
import { chooseStep, contextOf, identifyAgent, isTitleRequest, stepOf, titleTurn } from "./turn.ts"
import type { ChatRequest, RecordedRequest, Step, Turn } from "./types.ts"

export interface ScriptedModelOptions {
  agents?: Record<string, Step[]>
  /** Answers for agents without a script. */
  fallback?: Step
  /** Which agent speaks, when the default way of telling does not fit. */
  identify?: (body: ChatRequest) => string
  port?: number
}

// Bun's fetch forgets what it has received when the connection breaks in the same moment.
const beforeCutMs = 50

const failure = (message: string) => ({ error: { message, type: "scripted_model_error" } })

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const playTurn = async (
  turn: Turn,
  request: HttpRequest & { model: string },
  reply: HttpReply,
  gone: Promise<never>,
) => {
  // Whatever waits races against the connection, so that no turn is played to nobody.
  const unlessGone = (work: Promise<unknown>) => Promise.race([work, gone])
  const wait = (ms: number) => unlessGone(sleep(ms, undefined, { ref: false }))

  if (turn.holdUntil) await unlessGone(turn.holdUntil)
  if (turn.delayMs) await wait(turn.delayMs)
  if (turn.error) {
    const { status, headers, body = failure(`Scripted error ${status}.`) } = turn.error
    return reply.json(status, body, headers)
  }
  const frames = renderTurn(turn, {
    model: request.model,
    created: Math.floor(Date.now() / 1000),
    promptChars: request.body.length,
    newId: () => `call_${randomUUID().replaceAll("-", "")}`,
  })
  await reply.stream()
  if (turn.hang) await gone
  for (const [at, frame] of frames.entries()) {
    if (at > 0 && turn.chunkDelayMs) await wait(turn.chunkDelayMs)
    await unlessGone(reply.chunk(frame))
  }
  if (turn.cutAfterChars === undefined) return reply.end()
  await wait(beforeCutMs)
  reply.destroy()
}

/** An OpenAI-compatible server on loopback whose answers are written in advance, agent by agent. */
export const startScriptedModel = async (options: ScriptedModelOptions = {}) => {
  const scripts = new Map(Object.entries(options.agents ?? {}))
  const log = createRequests()
  let closing = false

  const record = (headers: Record<string, string>, body: ChatRequest) => {
    const isTitle = isTitleRequest(body)
    const request: RecordedRequest = {
      at: performance.timeOrigin + performance.now(),
      agent: (options.identify ?? identifyAgent)(body),
      step: isTitle ? -1 : stepOf(body),
      isTitle,
      body,
      headers,
      aborted: false,
    }
    const index = log.requests.length
    log.record(request)
    return { request, index }
  }

  const turnFor = async (request: RecordedRequest, index: number): Promise<Turn> => {
    const { agent, body, headers, isTitle } = request
    if (body.stream !== true) throw new Error("Only streamed requests are answered.")
    if (isTitle) return titleTurn
    const step = chooseStep(scripts.get(agent), request.step, options.fallback)
    return typeof step === "function" ? step(contextOf(body, { agent, headers, index })) : step
  }

  const complete = async (incoming: HttpRequest, reply: HttpReply) => {
    const body = JSON.parse(incoming.body) as ChatRequest
    const { request, index } = record(incoming.headers, body)
    const gone = Promise.withResolvers<never>()
    gone.promise.catch(() => {})
    reply.onClose(() => {
      gone.reject(new Error("The connection was closed."))
      if (reply.isOver() || closing) return
      request.aborted = true
      log.changed()
    })
    try {
      const turn = await turnFor(request, index)
      await playTurn(turn, { ...incoming, model: body.model }, reply, gone.promise)
    } catch (error) {
      if (request.aborted || closing) return
      request.error = messageOf(error)
      log.changed()
      reply.json(500, failure(request.error))
    }
  }

  const { port, close } = await listenHttp(options.port ?? 0, (incoming, reply) => {
    const route = `${incoming.method} ${incoming.path}`
    if (route === "GET /v1/models") {
      const data = ["m1", "m2"].map((id) => ({ id, object: "model", owned_by: "fake" }))
      return reply.json(200, { object: "list", data })
    }
    if (route !== "POST /v1/chat/completions") {
      return reply.json(404, failure(`There is no ${route}.`))
    }
    complete(incoming, reply).catch((error) => reply.json(400, failure(messageOf(error))))
  })

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: log.requests as readonly RecordedRequest[],
    /** The first request, past or future, that matches; one that changes later is looked at again. */
    waitFor: log.waitFor,
    /** The listener runs before the answer starts and must not throw; calling the result ends it. */
    onRequest: log.onRequest,
    /** Replaces or adds an agent's steps; answers that have begun are not touched. */
    script(agent: string, steps: Step[]) {
      scripts.set(agent, steps)
    },
    /** May be called twice. Open connections end, and whoever waits is told. */
    async close() {
      closing = true
      log.giveUp("The scripted model was closed.")
      await close()
    },
  }
}

export type ScriptedModel = Awaited<ReturnType<typeof startScriptedModel>>
