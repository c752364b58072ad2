import type { Health } from "../../mesh/fleets/health.ts"
import { defineTool } from "../define/define-tool.ts"
import description from "./get-health.md" with { type: "text" }

export const getHealth = ({ health }: { health: Health }) =>
  defineTool({
    description,
    args: {},
    help: {},
    answer: {
      status: "`ok`, `degraded` or `error`",
      timestamp: "now",
      counts: "running fleets, agents at work and waiting, hosts",
      reasons: [
        {
          severity: "`degraded` or `error`",
          what: "stuck, stalled, dead host, abandoned, lock wait, disk or ledger",
          detail: "in words, with what to do",
        },
      ],
    },
    async execute(_, caller) {
      const result = await health(caller)
      return { title: result.status, result }
    },
  })
