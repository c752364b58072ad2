import { toSlug } from "./file/convert-agent-file.ts"
import type { CatalogProblem, Layer } from "./read-layers.ts"
import type { Specialist } from "./file/specialist.ts"

/**
 * Layers in the order of precedence: the first that has a name keeps it. Its own text stays as it
 * is, but an alias names the slug, so it leads to whoever has that.
 */
export const mergeLayers = (layers: readonly Layer[]): Layer => {
  const winners = new Map<string, { one: Specialist; layer: Layer }>()
  const problems: CatalogProblem[] = []
  for (const layer of layers) {
    problems.push(...layer.problems)
    for (const one of layer.agents) {
      const winner = winners.get(one.agent)
      if (!winner) winners.set(one.agent, { one, layer })
      else if (winner.layer === layer)
        problems.push({
          file: one.file ?? one.source,
          problem: `the name "${one.agent}" is taken by ${winner.one.file ?? winner.one.source}`,
        })
      else if (one.aliases.length > 0) {
        const aliases = [...new Set([...winner.one.aliases, ...one.aliases])]
        winners.set(one.agent, { layer: winner.layer, one: { ...winner.one, aliases } })
      }
    }
  }
  const agents = [...winners.values()].map(({ one }) => one).filter((one) => !one.disabled)
  return { agents, problems }
}

export const namesOf = (one: Specialist) => [one.agent, ...one.aliases, one.title]

/** Agents in the order of precedence, found by slug, then alias, then title: in lower case, and as a slug. */
export const indexNames = (agents: readonly Specialist[]) => {
  const index = new Map<string, Specialist>()
  const add = (name: string, one: Specialist) => {
    if (name !== "" && !index.has(name)) index.set(name, one)
  }
  for (const one of agents) add(one.agent, one)
  const kinds = [
    (one: Specialist) => [one.agent],
    (one: Specialist) => one.aliases,
    (one: Specialist) => [one.title],
  ]
  for (const namesIn of kinds)
    for (const write of [(name: string) => name.toLowerCase(), toSlug])
      for (const one of agents) for (const name of namesIn(one)) add(write(name), one)
  return index
}
