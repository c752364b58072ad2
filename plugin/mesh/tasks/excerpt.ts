const failure = /^.*(?:\bFAIL|\bnot ok\b|\(fail\)|[✗✖✘×]|\w*(?:Error|Exception|panic)\b).*$/m

/**
 * Of what a program printed, at most `most` characters: its end, and before it, where that is not there,
 * what begins with the first line that speaks of a failure.
 */
export const excerptOf = (output: string, most: number): string => {
  if (output.length <= most) return output
  const at = failure.exec(output)?.index ?? output.length
  if (at >= output.length - most) return output.slice(-most).toWellFormed()
  const first = output.slice(at, at + Math.floor(most / 3))
  return `${first}\n…\n${output.slice(-(most - first.length - 3))}`.toWellFormed()
}
