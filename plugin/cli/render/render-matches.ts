import { renderTable } from "./render-table.ts"

/** As `route_work` answers. */
export interface Match {
  kind: string
  agent_id?: string
  agent?: string
  role: string
  score: number
  confidence: number
  fits: boolean
  reason: string
}

const right = true as const

export const renderMatches = (
  matches: readonly Match[],
  note: string | undefined,
  width = Infinity,
) => {
  if (matches.length === 0) return ["Nobody to choose from."]
  const columns = [
    { title: "", right },
    { title: "AGENT" },
    { title: "KIND" },
    { title: "CONFIDENCE", right },
    { title: "SCORE", right },
    { title: "REASON" },
  ]
  const rows = matches.map((match, index) => [
    String(index + 1),
    match.agent ?? match.agent_id ?? "",
    match.kind === "agent" ? "in a fleet" : "specialist",
    `${(match.confidence * 100).toFixed(1)}%${match.fits ? "" : " ?"}`,
    match.score.toFixed(3),
    match.reason,
  ])
  const doubt = matches.some((match) => !match.fits)
    ? ["", "? marks a doubtful match: look before you use it."]
    : []
  return [...renderTable(columns, rows, width), ...doubt, ...(note ? ["", note] : [])]
}

/** As a line of `route --stdin` has it. */
export const briefMatch = ({ agent, agent_id, score, confidence, fits, reason }: Match) => ({
  agent: agent ?? agent_id ?? "",
  score,
  confidence,
  fits,
  reason,
})
