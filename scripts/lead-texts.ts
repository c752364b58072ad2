import type { BriefLessons } from "../plugin/mesh/routing/roster/roster-index.ts"
import { createRandom } from "./random.ts"

/** Enough for each phrase to meet several technologies; measured, more teach no more. */
const textsPerPhrase = 24

const slot = /\{([^{}]+)\}/

/**
 * Texts to learn from, made of phrases (see lead-phrases.txt). `@name` is a list; a line without a
 * blank is a specialist's slug, and the lines below it are its phrases. `{name}` stands for an entry
 * of the list, `{a|b}` for a or b, either empty or holding slots again. The same phrases give the
 * same texts in every build.
 */
export const readLessons = (phrases: string): BriefLessons => {
  const random = createRandom(2)
  const lists = new Map<string, string[]>()
  const optionsOf = (name: string) => {
    const options = name.includes("|") ? name.split("|") : lists.get(name)
    if (!options) throw new Error(`lead phrases: there is no list "${name}"`)
    return options
  }
  // The innermost slots come first, so that choices may hold others.
  const write = (phrase: string): string => {
    const [whole, name] = slot.exec(phrase) ?? []
    if (whole === undefined || name === undefined) return phrase.trim()
    const options = optionsOf(name)
    return write(phrase.replace(whole, () => options[Math.floor(random() * options.length)]!))
  }

  let agent = ""
  const texts: { agent: string; text: string }[] = []
  for (const line of phrases.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue
    const [, name, entries] = /^@(\S+) (.*)$/.exec(line) ?? []
    if (name !== undefined && entries !== undefined) lists.set(name, entries.split(/; ?/))
    else if (!line.includes(" ")) agent = line
    else for (let n = 0; n < textsPerPhrase; n++) texts.push({ agent, text: write(line) })
  }
  return { texts, technologies: [...optionsOf("lang"), ...optionsOf("frame")] }
}
