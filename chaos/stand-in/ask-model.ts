export interface Answer {
  text: string
  calls: { id: string; name: string; args: string }[]
  finish: string
}

export class ProviderError extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterMs: number | undefined,
  ) {
    super(`The provider answered ${status}.`)
  }
}

interface Delta {
  content?: string
  tool_calls?: {
    index: number
    id?: string
    function: { name?: string; arguments?: string }
  }[]
}

/** One streamed completion. A stream that breaks off has the finish "unknown", as in OpenCode. */
export const askModel = async (
  url: string,
  body: object,
  { silenceMs, signal }: { silenceMs: number; signal: AbortSignal },
): Promise<Answer> => {
  const silence = new AbortController()
  const failed = () => silence.abort(new Error(`The provider said nothing for ${silenceMs} ms.`))
  let timer = setTimeout(failed, silenceMs)
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (!response.ok) {
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN)
      throw new ProviderError(response.status, seconds >= 0 ? seconds * 1000 : undefined)
    }
    const answer: Answer = { text: "", calls: [], finish: "unknown" }
    const decoder = new TextDecoder()
    let rest = ""
    try {
      for await (const chunk of response.body!) {
        clearTimeout(timer)
        timer = setTimeout(failed, silenceMs)
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
        rest = lines.pop()!
        for (const line of lines) read(answer, line)
      }
    } catch (error) {
      if (signal.aborted || silence.signal.aborted) throw error
      // The connection broke: what came before stands.
    }
    return answer
  } finally {
    clearTimeout(timer)
  }
}

const read = (answer: Answer, line: string) => {
  if (!line.startsWith("data: {")) return
  const { choices } = JSON.parse(line.slice(6)) as {
    choices: { delta: Delta; finish_reason: string | null }[]
  }
  const [choice] = choices
  if (!choice) return
  answer.text += choice.delta.content ?? ""
  for (const { index, id, function: called } of choice.delta.tool_calls ?? []) {
    const call = (answer.calls[index] ??= { id: id ?? "", name: called.name ?? "", args: "" })
    call.args += called.arguments ?? ""
  }
  if (choice.finish_reason)
    answer.finish = choice.finish_reason === "tool_calls" ? "tool-calls" : choice.finish_reason
}
