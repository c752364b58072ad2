import type { TemplateDraft } from "../../../plugin/mesh/templates/template.ts"

/** The one that is shipped in tests. */
export const pair: TemplateDraft = {
  name: "pair",
  description: "One writes, one reads.",
  agents: [
    { role: "Writer", prompt: "Write {{what}}." },
    { role: "Reader", prompt: "Read {{what}}." },
  ],
}
