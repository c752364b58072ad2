import { readFileSync } from "node:fs"
import { join } from "node:path"
import {
  parseQuestions,
  specialistCandidates,
  type Candidate,
  type Questions,
} from "../plugin/mesh/routing/index/corpus.ts"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"
import type { BriefLessons } from "../plugin/mesh/routing/roster/roster-index.ts"
import { readEmbeddedAgents } from "../plugin/mesh/specialists/embedded-agents.ts"
import { readLessons } from "./lead-texts.ts"

const root = join(import.meta.dirname, "..")
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8")

/** A description of the evaluation; `accept` names who may answer, best first; nobody: small talk. */
export interface Row {
  id: string
  category: string
  text: string
  accept: readonly string[]
}

export type RowSet = "dev" | "tuning" | "held-out" | "leads" | "leads-held-out"

/** Small talk and casual requests, for telling work from neither. */
export interface TalkRow {
  id: string
  work: boolean
  text: string
}

const readLines = (name: string) =>
  read("test", "routing", `${name}.jsonl`)
    .split("\n")
    .filter((line) => line.trim() !== "")

export const loadTalk = (): TalkRow[] =>
  readLines("talk").map((line) => JSON.parse(line) as TalkRow)

export const loadRows = (set: RowSet): Row[] =>
  readLines(set).map((line) => JSON.parse(line) as Row)

export const loadQuestions = (): Questions => parseQuestions(read("agents", "questions.jsonl"))

/** The bundled roster as candidates, with its expected questions. */
export const loadRoster = (questions: Questions = loadQuestions()): Candidate[] =>
  specialistCandidates(readEmbeddedAgents(embedAgents(join(root, "agents"))), questions)

/** What leads might write, for the briefs' classifier. */
export const loadLessons = (): BriefLessons => readLessons(read("scripts", "lead-phrases.txt"))

export const docsFile = join(root, "docs", "routing.md")
