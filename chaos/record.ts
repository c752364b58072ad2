import { percentile, type Outcome } from "./figures.ts"
import { type Kind, kinds } from "./options.ts"
import type { Recovery } from "./recovery.ts"
import { renderTable } from "./render-table.ts"

export interface Round extends Outcome {
  kind: Kind
  tookMs: number
}

/** The tables of a run, ready for docs/reliability.md. */
export const renderRecord = (rounds: readonly Round[]) =>
  [
    renderTable(
      [
        "rounds",
        "number",
        "held",
        "kills",
        "messages",
        "lost",
        "doubled",
        "no end",
        "left",
        "s a round, p50",
        "worst",
      ],
      [
        ...kinds.map((kind) => [kind, rounds.filter((round) => round.kind === kind)] as const),
        ["all", rounds] as const,
      ]
        .filter(([, some]) => some.length > 0)
        .map(([name, some]) => rowOf(name, some)),
    ),
    renderTable(
      ["recovery", "number", "p50", "p95", "worst"],
      [
        ...timesOf(
          "real",
          rounds.filter(({ kind }) => kind !== "stand-in"),
        ),
        ...timesOf(
          "stand-in",
          rounds.filter(({ kind }) => kind === "stand-in"),
        ),
      ],
    ),
  ].join("\n\n")

const rowOf = (name: string, rounds: readonly Round[]) => {
  const sum = (of: (round: Round) => number) => rounds.reduce((total, each) => total + of(each), 0)
  const times = rounds.map(({ tookMs }) => tookMs)
  return [
    name,
    rounds.length,
    rounds.filter(({ violations }) => violations.length === 0).length,
    sum(({ kills }) => kills),
    sum(({ messages }) => messages),
    sum(({ lost }) => lost),
    sum(({ duplicated }) => duplicated),
    sum(({ withoutEnd }) => withoutEnd),
    sum(({ leftBehind }) => leftBehind),
    seconds(percentile(times, 0.5)!),
    seconds(percentile(times, 1)!),
  ].map(String)
}

const recoveries: readonly [string, keyof Recovery][] = [
  ["host killed, to the agent's next request", "killed"],
  ["host frozen, to the agent's next request", "frozen"],
  ["supervisor killed, to the next holder", "lease"],
]

const timesOf = (hosts: string, rounds: readonly Round[]) =>
  recoveries.flatMap(([name, of]) => {
    const times = rounds.flatMap(({ recovery }) => recovery[of])
    if (times.length === 0) return []
    const shares = [0.5, 0.95, 1].map((share) => `${seconds(percentile(times, share)!)} s`)
    return [[`${name} (${hosts})`, String(times.length), ...shares]]
  })

const seconds = (ms: number) => (ms / 1000).toFixed(1)
