import type { Budget } from "../../mesh/lifecycle/budget.ts"
import { renderTable } from "./render-table.ts"
import { indent, oneLine, plainText } from "./render-text.ts"

/** As `list_fleet_templates` answers. */
interface Listed {
  name: string
  version: number
  description?: string
  source: string
  owner?: string
  variables: readonly string[]
  agents: readonly { name?: string | undefined; role: string; agent?: string | undefined }[]
}

interface Shown extends Listed {
  agents: readonly (Listed["agents"][number] & {
    prompt: string
    model?: string | undefined
    skills?: readonly string[] | undefined
    directory?: string | undefined
    budget?: Budget | undefined
    worktree?: boolean | undefined
    waits?: boolean | undefined
  })[]
}

const columns = ["TEMPLATE", "VERSION", "OF", "AGENTS", "VARIABLES", "DESCRIPTION"].map(
  (title) => ({ title }),
)

export const renderTemplates = (templates: readonly Listed[], width = Infinity): string[] => {
  if (templates.length === 0) return ["There are no templates."]
  const rows = templates.map(({ agents, variables, ...each }) => [
    each.name,
    String(each.version),
    each.owner ?? "Meshfleet",
    String(agents.length),
    variables.join(", "),
    each.description ?? "",
  ])
  return renderTable(columns, rows, width)
}

/** All that an agent of it will be told. */
export const renderTemplate = ({ agents, variables, ...template }: Shown): string[] => [
  `${template.name}, version ${template.version}, of ${template.owner ?? "Meshfleet"}`,
  ...(template.description ? [oneLine(template.description)] : []),
  "",
  `variables   ${variables.join(", ") || "none"}`,
  ...agents.flatMap(({ prompt, role, name, ...rest }) => [
    "",
    `${oneLine(name ?? role)} (${oneLine(role)})`,
    ...Object.entries(rest).map(([key, value]) => `  ${key.padEnd(10)}${oneLine(plain(value))}`),
    "",
    indent(plainText(prompt.trim())),
  ]),
]

const plain = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))
