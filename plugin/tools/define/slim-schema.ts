// What only a validator needs: a model pays for it in every request, and we check it anyway.
const unneeded = new Set([
  "$schema",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "exclusiveMinimum",
  "additionalProperties",
  "default",
])

/** A tool's JSON Schema without what a model has no use for. Never changes its argument. */
export const slimSchema = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(slimSchema)
  if (typeof schema !== "object" || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key, value]) =>
          !unneeded.has(key) && !(key === "maximum" && value === Number.MAX_SAFE_INTEGER),
      )
      .map(([key, value]) => [
        key,
        key === "properties" ? slimProperties(value) : slimSchema(value),
      ]),
  )
}

// The keys below `properties` are argument names, whatever they are called.
const slimProperties = (properties: unknown) =>
  Object.fromEntries(
    Object.entries(properties as Record<string, unknown>).map(([name, schema]) => [
      name,
      slimSchema(schema),
    ]),
  )
