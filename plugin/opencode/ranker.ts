import type { Ranker } from "../mesh/work.ts"
import type { Catalog } from "../mesh/specialists/catalog.ts"

export interface RankerDeps {
  roll: Catalog
  questions: { embedded: () => string } | { file: string }
  config: Record<string, unknown>
  home: string
  env: Record<string, string | undefined>
}

/** Keyword overlap, until the router is in. */
export const createRanker = ({ roll }: RankerDeps): Ranker => ({
  async rank(query, scope) {
    const words = new Set(`${query.description} ${query.keywords?.join(" ") ?? ""}`.toLowerCase().match(/[\p{L}\p{N}]+/gu))
    const specialists = scope.roster
      ? roll.list().map((each) => ({ kind: "specialist" as const, id: each.agent, role: each.title, skills: each.skills }))
      : []
    const matches = [...scope.agents, ...specialists].map((candidate) => {
      const own = `${candidate.role} ${candidate.skills.join(" ")}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
      const hits = [...new Set(own)].filter((word) => words.has(word))
      const score = hits.length / Math.sqrt(own.length || 1) + (candidate.kind === "agent" ? 1e-6 : 0)
      return { kind: candidate.kind, id: candidate.id, role: candidate.role, score, weight: 1, confidence: score / (1 + score), fits: hits.length > 0, reason: `matches: ${hits.join(", ")}` }
    })
    return { matches: matches.sort((a, b) => b.score - a.score).slice(0, query.top) }
  },
})
