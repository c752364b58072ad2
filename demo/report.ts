import type { Ledger } from "../plugin/mesh/ledger/ledger.ts"
import type { AgentRow } from "../plugin/mesh/ledger/tables/rows.ts"
import type { Check } from "./checks.ts"
import { agentsIn } from "./evidence.ts"
import { paint, seconds } from "./timeline.ts"

export interface Report {
  ledger: Ledger
  lead: { output(): string; errors(): string }
  checks: readonly Check[]
  times: { untilLeadEnded: number; untilNothingLeft: number }
  logs: () => string
  colour: boolean
}

const maxLines = 14

/** Results, checks and one line that sums them up; what OpenCode said only when a check failed. */
export const renderReport = async ({ ledger, lead, checks, times, logs, colour }: Report) => {
  const failed = checks.filter((check) => !check.ok).length
  const verdict =
    failed === 0
      ? `All ${checks.length} checks hold`
      : `${failed} of ${checks.length} checks FAILED`
  return [
    "\nResults",
    ...(await agentsIn(ledger)).map(renderResult),
    ["lead", ...indent(lead.output())].join("\n"),
    "Checks",
    checks.map((check) => renderCheck(check, colour)).join("\n"),
    ...(failed > 0
      ? [`What the lead's OpenCode said besides:\n${indent(lead.errors()).join("\n")}\n\n${logs()}`]
      : []),
    `${verdict}: ${seconds(times.untilLeadEnded)} to the lead's last word, ${seconds(times.untilNothingLeft)} more until nothing was left.`,
  ].join("\n\n")
}

/** An agent's answer, under a line that says who it was and what it took. */
export const renderResult = ({
  name,
  agent,
  status,
  attempts,
  output,
  partial,
  started_at,
  ended_at,
  tokens,
}: AgentRow) => {
  const facts = [
    agent,
    status,
    started_at !== null && ended_at !== null && seconds(ended_at - started_at),
    attempts > 1 && `${attempts} attempts`,
    `${tokens.toLocaleString("en")} tokens`,
  ]
  return [`${name}  ${facts.filter(Boolean).join(" · ")}`, ...indent(output ?? partial ?? "")].join(
    "\n",
  )
}

export const renderCheck = ({ title, ok, detail }: Check, colour: boolean) =>
  `  ${ok ? paint("✓", "good", colour) : paint("✗", "bad", colour)} ${title}${paint(`  (${detail})`, "detail", colour)}`

const indent = (text: string) => {
  const lines = text.trim().split("\n")
  const more = lines.length - maxLines
  const shown = more > 0 ? [...lines.slice(0, maxLines), `… ${more} more lines`] : lines
  return shown.map((line) => `    ${line}`)
}
