import type { Specialist } from "../../mesh/specialists/file/specialist.ts"
import { renderTable } from "./render-table.ts"
import { indent, oneLine, plainText } from "./render-text.ts"

/** As `list_agents` answers. */
export interface ListedAgents {
  count: number
  total: number
  agents: readonly {
    agent: string
    name: string
    description: string
    division?: string
    source: string
  }[]
}

export const renderAgents = (
  { count, total, agents }: ListedAgents,
  width = Infinity,
): string[] => {
  if (total === 0) return ["No agent fits."]
  const columns = ["AGENT", "DIVISION", "SOURCE", "DESCRIPTION"].map((title) => ({ title }))
  const rows = agents.map((one) => [one.agent, one.division ?? "", one.source, one.description])
  const more = total > count ? ["", `${count} of ${total}; --limit ${total} shows all.`] : []
  return [...renderTable(columns, rows, width), ...more]
}

/** Everything there is to know before one is put to work. */
export const renderAgent = (one: Specialist): string[] => {
  const facts: [string, string | undefined][] = [
    ["division", one.division],
    ["access", one.access],
    ["aliases", one.aliases.join(", ")],
    ["skills", one.skills.join(", ")],
    ["model", one.config.model],
    ["source", one.source],
    ["file", one.file],
  ]
  const known = facts.filter(([, value]) => value)
  const rules = Object.entries(one.config.permission ?? {}).map(
    ([name, rule]) => `${name}: ${typeof rule === "string" ? rule : JSON.stringify(rule)}`,
  )
  return [
    `${one.agent} (${oneLine(one.title)})`,
    oneLine(one.description),
    "",
    ...known.map(([name, value]) => `${name.padEnd(12)}${oneLine(value!)}`),
    ...(rules.length > 0 ? ["", "permission", ...rules.map((rule) => `  ${oneLine(rule)}`)] : []),
    "",
    "prompt",
    indent(plainText(one.config.prompt.trim())),
  ]
}
