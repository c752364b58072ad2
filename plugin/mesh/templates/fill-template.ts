import * as z from "zod"
import type { AgentDraft } from "../fleets/fleet-draft.ts"
import { MeshError } from "../model/errors.ts"
import { fleetAgent } from "../model/limits/agent-shape.ts"
import { nearNames } from "../specialists/near-names.ts"
import { type TemplateDraft, variablesOf } from "./template.ts"
import { filledLength, fillText } from "./variables.ts"

export type Values = Readonly<Record<string, string | number | boolean>>

/** No field of an agent takes a longer one. */
const longestText = 200_000

const drafts = z.array(fleetAgent)

/** The agents of a template as `spawn_fleet` takes them; all that is wrong with the values is told at once. */
export const fillTemplate = (
  { name, agents }: Pick<TemplateDraft, "name" | "agents">,
  values: Values,
): AgentDraft[] => {
  refuseOthers(name, variablesOf({ agents }), values)
  const valueOf = (variable: string) => String(values[variable])
  const fill = (text: string, where: string) => {
    const length = filledLength(text, valueOf)
    if (length > longestText)
      throw misfit(
        `${where} of ${name} would have ${length} characters; the limit is ${longestText}`,
      )
    return fillText(text, valueOf)
  }
  const filled = agents.map((agent, index) =>
    Object.fromEntries(
      Object.entries(agent).map(([key, value]) => {
        const where = `agents.${index}.${key}`
        if (typeof value === "string") return [key, fill(value, where)]
        return [key, Array.isArray(value) ? value.map((each) => fill(each, where)) : value]
      }),
    ),
  )
  const parsed = drafts.safeParse(filled)
  if (parsed.success) return parsed.data
  throw misfit(
    parsed.error.issues
      .slice(0, 3)
      .map(
        ({ path, message }) =>
          `agents.${path.join(".")} of ${name} becomes ${shown(filled, path)}: ${message}`,
      )
      .join("; "),
  )
}

const refuseOthers = (name: string, wanted: readonly string[], values: Values) => {
  const missing = wanted.filter((variable) => !Object.hasOwn(values, variable))
  const unknown = Object.keys(values).filter((variable) => !wanted.includes(variable))
  if (missing.length === 0 && unknown.length === 0) return
  const known = wanted.map((variable) => ({ agent: variable, names: [variable] }))
  const told = unknown.map((variable) => {
    const near = nearNames(variable, known, 1)[0]
    return near ? `${variable} (did you mean ${near}?)` : variable
  })
  const takes = wanted.length > 0 ? wanted.join(", ") : "none"
  const wrong = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(told.length > 0 ? [`not known: ${told.join(", ")}`] : []),
  ]
  throw new MeshError(
    "INVALID_ARGUMENT",
    `variables: the variables of ${name} are ${takes}; ${wrong.join("; ")}.`,
    "Give each variable of the template a text, and nothing else; nothing was changed.",
  )
}

const shown = (filled: unknown, path: readonly PropertyKey[]) => {
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    filled,
  )
  return String(JSON.stringify(value)).slice(0, 80).toWellFormed()
}

const misfit = (detail: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `variables: ${detail}.`,
    "Give values that fit there; nothing was changed.",
  )
