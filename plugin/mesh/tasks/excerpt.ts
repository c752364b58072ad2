/** Without a repetition in it: a program may print a line of any length. */
const failure = /\bFAIL|\bnot ok\b|\(fail\)|[✗✖✘×]|(?:Error|Exception|panic)\b/
/** What of the line before it is worth keeping. */
const mostLead = 200

/**
 * Of what a program printed, at most `most` characters: its end, and before it, where that is not there,
 * what begins with the first line that speaks of a failure.
 */
export const excerptOf = (output: string, most: number): string => {
  if (output.length <= most) return output
  const at = output.search(failure)
  if (at < 0 || at >= output.length - most) return output.slice(-most).toWellFormed()
  const from = Math.max(output.lastIndexOf("\n", at) + 1, at - mostLead)
  const first = output.slice(from, from + Math.floor(most / 3))
  return `${first}\n…\n${output.slice(-(most - first.length - 3))}`.toWellFormed()
}
