import { accessClasses, findWidening, isAccess, permissionOf } from "../file/access-class.ts"
import { divisionColors } from "./divisions.ts"
import { type Finding, type Found, normal, outside, unrepeated, when } from "./finding.ts"
import { findFluff, findPictographs } from "./fluff.ts"
import type { AgentFile } from "../file/parse-agent-file.ts"
import { withoutFences } from "../file/sections.ts"

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
