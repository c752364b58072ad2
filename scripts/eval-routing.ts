import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { calibration } from "../plugin/mesh/routing/ranking/calibrate.ts"
import { passagesOf, type Candidate } from "../plugin/mesh/routing/index/corpus.ts"
import { writeRoster } from "../plugin/mesh/routing/roster/roster-file.ts"
import { countRoster } from "../plugin/mesh/routing/roster/roster-index.ts"
import { createRouter } from "../plugin/mesh/routing/router.ts"
import smallTalk from "../plugin/mesh/routing/reading/small-talk.txt" with { type: "text" }
import { createStemmer, splitWords } from "../plugin/mesh/routing/words/tokenize.ts"
import { stopWords } from "../plugin/mesh/routing/words/stop-words.ts"
import { docsFile, loadLessons, loadRoster, loadRows, type Row } from "./routing-data.ts"
import { measureCost } from "./routing-cost.ts"
import { trainClassifiers } from "./train-classifier.ts"

/**
 * Prints how well and how fast descriptions find their specialist, beside two plain baselines, and
 * writes the same into docs/routing.md between its markers.
 */
interface Answer {
  id: string
  /** What a refusal is decided by. */
  confidence: number
}

interface Method {
  name: string
  rank: (text: string) => Answer[]
  /** The confidence it refuses below by itself; without one, what nine of ten tuning rows reach. */
  threshold?: number
}

const sets = ["dev", "tuning", "held-out", "leads", "leads-held-out"] as const
type SetName = (typeof sets)[number]
const typed = ["dev", "tuning", "held-out"] as const
const categories = ["plain", "paraphrase", "multi", "terse", "typo", "lang"]
const asked = ["leads", "leads-held-out"] as const
/** What is to be done in the rows that are written as leads write. */
const activities = [
  "review",
  "test",
  "debug",
  "refactor",
  "document",
  "design",
  "ship",
  "implement",
  "other",
]

