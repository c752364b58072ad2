/** A program and its arguments, and the same as it was written. */
export interface Step {
  text: string
  words: readonly string[]
}

export type ParsedCheck = { steps: readonly Step[] } | { problem: string }

const longestCheck = 500

/** One word: bare, or in quotes that hold nothing a shell would replace. */
const word = /^(?:[\w@%+=:,./-]+|"[^"$`\\\n]*"|'[^'\n]*')+/

/** A path that leads out of the folder a check runs in, also behind `--option=`. */
const leadsOut = /(?:^|[=:,])[/~]|(?:^|[/=:,])\.\.(?:\/|$)/

/**
 * An acceptance command: programs with their arguments, one after the other with `&&`. There is no
 * shell: what is asked of OpenCode's permissions is then exactly what runs, whoever wrote it.
 */
export const parseCheck = (command: string): ParsedCheck => {
  if (command.length > longestCheck)
    return { problem: `it has ${command.length} characters; the limit is ${longestCheck}` }
  const steps: { from: number; words: string[] }[] = [{ from: 0, words: [] }]
  const texts: string[] = []
  let at = 0
  const end = (until: number) => texts.push(command.slice(steps.at(-1)!.from, until).trim())
  while (at < command.length) {
    const rest = command.slice(at)
    const blank = /^ +/.exec(rest)
    if (blank) at += blank[0].length
    else if (rest.startsWith("&&")) {
      end(at)
      at += 2
      steps.push({ from: at, words: [] })
    } else {
      const found = word.exec(rest)?.[0]
      if (!found)
        return { problem: `${JSON.stringify(rest[0])} needs a shell, and a check has none` }
      steps.at(-1)!.words.push(found.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"))
      at += found.length
    }
  }
  end(at)
  if (steps.some(({ words }) => words.length === 0)) return { problem: "a command is missing" }
  for (const { words } of steps) {
    if (words[0] === "cd") return { problem: "it runs in its owner's folder, and cd is no program" }
    if (words[0]!.includes("=")) return { problem: `"${words[0]}" is no program; try env` }
    const out = words.find((each) => leadsOut.test(each))
    if (out !== undefined) return { problem: `"${out}" leads out of its owner's folder` }
  }
  return { steps: steps.map(({ words }, index) => ({ text: texts[index]!, words })) }
}
