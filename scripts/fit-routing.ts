import {
  calibration as current,
  type Calibration,
  type WorkWeights,
  workShare,
} from "../plugin/mesh/routing/ranking/calibrate.ts"
import type { Candidate } from "../plugin/mesh/routing/index/corpus.ts"
import { readQuery } from "../plugin/mesh/routing/reading/query.ts"
import {
  briefShape,
  briefShare,
  keptInBriefs,
  relevanceOf,
  workEvidence,
} from "../plugin/mesh/routing/ranking/relevance.ts"
import { countRoster, createRosterIndex } from "../plugin/mesh/routing/roster/roster-index.ts"
import type { Signals } from "../plugin/mesh/routing/ranking/signals.ts"
import { fitLogistic, fitMixture, fitRanking, sigmoid, type Example } from "./regression.ts"
import { loadLessons, loadRoster, loadRows, loadTalk } from "./routing-data.ts"
import { trainClassifiers } from "./train-classifier.ts"

/**
 * Fits the numbers of plugin/mesh/routing/ranking/calibrate.ts on the rows of dev, tuning and leads
 * and prints them, with what five-fold cross-validation says of them. Held-out rows are never read
 * here.
 */
const tuning = loadRows("tuning")
const leads = loadRows("leads")
const rows = [...loadRows("dev"), ...tuning, ...leads]
const folds = 5
/** The next query counts in the same arrays. */
const copyOf = ({ words, meanings, passages, learnt, brief }: Signals): Signals => ({
  words: words.slice(),
  meanings: meanings.slice(),
  passages: passages.slice(),
  ...(learnt && { learnt: learnt.slice() }),
  ...(brief && { brief: brief.slice() }),
})

const prepare = (roster: readonly Candidate[]) => {
  const index = createRosterIndex(countRoster(roster, trainClassifiers, loadLessons()), {})
  const located = index.locate(roster)
  const ids = roster.map(({ id }) => id)
  const signalsOf = (text: string) => {
    const query = readQuery(text, [], index.language)
    const scored = index.score(located.parts, query)
    const { talk: _, ...unlearnt } = scored
    const evidenceBy = (by: typeof scored) => {
      const { talk, words, meanings, length } = workEvidence(query, by, index.language.talk)
      return [talk, words, meanings, length]
    }
    return {
      signals: copyOf(scored.signals[0]!),
      shape: briefShape(scored.brief!, query),
      evidence: evidenceBy(scored),
      evidenceUnlearnt: evidenceBy(unlearnt),
    }
  }
  return {
    rows: rows.map((row) => ({
      row,
      ...signalsOf(row.text),
      isBrief: leads.includes(row),
      right: ids.map((id) => row.accept.includes(id)),
    })),
    talk: loadTalk().map(({ text, work }) => ({ work, ...signalsOf(text), text })),
  }
}

type Prepared = ReturnType<typeof prepare>["rows"][number]
type Talk = ReturnType<typeof prepare>["talk"][number]
const signalNames = ["words", "meanings", "passages", "learnt"] as const
type Signal = (typeof signalNames)[number]

/** Who is far behind has no part in a softmax; a row's right ones and its 40 best are enough. */
const compared = 40

/** The places of the right ones and of the best by either of two ways. */
const contenders = (right: readonly boolean[], ways: readonly ArrayLike<number>[]): number[] => {
  const bars = ways.map(
    (values) => Array.from(values).sort((a, b) => b - a)[compared / ways.length] ?? -Infinity,
  )
  return [...right.keys()].filter(
    (at) => right[at] || ways.some((values, way) => values[at]! > bars[way]!),
  )
}

const toExample = (
  { signals, right }: Prepared,
  names: readonly Signal[] = signalNames,
): Example => {
  const sums = right.map((_, at) => signals.passages[at]! + signals.words[at]!)
  const kept = contenders(right, [sums, signals.learnt!])
  return {
    right: kept.map((at) => right[at]!),
    features: kept.map((at) => names.map((name) => signals[name]![at]!)),
  }
}

/** The same without a signal: what it is worth shows when the others are fitted anew. */
const without = (prepared: readonly Prepared[], name: Signal): Prepared[] =>
  prepared.map((each) => ({
    ...each,
    signals: { ...each.signals, [name]: new Float64Array(each.right.length) },
  }))

const rankedBy = (
  { signals, shape }: Pick<Prepared, "signals" | "shape">,
  calibration: Calibration,
) => relevanceOf(signals, calibration, briefShare(shape, calibration.brief))

