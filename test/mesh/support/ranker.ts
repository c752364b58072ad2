import type { Ranker } from "../../../plugin/mesh/work.ts"

/** Whoever has more words of the query in its role comes first. */
export const byWords: Ranker = {
  async rank({ description }, { agents }) {
    const words = description.toLowerCase().split(/\W+/)
    const scoreOf = ({ role }: { role: string }) =>
      role
        .toLowerCase()
        .split(/\W+/)
        .filter((word) => words.includes(word)).length
    return {
      matches: agents
        .toSorted((a, b) => scoreOf(b) - scoreOf(a))
        .map(({ kind, id, role }) => ({
          ...{ kind, id, role, score: 1, weight: 1, confidence: 1, fits: true, reason: "" },
        })),
    }
  },
}
