/** How an attempt ended, and in which session. */
export interface EndedAttempt {
  session_id: string | null
  cause: string | null
  /** Steps of the model it came to. */
  steps: number
}

/** A conversation that has outgrown its model fails again, whoever resumes it. */
const tooLong = /context.?overflow|context.?(?:length|window)|prompt is too long/i

/** Causes that lie with the provider or the way to it: another session would meet them too. */
const elsewhere =
  /HTTP (?:401|402|403|408|5\d\d)|connect|network|time(?:d )?.?out|fetch failed|model not found|database is locked/i

/**
 * Whether a session is to be given up for a fresh one: it is too long, or resuming it failed at once
 * in the same way as the attempt before.
 */
export const isSessionUnusable = (
  sessionId: string,
  attempts: readonly EndedAttempt[],
): boolean => {
  const [last, before] = attempts
    .filter((attempt) => attempt.session_id === sessionId && attempt.cause !== null)
    .toReversed()
  if (!last?.cause?.startsWith("SESSION_ERROR") || elsewhere.test(last.cause)) return false
  if (tooLong.test(last.cause)) return true
  return last.steps === 0 && before?.cause === last.cause
}
