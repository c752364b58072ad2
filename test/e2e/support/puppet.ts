import type { Step, StepContext, Turn } from "../../../scripted-model/types.ts"

type ToolCall = [name: string, args?: object]

interface Asking {
  context: StepContext
  answer: (turn: Turn) => void
}

const patienceMs = 120_000

/** What a tool was asked to wait comes on top of what it does. */
const waitOf = (calls: readonly ToolCall[]) =>
  1000 *
  Math.max(0, ...calls.map(([, args]) => (args as { wait_seconds?: number })?.wait_seconds ?? 0))

/**
 * A scripted agent whose turns the test decides one by one: each request of its session waits for
 * the test to answer it.
 */
export const createPuppet = (
  name: string,
  /** What is known when the agent stays silent. */
  report: () => Promise<string>,
  /** Starts a turn of an agent that is idle; members are started by their fleet. */
  prompt?: () => Promise<void>,
) => {
  let pending: Asking | undefined
  let isWorking = prompt === undefined
  const waiting = new Set<() => void>()

  const step: Step = (context) =>
    new Promise((answer) => {
      pending = { context, answer }
      for (const arrive of waiting) arrive()
    })

  const next = (withinMs = patienceMs): Promise<Asking> => {
    if (pending) return Promise.resolve(pending)
    return new Promise((resolve, reject) => {
      const arrive = () => {
        clearTimeout(timer)
        waiting.delete(arrive)
        resolve(pending!)
      }
      const giveUp = async () => {
        waiting.delete(arrive)
        const known = await report().catch(String)
        reject(new Error(`"${name}" made no request within ${withinMs} ms\n${known}`))
      }
      const timer = setTimeout(() => void giveUp(), withinMs)
      waiting.add(arrive)
    })
  }

  const puppet = {
    name,
    step,
    /** The request that waits for an answer, now or soon. */
    request: async (): Promise<StepContext> => (await next()).context,
    isAsking: () => pending !== undefined,

    async answer(turn: Turn) {
      if (!pending && !isWorking && prompt) await prompt()
      const { answer } = await next()
      pending = undefined
      isWorking = (turn.toolCalls?.length ?? 0) > 0
      answer(turn)
    },

    /** Ends the turn with these words. */
    says: (text: string) => puppet.answer({ text }),

    /** Several calls in one turn; what the model read of each, in order. */
    async calls(calls: readonly ToolCall[]): Promise<any[]> {
      await puppet.answer({ toolCalls: calls.map(([tool, args = {}]) => ({ name: tool, args })) })
      const { toolResults } = (await next(patienceMs + waitOf(calls))).context
      return toolResults.slice(-calls.length).map((result) => result.output)
    },

    /** What the model read of one call: an object, or an error's text. */
    async call(tool: string, args: object = {}): Promise<any> {
      return (await puppet.calls([[tool, args]]))[0]
    },
  }
  return puppet
}

export type Puppet = ReturnType<typeof createPuppet>
