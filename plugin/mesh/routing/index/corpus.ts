export interface Candidate {
  kind: "agent" | "specialist"
  /** Unique among the candidates: an agent's id, a specialist's slug. */
  id: string
  role: string
  title?: string
  description?: string
  skills: readonly string[]
  triggers?: readonly string[]
  terms?: readonly string[]
  /** What people type when they need it, in any language. */
  questions?: readonly string[]
  /** Other names of a specialist; an agent whose role is one of them is taken for its like. */
  aliases?: readonly string[]
  /** Of a running agent: the specialist it was started as. */
  specialist?: string
  /** Of a running agent: unread mail and work in hand; 0 is idle. */
  load?: number
  /** false: alive, but not to be given work now. */
  available?: boolean
}

/** A sentence or phrase that is scored by itself and, with its weight, as part of the whole. */
export interface Passage {
  text: string
  /** How much its words count in the whole text. A title says more than a sentence. */
  weight: number
}

const titleWeight = 3
const skillWeight = 2.5
const termWeight = 1.5
const sentenceWeight = 1

const wordsOfName = (name: string) => name.replaceAll("-", " ")

/**
 * What the index reads of a candidate. Instructions are left out: measured, they find nothing that
 * questions do not find better, and would double the index.
 */
export const passagesOf = (candidate: Candidate): Passage[] => {
  const { role, title = role, description = "", skills } = candidate
  const { triggers = [], terms = [], questions = [], aliases = [] } = candidate
  const at = (weight: number) => (text: string) => ({ text, weight })
  return [
    ...(role === title ? [title] : [title, wordsOfName(role)]).map(at(titleWeight)),
    ...aliases.map(wordsOfName).map(at(titleWeight)),
    ...skills.map(at(skillWeight)),
    ...[description].filter(Boolean).map(at(sentenceWeight)),
    ...terms.map(at(termWeight)),
    ...triggers.map(at(sentenceWeight)),
    ...questions.map(at(sentenceWeight)),
  ]
}

const sameTexts = (a: readonly string[] = [], b: readonly string[] = []) =>
  a === b || (a.length === b.length && a.every((text, at) => text === b[at]))

/** Whether two candidates read the same, so that an index of one serves the other. */
export const readsTheSame = (a: Candidate, b: Candidate): boolean =>
  a === b ||
  (a.id === b.id &&
    a.kind === b.kind &&
    a.role === b.role &&
    a.title === b.title &&
    a.description === b.description &&
    a.specialist === b.specialist &&
    sameTexts(a.skills, b.skills) &&
    sameTexts(a.triggers, b.triggers) &&
    sameTexts(a.terms, b.terms) &&
    sameTexts(a.questions, b.questions) &&
    sameTexts(a.aliases, b.aliases))

/** What the catalog knows of a specialist, as far as routing needs it. */
export interface RoutableSpecialist {
  agent: string
  title: string
  description: string
  skills: readonly string[]
  triggers: readonly string[]
  terms: readonly string[]
  aliases: readonly string[]
}

/** Expected questions of each specialist, as agents/questions.jsonl holds them. */
export type Questions = ReadonlyMap<string, readonly string[]>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const parseLine = (line: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/**
 * Reads lines of {"agent": slug, "en": [question…], "de": […], …}; the languages are flattened. A
 * line that cannot be read is left out: routing without its questions is worse, not wrong.
 */
export const parseQuestions = (text: string): Questions => {
  const questions = new Map<string, string[]>()
  for (const line of text.split("\n")) {
    const { agent, ...languages } = parseLine(line)
    if (typeof agent !== "string") continue
    const texts = Object.values(languages)
      .filter(Array.isArray)
      .flat()
      .filter((question): question is string => typeof question === "string")
    questions.set(agent, [...(questions.get(agent) ?? []), ...texts])
  }
  return questions
}

/** Specialists of the catalog as candidates, each with its expected questions. */
export const specialistCandidates = (
  specialists: readonly RoutableSpecialist[],
  questions: Questions = new Map(),
): Candidate[] =>
  specialists.map(({ agent, title, description, skills, triggers, terms, aliases }) => ({
    kind: "specialist",
    id: agent,
    role: title,
    title,
    description,
    skills,
    triggers,
    terms,
    aliases,
    questions: questions.get(agent) ?? [],
  }))
