import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"

/** What an agent, or all of a fleet together, may use. What is absent is not limited. */
export interface Budget {
  tokens?: number | undefined
  cost_usd?: number | undefined
  /** Steps of the model. */
  turns?: number | undefined
  duration_ms?: number | undefined
}

export type Spent = Required<{ [Kind in keyof Budget]: number }>

/** How one limit of a budget stands. */
export interface Spending {
  kind: keyof Budget
  spent: number
  limit: number
  share: number
}

/** From this share of a budget on its lead is warned: late enough to matter, early enough to act. */
export const warnShare = 0.8

export const parseBudget = (text: string | null): Budget | undefined =>
  text === null ? undefined : (JSON.parse(text) as Budget)

/** The limit that is closest to its end, or past it furthest. */
export const tightest = (budget: Budget, spent: Spent): Spending | undefined =>
  (Object.keys(spent) as (keyof Budget)[])
    .flatMap((kind): Spending[] => {
      const limit = budget[kind]
      return limit === undefined
        ? []
        : [{ kind, spent: spent[kind], limit, share: spent[kind] / limit }]
    })
    .reduce<Spending | undefined>(
      (most, each) => (most && most.share >= each.share ? most : each),
      undefined,
    )

/** How a budget as the ledger has it stands; undefined where nothing is limited. */
export const tightestLimit = (budget: string | null, spent: () => Spent): Spending | undefined => {
  const limits = parseBudget(budget)
  return limits && tightest(limits, spent())
}

export const isSpent = (spending: Spending | undefined): spending is Spending =>
  spending !== undefined && spending.share >= 1

type Spender = Pick<AgentRow, "tokens" | "cost_usd" | "turns" | "worked_ms" | "turn_at">

/** Time counts while an agent has work: from the start of a turn to its end, retries included. */
export const spentByAgent = (agent: Spender, at: number): Spent => ({
  tokens: agent.tokens,
  cost_usd: agent.cost_usd,
  turns: agent.turns,
  duration_ms: agent.worked_ms + (agent.turn_at === null ? 0 : at - agent.turn_at),
})

/** Tokens, money and turns of all its agents, ended ones too; its time is that in which it ran. */
export const spentByFleet = (fleet: FleetRow, agents: readonly Spender[], at: number): Spent => {
  const sum = (kind: "tokens" | "cost_usd" | "turns") =>
    agents.reduce((total, agent) => total + agent[kind], 0)
  return {
    tokens: sum("tokens"),
    cost_usd: sum("cost_usd"),
    turns: sum("turns"),
    duration_ms:
      fleet.ran_ms + (fleet.status === "running" ? at - (fleet.resumed_at ?? fleet.created_at) : 0),
  }
}

/** As tools tell it: money is null where no price is known. */
export type ShownSpent = Omit<Spent, "cost_usd"> & { cost_usd: number | null }

/** What has been spent, beside what may be: limits, tokens and money, the rest is no news. */
export const renderSpent = (budget: Budget | undefined, spent: ShownSpent): string =>
  (Object.keys(spent) as (keyof Budget)[])
    .flatMap((kind) => {
      const limit = budget?.[kind]
      const value = spent[kind] ?? 0
      if (limit !== undefined) return [renderSpending({ kind, spent: value, limit })]
      if (value === 0) return []
      if (kind === "tokens") return [`${count(value)} tokens`]
      return kind === "cost_usd" ? [`$${money(value)}`] : []
    })
    .join(", ")

/** "81,000 of 100,000 tokens", as a person reads it. */
export const renderSpending = ({ kind, spent, limit }: Omit<Spending, "share">) => {
  switch (kind) {
    case "tokens":
    case "turns":
      return `${count(spent)} of ${count(limit)} ${kind}`
    case "cost_usd":
      return `$${money(spent)} of $${money(limit)}`
    case "duration_ms":
      return `${count(Math.round(spent / 1000))} of ${count(Math.round(limit / 1000))} seconds`
  }
}

const count = (value: number) => value.toLocaleString("en-US")
const money = (value: number) => value.toFixed(value < 1 ? 4 : 2)
