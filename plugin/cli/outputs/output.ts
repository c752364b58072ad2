import * as z from "zod"

/** What a command writes with `--json`. */
export interface Output<S extends z.ZodType = z.ZodType> {
  /** Which call writes it, in words. */
  when: string
  schema: S
  /** One document a line, as things happen; otherwise it is all of stdout. */
  isLines: boolean
}

/** Every output of one command by its form, or why it has none. */
export type Outputs = Readonly<Record<string, Output>> | { readonly none: string }

export const document = <S extends z.ZodType>(when: string, schema: S): Output<S> => ({
  when,
  schema,
  isLines: false,
})

export const lines = <S extends z.ZodType>(when: string, schema: S): Output<S> => ({
  when,
  schema,
  isLines: true,
})

/** What fits a schema; lists may be read-only, for nobody writes them. */
export type Fits<T> = T extends readonly (infer Each)[]
  ? readonly Fits<Each>[]
  : T extends object
    ? { readonly [Key in keyof T]: Fits<T[Key]> }
    : T

export const text = z.string()
export const whole = z.int()
export const time = z.string().meta({ format: "date-time" })
/** What has no fixed fields: somebody else decides them. */
export const anything = z.unknown()
export const budget = z.object({
  tokens: whole.optional(),
  cost_usd: z.number().optional(),
  turns: whole.optional().describe("Steps of the model"),
  duration_ms: whole.optional(),
})
export const facts = z.record(z.string(), anything)
export const counts = z.record(z.string(), whole)
