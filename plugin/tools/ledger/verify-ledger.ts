import type { Audit } from "../../mesh/audit/audit.ts"
import { defineTool } from "../define/define-tool.ts"
import { several } from "../define/live-lines.ts"
import description from "./verify-ledger.md" with { type: "text" }

/** What a model can act on; the command line shows them all. */
const mostTold = 100

export const verifyLedger = ({ audit }: { audit: () => Promise<Audit> }) =>
  defineTool({
    description,
    args: {},
    help: {},
    answer: {
      ok: "whether there are no errors",
      errors: "how many facts are lost or changed",
      warnings: "how many may come from a clock or from work under way",
      counts: "rows by table",
      findings: [
        {
          severity: "`error` or `warning`",
          check: "what was checked; `meshfleet verify` explains each",
          subject: "the row",
          detail: "what shows it",
        },
      ],
      more: "how many findings are left out",
    },
    async execute() {
      const { findings, ...found } = await audit()
      const more = findings.length - mostTold
      return {
        title: found.ok ? "The ledger is sound" : `${several(found.errors, "error")} in the ledger`,
        result: { ...found, findings: findings.slice(0, mostTold), ...(more > 0 && { more }) },
      }
    },
  })