const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)}` : "–")
const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

const byScore = (ids: readonly string[], scores: readonly number[]): Answer[] =>
  ids
    .map((id, at) => ({ id, confidence: scores[at]! }))
    .toSorted((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1))

/** Shared words over words of the description: what routing by keywords does. */
const keywordOverlap = (roster: readonly Candidate[]): Method => {
  const stemOf = createStemmer()
  const wordsOf = (text: string) =>
    splitWords(text)
      .filter((word) => !stopWords.has(word))
      .map(stemOf)
  const texts = roster.map(
    ({ title = "", description = "", skills }) =>
      new Set(wordsOf([title, description, ...skills].join("\n"))),
  )
  return {
    name: "keyword overlap",
    rank: (text) => {
      const words = [...new Set(wordsOf(text))]
      const scores = texts.map(
        (known) => words.filter((word) => known.has(word)).length / Math.max(1, words.length),
      )
      return byScore(
        roster.map(({ id }) => id),
        scores,
      )
    },
  }
}

/** Textbook BM25 (k 1.2, b 0.75) over each agent file's text, with or without the questions. */
const bm25 = (name: string, roster: readonly Candidate[]): Method => {
  const stemOf = createStemmer()
  const wordsOf = (text: string) =>
    splitWords(text)
      .filter((word) => !stopWords.has(word))
      .map(stemOf)
  const texts = roster.map((candidate) => {
    const counts = new Map<string, number>()
    for (const { text } of passagesOf(candidate)) {
      for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    return { counts, length: [...counts.values()].reduce((sum, count) => sum + count, 0) }
  })
  const average = mean(texts.map(({ length }) => length))
  const holders = new Map<string, number>()
  for (const { counts } of texts) {
    for (const word of counts.keys()) holders.set(word, (holders.get(word) ?? 0) + 1)
  }
  return {
    name,
    rank: (text) => {
      const scores = texts.map(({ counts, length }) =>
        wordsOf(text).reduce((sum, word) => {
          const count = counts.get(word) ?? 0
          const n = holders.get(word) ?? 0
          const idf = Math.log(1 + (texts.length - n + 0.5) / (n + 0.5))
          return sum + (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average))
        }, 0),
      )
      return byScore(
        roster.map(({ id }) => id),
        scores,
      )
    },
  }
}

const meshfleet = (roster: readonly Candidate[], file: Uint8Array): Method => {
  const router = createRouter({ roster: file })
  return {
    name: "Meshfleet",
    threshold: calibration.threshold,
    rank: (text) => router.rank({ description: text, top: roster.length }, roster),
  }
}

interface Outcome {
  row: Row
  /** 0 is best; -1 for small talk, which has none. */
  rank: number
  confidence: number
}

const outcomesOf = ({ rank }: Method, rows: readonly Row[]): Outcome[] =>
  rows.map((row) => {
    const answers = rank(row.text)
    return {
      row,
      rank: answers.findIndex(({ id }) => row.accept.includes(id)),
      confidence: answers[0]?.confidence ?? 0,
    }
  })

const isWork = ({ row }: Outcome) => row.accept.length > 0

/** The confidence that nine of ten work descriptions reach. */
const thresholdFor = (outcomes: readonly Outcome[]) => {
  const tops = outcomes
    .filter(isWork)
    .map(({ confidence }) => confidence)
    .toSorted((a, b) => a - b)
  return tops[Math.floor(tops.length / 10)] ?? 0
}

const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")

const within = (outcomes: readonly Outcome[], n: number) =>
  outcomes.filter(({ rank }) => rank >= 0 && rank < n).length / outcomes.length
const meanReciprocal = (outcomes: readonly Outcome[]) =>
  mean(outcomes.map(({ rank }) => (rank < 0 ? 0 : 1 / (rank + 1))))

/** The share of small talk below the confidence that nine of ten of the same set's work reach. */
const refusedAtNine = (outcomes: readonly Outcome[]) => {
  const bar = thresholdFor(outcomes)
  const talk = outcomes.filter((each) => !isWork(each))
  return talk.filter(({ confidence }) => confidence < bar).length / talk.length
}

/** Of one method: a line for each set; kept and refused by the threshold of the tuning set. */
const summary = (method: Method, outcomes: Record<SetName, Outcome[]>) => {
  const threshold = method.threshold ?? thresholdFor(outcomes.tuning)
  return sets.map((set) => {
    const work = outcomes[set].filter(isWork)
    const talk = outcomes[set].filter((each) => !isWork(each))
    const reached = (each: Outcome) => each.confidence >= threshold
    return [
      method.name,
      set,
      percent(within(work, 1)),
      percent(within(work, 3)),
      meanReciprocal(work).toFixed(3),
      percent(work.filter(reached).length / work.length),
      percent(talk.filter((each) => !reached(each)).length / talk.length),
      percent(refusedAtNine(outcomes[set])),
    ]
  })
}

const perCategory = (
  outcomes: Record<SetName, Outcome[]>,
  names: readonly string[],
  of: readonly SetName[],
) =>
  names.map((category) => [
    category,
    ...of.flatMap((set) => {
      const own = outcomes[set].filter(({ row }) => row.category === category)
      return [
        own.length,
        percent(within(own, 1)),
        percent(within(own, 3)),
        meanReciprocal(own).toFixed(3),
      ]
    }),
  ])

/** Answers by confidence in tenths: how many were right, and the expected calibration error. */
const calibrationOf = (outcomes: readonly Outcome[]) => {
  const bins = Array.from({ length: 10 }, (_, at) =>
    outcomes.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === at),
  )
  const right = (own: readonly Outcome[]) =>
    own.filter(({ rank }) => rank === 0).length / own.length
  const expected = (own: readonly Outcome[]) => mean(own.map(({ confidence }) => confidence))
  const error = bins
    .filter((own) => own.length > 0)
    .reduce(
      (sum, own) => sum + (Math.abs(right(own) - expected(own)) * own.length) / outcomes.length,
      0,
    )
  const rows = bins.flatMap((own, at) =>
    own.length === 0
      ? []
      : [[`${at / 10}–${(at + 1) / 10}`, own.length, percent(expected(own)), percent(right(own))]],
  )
  return { error, rows }
}

/** Some small talk is so common that our list of it holds a row of the set word for word. */
const commonPhrases = (outcomes: readonly Outcome[]) => {
  const known = new Set(smallTalk.split("\n").map((phrase) => splitWords(phrase).join(" ")))
  const talk = outcomes.filter((each) => !isWork(each))
  const unseen = talk.filter(({ row }) => !known.has(splitWords(row.text).join(" ")))
  const refused = unseen.filter(({ confidence }) => confidence < calibration.threshold)
  return `Of the ${talk.length} rows of small talk in the held-out set, ${talk.length - unseen.length} are phrases so common that the router's own list has them; of the other ${unseen.length} it refuses ${refused.length}.`
}

