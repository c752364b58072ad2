import { accessClasses, findWidening, isAccess, permissionOf } from "./access-class"
import { divisionColors } from "./divisions"
import { findFluff, findPictographs } from "./fluff"
import type { AgentFile } from "./parse-agent-file"
import { withoutFences } from "./sections"
import { findAlikePairs } from "./similarity"

export interface RosterEntry {
  agent: string
  title: string
  division: string
  access: string
  aliases: string[]
  tier: string
  origin: string
}

export interface Finding {
  file: string
  rule: string
  detail: string
}

type Found = readonly [rule: string, detail: string]

const sectionNames = [
  "Role",
  "Before you start",
  "Method",
  "Checks",
  "Output",
  "Limits",
  "In the mesh",
]
const languages = ["de", "es", "pt", "zh", "ja"]

/** How a text says that it changes nothing; the words are many, so this only finds a Limits without any of them. */
const changeVerb =
  /\b(add|alter|appl[yi]|chang|commit|correct|creat|delet|edit|fix|implement|modif|mov|patch|read-only|refactor|remov|repair|rewrit|touch|writ)/i

/** Above this, sentences were copied; a few shared runs are only the field's set phrases. */
const alikeLimit = 0.12
const alikeMaximum = 0.15

const when = (holds: boolean, rule: string, detail: string): Found[] =>
  holds ? [[rule, detail]] : []

const outside = (rule: string, count: number, min: number, max: number, unit: string) =>
  when(count < min || count > max, rule, `${count} ${unit}, needs ${min}-${max}`)

const normal = (text: string) => text.toLowerCase().replace(/\s+/g, " ").trim()

const repeated = (values: readonly string[]) =>
  values.map(normal).filter((value, at, all) => all.indexOf(value) !== at)

const unrepeated = (rule: string, values: readonly string[]) =>
  repeated(values).map((value): Found => [rule, `"${value}" is named twice`])

const lintHead = ({ slug, description, mode, color, mesh }: AgentFile): Found[] => {
  const hue = Object.hasOwn(divisionColors, mesh.division)
    ? divisionColors[mesh.division]
    : undefined
  return [
    ...when(!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug), "slug", `"${slug}" is not kebab-case`),
    ...outside("description", [...description].length, 80, 220, "characters"),
    ...when(!description.startsWith("Use when"), "description", `must begin with "Use when"`),
    ...when(
      !/\b(give|hand|pass|send|bring|provide|share|needs)\b/i.test(description),
      "description",
      `does not say what to hand over: "Give it …"`,
    ),
    ...when(
      !/\b(returns?|delivers?|answers?|reports?|produces?|hands? back|comes? back|get back)\b/i.test(
        description,
      ),
      "description",
      `does not say what comes back: "Returns …"`,
    ),
    ...when(mode !== "all", "mode", `"${mode}", must be all`),
    ...(hue === undefined
      ? ([["division", `"${mesh.division}" is no division of docs/specialists.md`]] as Found[])
      : when(color !== hue, "color", `${color}, ${mesh.division} has "${hue}"`)),
  ]
}

const lintPermission = ({ slug, permission, mesh, sections }: AgentFile): Found[] => {
  if (!isAccess(mesh.access)) {
    const known = Object.keys(accessClasses).join(", ")
    return [["access", `"${mesh.access}" is no access class: ${known}`]]
  }
  const textOf = (name: string) => sections.find((section) => section.name === name)?.text ?? ""
  const ordersCommand = ["Before you start", "Method", "Checks"].some((name) =>
    /(^|[.;:]\s+|^\s*(\d+\.|[-*])\s+)Run `/m.test(textOf(name)),
  )
  return [
    ...findWidening(permission, permissionOf(slug, mesh.access)).map((detail): Found => [
      "permission",
      detail,
    ]),
    ...when(
      permission.edit === "deny" && !changeVerb.test(textOf("Limits")),
      "limits",
      "edit is denied, but Limits does not say so, nor what to do instead",
    ),
    ...when(
      permission.bash === "deny" && ordersCommand,
      "limits",
      "bash is denied, but the text says to run a command: say who runs it instead",
    ),
  ]
}

const lintMesh = ({ slug, mesh }: AgentFile): Found[] => {
  const { skills, triggers, not_for, hands_to, terms } = mesh
  const neighbours = not_for.map(({ agent }) => agent)
  const upper = skills.filter((skill) => skill !== skill.toLowerCase())
  const titled = triggers.filter((trigger) => normal(trigger).includes(normal(mesh.title)))
  return [
    ...outside("skills", skills.length, 5, 12, "entries"),
    ...upper.map((skill): Found => ["skills", `"${skill}" is not lower-case`]),
    ...unrepeated("skills", skills),
    ...outside("triggers", triggers.length, 8, 14, "lines"),
    ...unrepeated("triggers", triggers),
    ...titled.map((trigger): Found => ["triggers", `"${trigger}" uses the role's own title`]),
    ...outside("not_for", neighbours.length, 2, 4, "neighbours"),
    ...unrepeated("not_for", neighbours),
    ...when(neighbours.includes(slug), "not_for", "names itself"),
    ...outside("hands_to", hands_to.length, 1, 4, "slugs"),
    ...unrepeated("hands_to", hands_to),
    ...when(hands_to.includes(slug), "hands_to", "names itself"),
    ...languages.flatMap((language) => [
      ...outside(`terms.${language}`, terms[language]?.length ?? 0, 3, 6, "terms"),
      ...unrepeated(`terms.${language}`, terms[language] ?? []),
    ]),
    ...Object.keys(terms)
      .filter((language) => !languages.includes(language))
      .map((language): Found => ["terms", `"${language}" is none of ${languages.join(", ")}`]),
  ]
}

