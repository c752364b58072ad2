import * as z from "zod"
import type { AgentDraft } from "../fleets/fleet-draft.ts"
import { fleetAgent, line, mostSkills } from "../model/limits/agent-shape.ts"
import { reservedNames } from "../model/message.ts"
import { fillText, variablesIn } from "./variables.ts"

export interface TemplateDraft {
  name: string
  description?: string | undefined
  /** Their texts may hold variables. */
  agents: AgentDraft[]
}

/** Whose a template is: shipped with Meshfleet, the user's in every project, or a project's own. */
export type TemplateOwner = "meshfleet" | "user" | "project"

export interface Template extends TemplateDraft {
  version: number
  owner: TemplateOwner
  /** Undefined for one that is shipped. */
  savedAt: number | undefined
}

export const mostTemplateAgents = 32

/** All of it as JSON: a fleet's prompts by the dozen, and little to read at once. */
const mostTemplateBytes = 262_144

export const templateName = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, "1 to 64 of a to z, 0 to 9, - and _")
export const templateDescription = line(500)
export const templateVersion = z.number().int().min(1).max(1_000_000)

/** A text that has to fit once its variables have values: tried with the shortest there are. */
const withVariables = (schema: z.ZodType<string>, sample = "x") =>
  z.string().superRefine((text, context) => {
    const { error } = schema.safeParse(fillText(text, () => sample))
    for (const { message } of error?.issues ?? []) context.addIssue({ code: "custom", message })
  })

const { shape } = fleetAgent
const templateAgent = z.strictObject({
  ...shape,
  role: withVariables(shape.role),
  prompt: withVariables(shape.prompt),
  agent: withVariables(shape.agent.unwrap()).optional(),
  name: withVariables(shape.name.unwrap()).optional(),
  model: withVariables(shape.model.unwrap(), "x/x").optional(),
  skills: z.array(withVariables(shape.skills.unwrap().element)).max(mostSkills).optional(),
  directory: withVariables(shape.directory.unwrap()).optional(),
})

export const templateAgents = z
  .array(templateAgent)
  .min(1)
  .max(mostTemplateAgents)
  .superRefine((agents, context) => {
    const bytes = Buffer.byteLength(JSON.stringify(agents))
    if (bytes > mostTemplateBytes)
      context.addIssue({
        code: "custom",
        message: `${bytes} bytes as JSON; the limit is ${mostTemplateBytes}`,
      })
    const taken = new Set(reservedNames)
    for (const [index, { name }] of agents.entries()) {
      if (name === undefined) continue
      if (taken.has(name))
        context.addIssue({
          code: "custom",
          path: [index, "name"],
          message: `"${name}" is taken`,
        })
      taken.add(name)
    }
  })

export const templateDraft = z.strictObject({
  name: templateName,
  description: templateDescription.optional(),
  agents: templateAgents,
})

const textsOf = ({ role, prompt, agent, name, model, skills, directory }: AgentDraft) =>
  [role, prompt, agent, name, model, ...(skills ?? []), directory].filter(
    (text) => text !== undefined,
  )

/** What has to be given a value, in the order in which a reader meets it. */
export const variablesOf = ({ agents }: Pick<TemplateDraft, "agents">) =>
  variablesIn(agents.flatMap(textsOf))

/** As tools and the command line list it: without prompts. */
export const summarizeTemplate = (template: Template) => {
  const { name, version, description, agents, owner, savedAt } = template
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    source: owner === "meshfleet" ? ("bundled" as const) : ("saved" as const),
    ...(owner !== "meshfleet" && { owner }),
    variables: variablesOf(template),
    agents: agents.map((each) => ({
      ...(each.name !== undefined && { name: each.name }),
      role: each.role,
      ...(each.agent !== undefined && { agent: each.agent }),
    })),
    ...(savedAt !== undefined && { saved_at: new Date(savedAt).toISOString() }),
  }
}
