/** One call of a tool, as far as repeating it goes. */
export interface ToolCall {
  callId: string
  tool: string
  input: unknown
}

/** The same call in a row so far. */
export interface Repetition {
  key: string
  callIds: ReadonlySet<string>
}

/**
 * Counts a call; OpenCode tells of each several times. A call that waits for something is made again
 * by design and neither counts nor interrupts.
 */
export const countCall = (
  before: Repetition | undefined,
  { callId, tool, input }: ToolCall,
): Repetition | undefined => {
  if (isWaiting(input)) return before
  const key = `${tool} ${JSON.stringify(input ?? {})}`
  if (before?.key !== key) return { key, callIds: new Set([callId]) }
  return before.callIds.has(callId)
    ? before
    : { key, callIds: new Set([...before.callIds, callId]) }
}

const isWaiting = (input: unknown) =>
  Number((input as { wait_seconds?: unknown } | null | undefined)?.wait_seconds ?? 0) > 0
