/**
 * Turns texts into vectors.
 *
 * Contract: one vector of `dimensions` numbers for each text, in order. It may reject, and it stops
 * when the signal aborts. `dimensions` is 0 until the first answer when the model decides it.
 */
export interface Embedder {
  readonly dimensions: number
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>
}

export interface EmbeddingEndpoint {
  /** Base of an OpenAI-compatible API, as `http://127.0.0.1:11434/v1`; `/embeddings` is added. */
  url: string
  model: string
  /** The environment variable that holds the key; local servers need none. */
  key_env?: string
  /** Asked of models that can shorten their vectors. */
  dimensions?: number
}

export interface EmbedderDeps {
  env?: Readonly<Record<string, string | undefined>>
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** Servers refuse longer lists, or take them one by one and run into our time limit. */
const textsPerRequest = 64
/** About 500 tokens: the smallest context of the models people run locally. */
const maxCharacters = 2000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each))

const endpointOf = (url: string) =>
  `${url.replace(/\/+$/, "").replace(/\/embeddings$/, "")}/embeddings`

/** Reads {data: [{index, embedding}]}; servers may answer out of order. */
const readVectors = (answer: unknown, wanted: number): Float32Array[] => {
  const data = isRecord(answer) && Array.isArray(answer.data) ? answer.data : []
  const vectors: Float32Array[] = []
  data.forEach((entry: unknown, at) => {
    if (!isRecord(entry) || !isVector(entry.embedding)) return
    vectors[typeof entry.index === "number" ? entry.index : at] = Float32Array.from(entry.embedding)
  })
  const complete = Array.from({ length: wanted }, (_, at) => vectors[at])
  const [first] = complete
  if (!first || complete.some((vector) => vector?.length !== first.length)) {
    throw new Error(`the endpoint did not answer with ${wanted} vectors of one length`)
  }
  return complete.filter((vector) => vector !== undefined)
}

/** An `Embedder` over an OpenAI-compatible endpoint: Ollama, llama.cpp, vLLM, or a provider. */
export const createHttpEmbedder = (
  endpoint: EmbeddingEndpoint,
  { env = process.env, fetch: send = fetch }: EmbedderDeps = {},
): Embedder => {
  let dimensions = endpoint.dimensions ?? 0

  const request = async (texts: readonly string[], signal: AbortSignal) => {
    const key = endpoint.key_env === undefined ? undefined : env[endpoint.key_env]
    if (endpoint.key_env !== undefined && !key) {
      throw new Error(`the environment variable ${endpoint.key_env} is not set`)
    }
    const response = await send(endpointOf(endpoint.url), {
      method: "POST",
      signal,
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model: endpoint.model,
        input: texts.map((text) => text.toWellFormed().slice(0, maxCharacters) || " "),
        encoding_format: "float",
        ...(endpoint.dimensions === undefined ? {} : { dimensions: endpoint.dimensions }),
      }),
    })
    if (!response.ok) throw new Error(`the endpoint answered ${response.status}`)
    return readVectors(await response.json(), texts.length)
  }

  return {
    get dimensions() {
      return dimensions
    },
    async embed(texts, signal) {
      const vectors: Float32Array[] = []
      for (let from = 0; from < texts.length; from += textsPerRequest) {
        vectors.push(...(await request(texts.slice(from, from + textsPerRequest), signal)))
      }
      dimensions = vectors[0]?.length ?? dimensions
      return vectors
    },
  }
}

/** Cosine of two vectors, 0 when one is empty or they differ in length. */
export const cosineOf = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length) return 0
  let product = 0
  let squaresA = 0
  let squaresB = 0
  for (let at = 0; at < a.length; at++) {
    product += a[at]! * b[at]!
    squaresA += a[at]! ** 2
    squaresB += b[at]! ** 2
  }
  return squaresA > 0 && squaresB > 0 ? product / Math.sqrt(squaresA * squaresB) : 0
}
