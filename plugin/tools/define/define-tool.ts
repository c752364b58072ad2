import * as z from "zod"
import type { Caller } from "../../mesh/model/caller.ts"
import { toMeshError } from "../../mesh/model/errors.ts"
import type { Fields, FieldsOf } from "./fields.ts"
import { invalid } from "./invalid.ts"
import { refuseUnkept } from "./refuse-unkept.ts"
import { understand } from "./understand.ts"

export { z }

/** What a tool gets beside its arguments. */
export interface ToolCall {
  signal: AbortSignal
  /** Shown in the call's place while it runs. */
  progress(title: string, metadata: Record<string, unknown>): void
}

export interface ToolAnswer<Result extends object> {
  /** One line for a person. */
  title: string
  /** Becomes compact JSON for the model. */
  result: Result
  metadata?: Record<string, unknown>
}

export interface ToolSpec<Shape extends z.ZodRawShape, Result extends object> {
  description: string
  args: Shape
  /** What a model is told in place of arguments that another tool tells already. */
  told?: Partial<Record<keyof Shape, z.ZodType>>
  /** What each argument is for, and each field of the result: for docs/tools.md, no prompt holds it. */
  help: FieldsOf<z.input<z.ZodObject<Shape>>>
  answer: FieldsOf<NoInfer<Result>>
  execute(
    args: z.infer<z.ZodObject<Shape>>,
    caller: Caller,
    call: ToolCall,
  ): Promise<ToolAnswer<Result>>
}

export interface MeshTool {
  description: string
  /** As a model is told; what comes is parsed by all that the tool takes. */
  args: z.ZodRawShape
  help: Fields
  answer: Fields
  /** Parses, runs, and answers with parsable JSON. Throws only MeshError. */
  run(
    args: unknown,
    caller: Caller,
    call: ToolCall,
  ): Promise<{ title: string; output: string; metadata: Record<string, unknown> }>
}

// OpenCode cuts a tool's output at 50 KiB; cut there, JSON no longer parses.
const maxOutputBytes = 45_000

/**
 * OpenCode passes a model's arguments on as they are (anomalyco/opencode#49279), so defaults and
 * limits hold because they are parsed here.
 */
export const defineTool = <Shape extends z.ZodRawShape, Result extends object>(
  spec: ToolSpec<Shape, Result>,
): MeshTool => {
  const schema = z.strictObject(spec.args)
  return {
    description: spec.description.trim(),
    args: { ...spec.args, ...spec.told } as z.ZodRawShape,
    help: spec.help as Fields,
    answer: spec.answer as Fields,
    async run(args, caller, call) {
      try {
        refuseUnkept(args)
        const understood = understand(schema, dropNulls(args))
        const parsed = schema.safeParse(understood)
        if (!parsed.success) throw invalid(schema, parsed.error, understood)
        const { title, result, metadata } = await spec.execute(parsed.data, caller, call)
        return { title, output: fit(result), metadata: metadata ?? {} }
      } catch (error) {
        throw toMeshError(error)
      }
    },
  }
}

/** Models fill optional fields with null: that means they left them out. A payload is not ours to change. */
const dropNulls = (args: unknown): unknown => {
  if (Array.isArray(args)) return args.map(dropNulls)
  if (typeof args !== "object" || args === null) return args
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, key === "payload" ? value : dropNulls(value)]),
  )
}

/** Compact JSON within the limit: the longest texts are shortened, and say so. */
export const fit = (result: object): string => {
  const whole = JSON.stringify(result)
  if (Buffer.byteLength(whole) <= maxOutputBytes) return whole
  for (let limit = 40_000; limit >= 125; limit = Math.floor(limit / 2)) {
    const text = JSON.stringify(shorten(result, limit))
    if (Buffer.byteLength(text) <= maxOutputBytes) return text
  }
  return JSON.stringify({
    truncated: true,
    chars: whole.length,
    next: "Ask for less: fewer agent_ids, or a smaller limit.",
  })
}

const shorten = (value: unknown, limit: number): unknown => {
  if (Array.isArray(value)) return value.map((each) => shorten(each, limit))
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value)
  const long = entries.find(([, each]) => typeof each === "string" && each.length > limit)
  return {
    ...Object.fromEntries(
      entries.map(([key, each]) => [
        key,
        typeof each === "string" && each.length > limit
          ? each.slice(0, limit)
          : shorten(each, limit),
      ]),
    ),
    ...(long && { truncated: true, chars: (long[1] as string).length }),
  }
}
