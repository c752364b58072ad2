import { isEnded } from "../model/agent.ts"
import {
  isSpent,
  renderSpending,
  spentByAgent,
  spentByFleet,
  type Spending,
  tightestLimit,
  warnShare,
} from "../lifecycle/budget.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"

export type BudgetAction =
  | { do: "warn-of-budget"; agent: AgentRow | undefined; spending: Spending }
  | { do: "wrap-up"; agent: AgentRow; reason: string }

interface Members {
  fleet: FleetRow
  agents: readonly AgentRow[]
}

/** Who is to be warned of a budget, once, and who has to come to an end since it is spent. Pure. */
export const overBudget = ({ fleet, agents }: Members, at: number): BudgetAction[] => {
  const open = agents.filter((agent) => !isEnded(agent.status))
  const own = open.map((agent) => ({
    agent,
    spending: tightestLimit(agent.budget, () => spentByAgent(agent, at)),
  }))
  const whole = tightestLimit(open.length > 0 ? fleet.budget : null, () =>
    spentByFleet(fleet, agents, at),
  )
  const wrapUps = own.flatMap(({ agent, spending }): BudgetAction[] => {
    // One that is being ended already is not asked again with every look.
    if (agent.stop_mode !== null && agent.stop_mode !== "retry") return []
    if (isSpent(spending)) return [wrapUp(agent, "Its", spending)]
    return isSpent(whole) ? [wrapUp(agent, "The fleet's", whole)] : []
  })
  const warnings = own.flatMap(({ agent, spending }): BudgetAction[] =>
    isToWarn(spending, agent.budget_warned_at) ? [{ do: "warn-of-budget", agent, spending }] : [],
  )
  if (isToWarn(whole, fleet.budget_warned_at))
    warnings.push({ do: "warn-of-budget", agent: undefined, spending: whole })
  return [...wrapUps, ...warnings]
}

/** What is spent already is told by the end it leads to. */
const isToWarn = (spending: Spending | undefined, warnedAt: number | null): spending is Spending =>
  spending !== undefined && warnedAt === null && spending.share >= warnShare && spending.share < 1

const wrapUp = (agent: AgentRow, whose: string, spending: Spending): BudgetAction => ({
  do: "wrap-up",
  agent,
  reason: `${whose} budget is spent: ${renderSpending(spending)}`,
})
