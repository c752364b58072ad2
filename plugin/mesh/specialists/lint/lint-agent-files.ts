import { type Finding, normal } from "./finding.ts"
import { lintAgentFile } from "./lint-agent-file.ts"
import { lintRoster, type RosterEntry } from "./lint-roster.ts"
import type { AgentFile } from "../file/parse-agent-file.ts"
import { findAlikePairs } from "./similarity.ts"

/** Above this, sentences were copied; a few shared runs are only the field's set phrases. */
const alikeLimit = 0.12
const alikeMaximum = 0.15

const lintUnique = (
  files: readonly AgentFile[],
  rule: string,
  valuesOf: (file: AgentFile) => readonly string[],
): Finding[] => {
  const holders = Map.groupBy(
    files.flatMap((file) => [...new Set(valuesOf(file).map(normal))].map((key) => ({ key, file }))),
    ({ key }) => key,
  )
  return [...holders].flatMap(([key, held]) =>
    held.length < 2
      ? []
      : held.map(({ file }) => {
          const others = held.filter((other) => other.file !== file).map((other) => other.file.slug)
          return { file: file.file, rule, detail: `"${key}" is also in ${others.join(", ")}` }
        }),
  )
}

const lintSkills = (files: readonly AgentFile[]): Finding[] => {
  const counts = new Map<string, number>()
  for (const skill of files.flatMap((file) => [...new Set(file.mesh.skills.map(normal))])) {
    counts.set(skill, (counts.get(skill) ?? 0) + 1)
  }
  // "Few others": the file itself and at most two more.
  const isRare = (skill: string) => (counts.get(skill) ?? 0) <= 3
  return files.flatMap(({ file, mesh }) => {
    const rare = [...new Set(mesh.skills.map(normal))].filter(isRare)
    if (rare.length >= 3) return []
    const detail = `${rare.length} skills that at most 2 others have, needs 3`
    return [{ file, rule: "skills", detail }]
  })
}

const lintReferences = (files: readonly AgentFile[], slugs: ReadonlySet<string>): Finding[] =>
  files.flatMap(({ file, mesh }) => {
    const unknown = (rule: string, names: readonly string[]) =>
      names
        .filter((name) => !slugs.has(name))
        .map((name) => ({ file, rule, detail: `"${name}" is no specialist` }))
    const neighbours = mesh.not_for.map(({ agent }) => agent)
    return [...unknown("not_for", neighbours), ...unknown("hands_to", mesh.hands_to)]
  })

const lintAlike = (files: readonly AgentFile[]): Finding[] => {
  const fileOf = new Map(files.map(({ slug, file }) => [slug, file]))
  return findAlikePairs(files)
    .filter(({ similarity }) => similarity > alikeLimit)
    .flatMap(({ a, b, similarity }) => {
      const share = `${(similarity * 100).toFixed(1)} %`
      const limit = similarity > alikeMaximum ? "15 % fails" : "12 % is the limit"
      const about = (slug: string, other: string) => ({
        file: fileOf.get(slug) ?? slug,
        rule: "similarity",
        detail: `shares ${share} of its five-word runs with ${other}: ${limit}`,
      })
      return [about(a, b), about(b, a)]
    })
}

/**
 * Every rule, over files that are bundled together. `slugs` are the specialists that may be named
 * in not_for and hands_to; a roster, when given, fixes titles, divisions and access classes.
 */
export const lintAgentFiles = (
  files: readonly AgentFile[],
  slugs: Iterable<string>,
  roster: readonly RosterEntry[] = [],
): Finding[] => {
  const known = new Set(slugs)
  const names = [...known, ...roster.map(({ title }) => title)]
  return [
    ...files.flatMap((file) => lintAgentFile(file, names)),
    ...lintRoster(files, roster),
    ...lintUnique(files, "title", ({ mesh }) => [mesh.title]),
    ...lintUnique(files, "description", ({ description }) => [description]),
    ...lintUnique(files, "triggers", ({ mesh }) => mesh.triggers),
    ...lintSkills(files),
    ...lintReferences(files, known),
    ...lintAlike(files),
  ]
}
