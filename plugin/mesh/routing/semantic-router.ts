import type { Candidate } from "./index/corpus.ts"
import { cosineOf, type Embedder } from "./embeddings/embedder.ts"
import type { FeedbackOf } from "./ranking/feedback.ts"
import type { Match, Router, RoutingQuery } from "./router.ts"
import type { VectorCache } from "./embeddings/vector-cache.ts"

export interface Routed {
  matches: Match[]
  /** Why the vectors did not count, for the caller to read. */
  note?: string
}

export interface SemanticRouterDeps {
  router: Router
  embedder: Embedder
  cache: VectorCache
  /** A route that takes longer than this is answered by words alone. */
  timeoutMs?: number
}

const defaultTimeoutMs = 3000

/** What an embedding model reads of a candidate: what it is for, before what it is called. */
export const embeddingText = (candidate: Candidate): string =>
  [
    candidate.title ?? candidate.role,
    candidate.description ?? "",
    candidate.skills.join(", "),
    ...(candidate.triggers ?? []).slice(0, 8),
  ]
    .filter(Boolean)
    .join("\n")

const reasonOf = (error: unknown, timeoutMs: number): string => {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${timeoutMs} ms`
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

/**
 * Ranks by words and by the nearness of vectors together. The vectors of the roster are asked for
 * once and kept; when the endpoint is dead, slow or wrong, the words decide and a note says so.
 */
export const createSemanticRouter = ({
  router,
  embedder,
  cache,
  timeoutMs = defaultTimeoutMs,
}: SemanticRouterDeps) => {
  /** Aborting is a request; an embedder that does not listen must not hold the caller. */
  const inTime = <T>(work: Promise<T>, signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const stop = () => reject(signal.reason as Error)
      if (signal.aborted) return stop()
      signal.addEventListener("abort", stop, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop))
    })

  const nearnessOf = async (
    query: RoutingQuery,
    candidates: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<Map<string, number>> => {
    const texts = candidates.map(embeddingText)
    const missing = [...new Set(texts.filter((text) => cache.get(text) === undefined))]
    const question = [query.description, ...(query.keywords ?? [])].join("\n").slice(0, 4000)
    // Text by text at first use: what did arrive in time is not asked for again.
    for (let from = 0; from < missing.length; from += 64) {
      const some = missing.slice(from, from + 64)
      const vectors = await embedder.embed(some, signal)
      cache.add(some.flatMap((text, at) => (vectors[at] ? [[text, vectors[at]] as const] : [])))
    }
    const [asked] = await embedder.embed([question], signal)
    if (!asked) throw new Error("the endpoint gave no vector for the description")
    const empty = new Float32Array()
    return new Map(
      candidates.map(({ id }, at) => [id, cosineOf(asked, cache.get(texts[at] ?? "") ?? empty)]),
    )
  }

  return {
    async rank(
      query: RoutingQuery,
      candidates: readonly Candidate[],
      feedback?: FeedbackOf,
      signal?: AbortSignal,
    ): Promise<Routed> {
      const limit = AbortSignal.timeout(timeoutMs)
      const either = signal ? AbortSignal.any([limit, signal]) : limit
      try {
        const nearness = await inTime(nearnessOf(query, candidates, either), either)
        return { matches: router.rank(query, candidates, feedback, nearness) }
      } catch (error) {
        if (signal?.aborted) throw error
        return {
          matches: router.rank(query, candidates, feedback),
          note: `Ranked by words alone: ${reasonOf(error, timeoutMs)}.`,
        }
      }
    },
  }
}

export type SemanticRouter = ReturnType<typeof createSemanticRouter>