/** Of a row's five best: how each stands, and whether it is right. */
const standings = (
  prepared: Pick<Prepared, "signals" | "shape" | "right">,
  calibration: Calibration,
) => {
  const { right } = prepared
  const relevance = [...rankedBy(prepared, calibration)]
  const order = relevance.map((_, at) => at).toSorted((a, b) => relevance[b]! - relevance[a]!)
  const [first = 0, second = 0] = order
  return order.slice(0, 5).map((at) => ({
    x: [
      relevance[at]!,
      Math.max(0, relevance[at]! - relevance[second]!) * (at === first ? 1 : 0),
      at === first ? 0 : relevance[at]! - relevance[first]!,
    ],
    y: right[at]!,
  }))
}

/**
 * Taking small talk for work is the worse mistake, by so many logits: measured, small talk and work
 * that nobody is sure to fit then stay apart in the confidence, too (98 of 100 refused at 92 kept,
 * instead of 95).
 */
const prudence = 2

const workWeights = ([
  talk = 0,
  words = 0,
  meanings = 0,
  length = 0,
  constant = 0,
]: number[]): WorkWeights => ({ talk, words, meanings, length, constant: constant - prudence })

/**
 * Taking what somebody types for a brief is the worse mistake, by so many logits, and a text that is
 * half a brief is not to be ranked half as one: so steep, no row of dev and tuning changes its place
 * for the worse, and the leads lose none.
 */
const reserve = 0.5
const steepness = 3

/** When to believe the briefs' classifier, and how much: where it helps among all rows. */
const fitBriefs = (
  work: readonly Prepared[],
  calibration: Pick<Calibration, "relevance" | "relevanceUnlearnt" | "brief">,
): Calibration["brief"] => {
  const [
    known = 0,
    best = 0,
    technologies = 0,
    length = 0,
    personal = 0,
    constant = 0,
    relevance = 0,
  ] = fitMixture(
    work.map(({ shape, signals, right, isBrief }) => {
      const usual = relevanceOf(signals, calibration, 0)
      const brief = signals.brief!
      const kept = contenders(right, [usual, brief])
      return {
        shape,
        isOther: isBrief,
        usual: kept.map((at) => usual[at]!),
        other: kept.map((at) => brief[at]!),
        right: kept.map((at) => right[at]!),
      }
    }),
    5,
    keptInBriefs,
  )
  return {
    known: known * steepness,
    best: best * steepness,
    technologies: technologies * steepness,
    length: length * steepness,
    personal: personal * steepness,
    constant: (constant - reserve) * steepness,
    relevance,
  }
}

const fitAll = (prepared: readonly Prepared[], talk: readonly Talk[]): Calibration => {
  const work = prepared.filter(({ row }) => row.accept.length > 0)
  const usual = work.filter(({ isBrief }) => !isBrief)
  const [words = 0, meanings = 0, passages = 0, learnt = 0] = fitRanking(
    usual.map((each) => toExample(each)),
    4,
  )
  const [words3 = 0, meanings3 = 0, passages3 = 0] = fitRanking(
    usual.map((each) => toExample(each, signalNames.slice(0, 3))),
    3,
  )
  const usually = {
    ...current,
    relevance: { words, meanings, passages, learnt },
    relevanceUnlearnt: { words: words3, meanings: meanings3, passages: passages3 },
  }
  const partial = { ...usually, brief: fitBriefs(work, usually) }
  const fitWork = (evidence: "evidence" | "evidenceUnlearnt") =>
    // There is three times more work than small talk here; how it is in life nobody knows.
    fitLogistic(
      [
        ...prepared
          .filter(({ isBrief }) => !isBrief)
          .map((each) => ({ x: each[evidence], y: each.row.accept.length > 0 })),
        ...talk.map((each) => ({ x: each[evidence], y: each.work })),
      ],
      true,
    )
  const correct = fitLogistic(work.flatMap((each) => standings(each, partial)))
  const calibration: Calibration = {
    ...partial,
    work: workWeights(fitWork("evidence")),
    workUnlearnt: workWeights(fitWork("evidenceUnlearnt")),
    correct: {
      relevance: correct[0]!,
      ahead: correct[1]!,
      behind: correct[2]!,
      constant: correct[3]!,
    },
    threshold: 0,
  }
  // The dev rows are easier, and would set it too high.
  const tops = work
    .filter(({ row }) => tuning.includes(row))
    .map((each) => topConfidence(each, calibration))
    .toSorted((a, b) => a - b)
  return { ...calibration, threshold: tops[Math.floor(tops.length * lost)]! }
}

