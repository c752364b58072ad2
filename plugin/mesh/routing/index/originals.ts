import type { Candidate } from "./corpus.ts"

const nameKey = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")

/**
 * For each candidate the place of the specialist it is a running copy of, or its own: by the
 * specialist it was started as, or a role that is a specialist's name, title or alias.
 */
export const findOriginals = (candidates: readonly Candidate[]): number[] => {
  const byName = new Map<string, number>()
  candidates.forEach(({ kind, id, role, title = role, aliases = [] }, at) => {
    if (kind !== "specialist") return
    for (const name of [id, title, ...aliases].map(nameKey)) {
      if (!byName.has(name)) byName.set(name, at)
    }
  })
  return candidates.map(({ kind, role, specialist }, at) =>
    kind === "specialist" ? at : (byName.get(nameKey(specialist ?? role)) ?? at),
  )
}
