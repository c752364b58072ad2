import {
  type Candidate,
  parseQuestions,
  specialistCandidates,
} from "../../mesh/routing/index/corpus.ts"
import {
  createHttpEmbedder,
  type EmbeddingEndpoint,
} from "../../mesh/routing/embeddings/embedder.ts"
import { createRouter, type Router, type RoutingConfig } from "../../mesh/routing/router.ts"
import { createSemanticRouter, type SemanticRouter } from "../../mesh/routing/semantic-router.ts"
import { createVectorCache } from "../../mesh/routing/embeddings/vector-cache.ts"
import type { Catalog } from "../../mesh/specialists/catalog.ts"
import type { Ranker } from "../../mesh/work.ts"
import { pathsIn } from "../../system/mesh-home.ts"
import type { BundledRouting } from "./bundled.ts"

export interface RankerDeps {
  specialists: Pick<Catalog, "list">
  routing: BundledRouting
  config: RoutingConfig & { embeddings?: EmbeddingEndpoint & { timeout_ms?: number } }
  home: string
  env: Record<string, string | undefined>
}

/** The router over running agents and the roster, with vectors if an endpoint is configured. */
export const createRanker = ({ specialists, routing, config, home, env }: RankerDeps): Ranker => {
  let router: Router | undefined
  let semantic: SemanticRouter | undefined
  let candidates: readonly Candidate[] | undefined

  // Nothing is read before the first question.
  const lexical = () => {
    const counted = routing.counted()
    return (router ??= createRouter({ config, ...(counted && { roster: counted }) }))
  }

  const roster = () => {
    // A counted roster holds its questions already.
    const questions = () => (routing.counted() ? new Map() : parseQuestions(routing.questions()))
    return (candidates ??= specialistCandidates(specialists.list(), questions()))
  }

  const withVectors = (endpoint: NonNullable<RankerDeps["config"]["embeddings"]>) =>
    (semantic ??= createSemanticRouter({
      router: lexical(),
      embedder: createHttpEmbedder(endpoint, { env }),
      cache: createVectorCache(pathsIn(home).vectors, endpoint.model),
      ...(endpoint.timeout_ms !== undefined && { timeoutMs: endpoint.timeout_ms }),
    }))

  return {
    async rank(query, { agents, roster: wantsRoster }, feedback) {
      const asked = wantsRoster ? [...agents, ...roster()] : agents
      if (config.embeddings) return withVectors(config.embeddings).rank(query, asked, feedback)
      return { matches: lexical().rank(query, asked, feedback) }
    },
  }
}
