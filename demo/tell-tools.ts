import type { Step, StepContext, ToolResult, Turn } from "../scripted-model/types.ts"
import { type Moment, short } from "./timeline.ts"

type Tell = (agent: string, moment: Pick<Moment, "type" | "data">) => void

/** The same scripts, which also tell what each agent calls and what it got from its shell. */
export const tellingTools = (scripts: Record<string, Step[]>, tell: Tell): Record<string, Step[]> =>
  Object.fromEntries(
    Object.entries(scripts).map(([agent, steps]) => {
      let shown = 0
      const listen =
        (step: Step): Step =>
        async (context: StepContext) => {
          for (const result of context.toolResults.slice(shown))
            if (result.name === "bash")
              tell(agent, { type: "agent.result", data: { text: lastLine(result) } })
          shown = Math.max(shown, context.toolResults.length)
          const turn = typeof step === "function" ? await step(context) : step
          for (const data of callsOf(turn)) tell(agent, { type: "agent.tool", data })
          return turn
        }
      return [agent, steps.map(listen)]
    }),
  )

const lastLine = ({ text }: ToolResult) => short(text.trim().split("\n").at(-1)!.trim())

/** What the ledger does not tell by itself, in a few words. */
const callsOf = (turn: Turn) =>
  (turn.toolCalls ?? []).flatMap(({ name, args }) => {
    const given = args as Record<string, string>
    if (name === "bash") return [{ tool: "bash", about: given["description"] }]
    if (name === "read" || name === "write") return [{ tool: name, about: given["filePath"] }]
    if (name === "get_inbox" || name === "collect_results")
      return [{ tool: name, about: "and waits" }]
    if (name === "route_work") return [{ tool: name, about: short(given["description"] ?? "") }]
    return []
  })