/** The share of work the threshold gives up: far fewer than one in ten, as unseen rows lose more. */
const lost = 0.025

const topConfidence = (
  prepared: Pick<Prepared, "signals" | "shape" | "evidence">,
  calibration: Calibration,
) => {
  const { work, correct } = calibration
  const right = Array.from(prepared.signals.words, () => false)
  const [top] = standings({ ...prepared, right }, calibration)
  const [talk = 0, words = 0, meanings = 0, length = 0] = prepared.evidence
  const isWork = workShare({ talk, words, meanings, length }, work)
  const [own = 0, lead = 0] = top?.x ?? []
  return isWork * sigmoid(correct.relevance * own + correct.ahead * lead + correct.constant)
}

const rankOf = (prepared: Prepared, calibration: Calibration) => {
  const { right } = prepared
  const relevance = rankedBy(prepared, calibration)
  const best = Math.max(...[...relevance].filter((_, at) => right[at]))
  return [...relevance].filter((value) => value > best).length
}

const percent = (share: number) => (100 * share).toFixed(1)

/** The share of small talk below the confidence that so much of the work reaches. */
const refusedAt = (kept: number, work: number[], talk: readonly number[]) => {
  const bar = work.toSorted((a, b) => a - b)[Math.floor(work.length * (1 - kept))]!
  return percent(talk.filter((confidence) => confidence < bar).length / talk.length)
}

const validate = (prepared: readonly Prepared[], talk: readonly Talk[]) => {
  const ranks: { isBrief: boolean; rank: number }[] = []
  const kept: number[] = []
  const refused: number[] = []
  const casual: number[] = []
  let fits = 0
  let talkFits = 0
  for (let fold = 0; fold < folds; fold++) {
    const isTest = (_: unknown, at: number) => at % folds === fold
    const isTrain = (_: unknown, at: number) => at % folds !== fold
    const calibration = fitAll(prepared.filter(isTrain), talk.filter(isTrain))
    for (const each of prepared.filter(isTest)) {
      const confidence = topConfidence(each, calibration)
      const isKept = confidence >= calibration.threshold
      if (each.row.accept.length === 0) {
        refused.push(confidence)
        talkFits += isKept ? 1 : 0
      } else {
        ranks.push({ isBrief: each.isBrief, rank: rankOf(each, calibration) })
        kept.push(confidence)
        fits += isKept ? 1 : 0
      }
    }
    for (const each of talk.filter(isTest)) {
      const confidence = topConfidence(each, calibration)
      ;(each.work ? casual : refused).push(confidence)
      if (!each.work && confidence >= calibration.threshold) {
        talkFits += 1
        if (verbose) console.log(`  taken for work: ${each.text}`)
      }
    }
  }
  const within = (n: number, brief: boolean) => {
    const own = ranks.filter(({ isBrief }) => isBrief === brief)
    return percent(own.filter(({ rank }) => rank < n).length / own.length)
  }
  return [
    `top-1 ${within(1, false)}, top-3 ${within(3, false)}`,
    `of leads ${within(1, true)} and ${within(3, true)}`,
    `work kept ${percent(fits / ranks.length)}, small talk refused ${percent(1 - talkFits / refused.length)}`,
    `refused at 90 % kept ${refusedAt(0.9, kept, refused)}, at 92 % ${refusedAt(0.92, kept, refused)}, at 94 % ${refusedAt(0.94, kept, refused)}`,
    `with casual requests at 90 % ${refusedAt(0.9, [...kept, ...casual], refused)}`,
  ].join("; ")
}

const roster = loadRoster()
const prepared = prepare(roster)
const verbose = process.argv.includes("--verbose")
const show = (title: string, { rows: some, talk }: ReturnType<typeof prepare>) =>
  console.log(`${title}: ${validate(some, talk)}`)
show(`cross-validated on ${rows.length} rows`, prepared)
if (process.argv.includes("--ablate")) {
  for (const name of signalNames) {
    show(`without ${name}`, { ...prepared, rows: without(prepared.rows, name) })
  }
  const bare = roster.map((candidate) => ({ ...candidate, questions: [] }))
  show("without questions", prepare(bare))
  const mute = bare.map((candidate) => ({ ...candidate, triggers: [] }))
  show("without questions and triggers", prepare(mute))
}
console.log(
  JSON.stringify(
    fitAll(prepared.rows, prepared.talk),
    (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(4)) : value),
    2,
  ),
)
