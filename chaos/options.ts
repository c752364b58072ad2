import { parseArgs } from "node:util"

/** With the real OpenCode, each for one promise. */
const stories = [
  "host-killed",
  "host-frozen",
  "lead-killed",
  "supervisor-killed",
  "disk-full",
  "provider-429",
  "provider-silent",
  "stream-cut",
  "prints-50-mb",
  "background-server",
  "survivors",
  "suspend",
  "sleeping-clock",
  "planted-plugin",
  "forged-mail",
] as const
export const kinds = [...stories, "random", "stand-in"] as const
export type Kind = (typeof kinds)[number]

const ledgerKinds = ["sqlite", "postgres"] as const
export type LedgerKind = (typeof ledgerKinds)[number]

export interface Options {
  rounds: number
  seed: number
  /** No round begins after that. */
  minutes: number
  only: Kind | undefined
  /** Where the ledgers are: in files, or each in a database of a Postgres server. */
  ledger: LedgerKind
  /** Leaves the folders of rounds that failed. */
  keep: boolean
}

export const usage = `chaos [--rounds n] [--seed s] [--minutes m] [--only ${kinds.join("|")}] [--ledger ${ledgerKinds.join("|")}] [--keep]`

export const parseOptions = (args: readonly string[], freshSeed: number): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string" },
      seed: { type: "string" },
      minutes: { type: "string" },
      only: { type: "string" },
      ledger: { type: "string" },
      keep: { type: "boolean" },
    },
  })
  const only = values.only
  if (only !== undefined && !isKind(only))
    throw new Error(`--only ${only}: there are ${kinds.join(", ")}`)
  const ledger = ledgerKinds.find((each) => each === (values.ledger ?? "sqlite"))
  if (!ledger) throw new Error(`--ledger ${values.ledger}: there are ${ledgerKinds.join(", ")}`)
  return {
    rounds: positive("rounds", values.rounds, 100),
    seed: positive("seed", values.seed, freshSeed),
    minutes: positive("minutes", values.minutes, 90),
    only,
    ledger,
    keep: values.keep ?? false,
  }
}

/** Three of seven: of 100 rounds more than 60 are with the real OpenCode. */
const mixture = [
  "random",
  "stand-in",
  "random",
  "stand-in",
  "random",
  "stand-in",
  "random",
] as const

/** The stories come first, once each; every further round is random, with the real OpenCode or not. */
export const kindOfRound = (
  round: number,
  { only, ledger }: Pick<Options, "only" | "ledger">,
): Kind => {
  // The disk that is full is that of a ledger in a file.
  const first = stories.filter((story) => ledger === "sqlite" || story !== "disk-full")
  return only ?? first[round] ?? mixture[(round - first.length) % mixture.length]!
}

const isKind = (text: string): text is Kind => (kinds as readonly string[]).includes(text)

const positive = (name: string, text: string | undefined, otherwise: number) => {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--${name} ${text}: a whole number above 0 is needed`)
}
