/**
 * Cuts texts so that together they have at most `total` characters. Short ones stay whole; what they
 * leave goes to the long ones in equal parts.
 */
export const fairShare = (texts: readonly string[], total: number): string[] => {
  let left = total
  const limits = new Map<number, number>()
  const byLength = texts
    .map(({ length }, index) => ({ length, index }))
    .toSorted((a, b) => a.length - b.length)
  for (const [done, { length, index }] of byLength.entries()) {
    const limit = Math.min(length, Math.floor(left / (texts.length - done)))
    limits.set(index, limit)
    left -= limit
  }
  return texts.map((text, index) => cutTo(text, limits.get(index)!))
}

const cutTo = (text: string, limit: number) => {
  if (text.length <= limit) return text
  const note = `… (${text.length} characters)`
  // Not within a pair of surrogates.
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, limit)) ? limit - 1 : limit
  return `${text.slice(0, end)}${note}`
}