const countSentences = (text: string) => {
  const plain = text.replace(/`[^`]*`/g, "code").replace(/\b(e\.g|i\.e|etc|vs|cf)\./gi, "$1")
  return plain.match(/[.!?]["')\]]*(?=\s|$)/g)?.length ?? 0
}

const lintBody = ({ body, sections, words }: AgentFile): Found[] => {
  const names = sections.map(({ name }) => name)
  const inOrder = names.join("\n") === sectionNames.join("\n")
  const plainOf = (name: string) =>
    withoutFences(sections.find((section) => section.name === name)?.text ?? "")
  const preamble = withoutFences(body).split(/^## /m)[0] ?? ""
  return [
    ...outside("words", words, 250, 900, "words"),
    ...when(
      !inOrder,
      "sections",
      `has ${names.join(", ") || "none"}; needs exactly ${sectionNames.join(", ")}`,
    ),
    ...when(preamble.trim() !== "", "sections", "there is text before the first section"),
    ...sections
      .filter(({ text }) => text === "")
      .map(({ name, line }): Found => ["sections", `${name} (line ${line}) is empty`]),
    ...outside("role", countSentences(plainOf("Role")), 2, 3, "sentences"),
    ...outside("method", plainOf("Method").match(/^\d+\. /gm)?.length ?? 0, 5, 9, "numbered steps"),
    ...outside("checks", plainOf("Checks").match(/^[-*] /gm)?.length ?? 0, 4, 8, "bullets"),
  ]
}

// A trigger quotes what a person types, and people do write "senior"; so triggers are left out.
const lintWords = (file: AgentFile, names: readonly string[]): Found[] => {
  const { description, body, mesh } = file
  const reasons = mesh.not_for.map(({ reason }) => reason)
  const prose = [description, ...mesh.skills, ...reasons, body].join("\n")
  const everything = [prose, mesh.title, ...mesh.triggers, ...Object.values(mesh.terms).flat()]
  const fluff = findFluff(prose, names)
  const pictographs = findPictographs(everything.join("\n"))
  return [
    ...when(fluff.length > 0, "fluff", `says ${fluff.join(", ")}: name the work instead`),
    ...when(pictographs.length > 0, "pictographs", `contains ${pictographs.join(" ")}`),
  ]
}

/** The rules of docs/specialists.md that one file can keep or break by itself. `names` may hold fluff words. */
export const lintAgentFile = (file: AgentFile, names: readonly string[] = []): Finding[] =>
  [
    ...lintHead(file),
    ...lintPermission(file),
    ...lintMesh(file),
    ...lintBody(file),
    ...lintWords(file, [...names, file.slug, file.mesh.title]),
  ].map(([rule, detail]) => ({ file: file.file, rule, detail }))

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

const isTitleCase = (title: string) =>
  title.split(/[\s/-]+/).every((word) => /^[^\p{Ll}]|^(and|or|of|for|the|in|to|with)$/u.test(word))

const lintRoster = (files: readonly AgentFile[], roster: readonly RosterEntry[]): Finding[] => {
  const entries = new Map(roster.map((entry) => [entry.agent, entry]))
  return files.flatMap(({ file, slug, mesh }) => {
    const entry = entries.get(slug)
    const spelledOut = mesh.title === entry?.title
    const found: Found[] = [
      ...when(!spelledOut && !isTitleCase(mesh.title), "title", `"${mesh.title}": use Title Case`),
    ]
    if (roster.length > 0 && !entry) found.push(["slug", `"${slug}" is not in the roster`])
    if (entry) {
      // The roster's capitals are not always right ("Llm"), so a file may correct them.
      const sameTitle = normal(mesh.title) === normal(entry.title)
      found.push(
        ...when(!sameTitle, "title", `"${mesh.title}", the roster has "${entry.title}"`),
        ...when(
          mesh.division !== entry.division,
          "division",
          `${mesh.division}, the roster has ${entry.division}`,
        ),
        ...when(
          mesh.access !== entry.access,
          "access",
          `${mesh.access}, the roster has ${entry.access}`,
        ),
      )
    }
    return found.map(([rule, detail]) => ({ file, rule, detail }))
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
