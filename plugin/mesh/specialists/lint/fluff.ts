const fluff =
  /\b(?:senior|experts?|10x|world[- ]class|elite|seamless(?:ly)?|robust(?:ly|ness)?|cutting[- ]edge|leverag(?:e|es|ed|ing)|best[- ]in[- ]class|holistic(?:ally)?|synerg(?:y|ies)|passionate(?:ly)?|ninjas?|gurus?|rockstars?)\b/gi

// Typographic marks such as © or ↔ belong to the pictographs in Unicode, but nobody reads them so.
const pictograph =
  /(?![©®™‼⁉ℹ↔-↙↩↪])\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u2600-\u27BF]|\uFE0F|\u20E3/gu

const distinct = (matches: readonly string[]) => [
  ...new Set(matches.map((word) => word.toLowerCase())),
]

/** Words of praise in a text. Names of specialists and inline code are not prose, so they may hold one. */
export const findFluff = (text: string, names: readonly string[] = []): string[] => {
  const prose = names.reduce(
    (rest, name) => rest.replaceAll(name, " "),
    text.replace(/`[^`\n]*`/g, " "),
  )
  return distinct(prose.match(fluff) ?? [])
}

export const findPictographs = (text: string): string[] => distinct(text.match(pictograph) ?? [])
