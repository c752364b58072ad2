// What only a validator needs: a model pays for it in every request, and we check it anyway.
const unneeded = new Set([
  "$schema",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "minimum",
  "exclusiveMinimum",
  "additionalProperties",
  "propertyNames",
  "default",
])

// Beyond that a limit is there for mistakes, and no model comes near it.
const highestTold = 1000

/**
 * A member may pass these, but need not be told that it can: who it is and which fleet it is in is
 * known, and the rest a member's work has no use for.
 */
const untoldToMembers = new Set([
  "fleet_id",
  "agent_id",
  "from_agent_id",
  "budget",
  "keywords",
  "division",
])

/** Nobody need be told of these: what a tool does without them is right for a model. */
const untold = new Set(["limit", "context_window"])

/** The same for a member, whose every request pays for each argument. */
export const slimForMember = (schema: unknown): unknown => {
  const slim = slimSchema(schema) as { properties?: object; required?: string[] }
  const properties = Object.entries(slim.properties ?? {}).filter(
    ([name]) => !untoldToMembers.has(name) || slim.required?.includes(name),
  )
  return { ...slim, properties: Object.fromEntries(properties) }
}

/** A tool's JSON Schema without what a model has no use for. Never changes its argument. */
export const slimSchema = (schema: unknown): unknown => {
  const slim = slimmer(schema) as { properties?: object; required?: string[] }
  const properties = Object.entries(slim.properties ?? {}).filter(([name]) => !untold.has(name))
  return { ...slim, properties: Object.fromEntries(properties) }
}

const slimmer = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(slimmer)
  if (typeof schema !== "object" || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key, value]) =>
          !unneeded.has(key) &&
          !(key === "maximum" && Number(value) > highestTold) &&
          !(key === "properties" && Object.keys(value as object).length === 0),
      )
      .map(([key, value]) => [key, key === "properties" ? slimProperties(value) : slimmer(value)]),
  )
}

// The keys below `properties` are argument names, whatever they are called.
const slimProperties = (properties: unknown) =>
  Object.fromEntries(
    Object.entries(properties as Record<string, unknown>).map(([name, schema]) => [
      name,
      slimmer(schema),
    ]),
  )
