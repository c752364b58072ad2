import * as z from "zod"
import type { Caller } from "../../mesh/model/caller.ts"
import { toMeshError } from "../../mesh/model/errors.ts"
import { invalid } from "./invalid.ts"
import { understand } from "./understand.ts"

export { z }

/** What a tool gets beside its arguments. */
export interface ToolCall {
  signal: AbortSignal
  /** Shown in the call's place while it runs. */
  progress(title: string, metadata: Record<string, unknown>): void
}

export interface ToolAnswer {
  /** One line for a person. */
  title: string
  /** Becomes compact JSON for the model. */
  result: Record<string, unknown>
  metadata?: Record<string, unknown>
}

export interface ToolSpec<Shape extends z.ZodRawShape> {
  description: string
  args: Shape
  execute(args: z.infer<z.ZodObject<Shape>>, caller: Caller, call: ToolCall): Promise<ToolAnswer>
}

export interface MeshTool {
  description: string
  args: z.ZodRawShape
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
export const defineTool = <Shape extends z.ZodRawShape>(spec: ToolSpec<Shape>): MeshTool => {
  const schema = z.strictObject(spec.args)
  return {
    description: spec.description.trim(),
    args: spec.args,
    async run(args, caller, call) {
      try {
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
export const fit = (result: Record<string, unknown>): string => {
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