const report = async () => {
  const roster = loadRoster()
  const file = writeRoster(countRoster(roster, trainClassifiers, loadLessons()))
  const bare = roster.map((candidate) => ({ ...candidate, questions: [] }))
  const ours = meshfleet(roster, file)
  const methods = [
    keywordOverlap(roster),
    bm25("BM25, agent files", bare),
    bm25("BM25, with questions", roster),
    ours,
  ]
  const measured = methods.map((method) => ({
    method,
    outcomes: Object.fromEntries(
      sets.map((set) => [set, outcomesOf(method, loadRows(set))]),
    ) as Record<SetName, Outcome[]>,
  }))
  const own = measured.at(-1)!.outcomes
  const calibrated = calibrationOf(own["held-out"])
  const cost = await measureCost(roster, file, 5)
  return [
    `${roster.length} specialists, ${roster.reduce((sum, { questions = [] }) => sum + questions.length, 0)} expected questions. In percent; work kept and small talk refused by Meshfleet's own threshold, by the confidence that 90 % of the tuning set's work reaches for the baselines, and last by the one that 90 % of the same set reaches.`,
    table(
      [
        "router",
        "rows",
        "top-1",
        "top-3",
        "MRR",
        "work kept",
        "small talk refused",
        "refused at 90 % kept",
      ],
      measured.flatMap(({ method, outcomes }) => summary(method, outcomes)),
    ),
    "Meshfleet by category (number, top-1, top-3, MRR):",
    table(
      ["category", ...typed.flatMap((set) => [`${set} n`, "top-1", "top-3", "MRR"])],
      perCategory(own, categories, typed),
    ),
    "The same for the rows that are written as leads write, by what is to be done:",
    table(
      ["activity", ...asked.flatMap((set) => [`${set} n`, "top-1", "top-3", "MRR"])],
      perCategory(own, activities, asked),
    ),
    commonPhrases(own["held-out"]),
    `Confidence of the first answer on held-out rows, small talk included (expected calibration error ${calibrated.error.toFixed(3)}):`,
    table(["confidence", "answers", "expected right", "right"], calibrated.rows),
    `One query: p50 ${cost.p50Ms.toFixed(1)} ms, p95 ${cost.p95Ms.toFixed(1)} ms; the first ${cost.firstMs.toFixed(0)} ms, making the index included; ${cost.addedMb.toFixed(0)} MB more resident memory after 320 queries; ${(file.length / 1e6).toFixed(1)} MB of counted roster (median of five processes).`,
  ].join("\n\n")
}

const writeInto = (path: string, figures: string) => {
  const [begin, end] = ["<!-- figures: begin -->", "<!-- figures: end -->"]
  if (!existsSync(path)) return
  const text = readFileSync(path, "utf8")
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) return
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n\n${figures}\n\n${text.slice(to)}`)
}

const figures = await report()
console.log(figures)
writeInto(docsFile, figures)
