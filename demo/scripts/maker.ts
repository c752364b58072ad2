import type { StepContext, Turn } from "../../scripted-model/types.ts"
import { helperFile, runLog, runsWanted, testFile } from "../change.ts"
import { call, mailFrom, type Place, say, show } from "./reading.ts"

const helper = `const characters = new Intl.Segmenter("en", { granularity: "grapheme" })

/** At most \`length\` characters as a reader counts them; a text that was cut ends in "…". */
export const cutWhole = (text: string, length: number) => {
  const whole = [...characters.segment(text)].map(({ segment }) => segment)
  return whole.length > length ? \`\${whole.slice(0, length - 1).join("")}…\` : text
}
`

const test = `import { expect, test } from "bun:test"
import { cutWhole } from "../../plugin/mesh/cut-whole.ts"

const pair = "\\u{1F468}\\u200D\\u{1F469}"

test("a text that fits stays as it is", () => {
  expect(cutWhole("abc", 3)).toBe("abc")
})

test("a longer text ends in an ellipsis and has the wanted length", () => {
  expect(cutWhole("abcdef", 4)).toBe("abc…")
})

test("an emoji of several code points is one character, kept or left out whole", () => {
  expect(cutWhole(\`ab\${pair}cd\`, 5)).toBe(\`ab\${pair}cd\`)
  expect(cutWhole(\`ab\${pair}cd\`, 4)).toBe(\`ab\${pair}…\`)
  expect(cutWhole(\`ab\${pair}cd\`, 3)).toBe("ab…")
})
`

const runTest = `bun test ./${testFile}`

/** Counts in a file, so that whoever is interrupted goes on instead of starting over. */
const runMany = [
  `mkdir -p tmp && touch ${runLog}`,
  `while [ $(wc -l < ${runLog}) -lt ${runsWanted} ]; do ${runTest} > tmp/last.log 2>&1 || { cat tmp/last.log; exit 1; }; echo passed >> ${runLog}; sleep 0.4; done`,
  `echo "$(wc -l < ${runLog} | tr -d ' ') of ${runsWanted} runs passed"`,
].join("\n")

const write = (filePath: string, content: string) => call("write", { filePath, content })

/** Writes the helper and its test, runs it once, then many times in one long call. */
export const maker = (context: StepContext): Turn => {
  const handoff: { cut: Place } | undefined = mailFrom(context, "handoff", "reviewer")
  if (!handoff) return say("I wait for the reviewer's handoff.")
  const { cut } = handoff
  const [source, wroteHelper, wroteTest, once, ...many] = context.toolResults
  if (!source) return call("read", { filePath: cut.file, offset: cut.line, limit: 3 })
  if (!wroteHelper) return write(helperFile, helper)
  if (!wroteTest) return write(testFile, test)
  if (!once) return call("bash", { command: runTest, description: "Run the new test" })

  const passed = /^\s*(\d+) pass$/m.exec(once.text)?.[1]
  if (!passed || !/^\s*0 fail$/m.test(once.text)) return say(`The new test fails:\n${once.text}`)
  const stable = many.map((run) => /\d+ of \d+ runs passed/.exec(run.text)?.[0]).find(Boolean)
  // The second try is for the call that was interrupted.
  if (!stable && many.length < 2)
    return call("bash", { command: runMany, description: `Run it ${runsWanted} times in a row` })
  return say(
    [
      `Added ${helperFile}: cutWhole() cuts between characters as a reader counts them, beside ${show(cut)}.`,
      `Added ${testFile}: ${passed} tests pass, 0 fail${stable ? `; ${stable}` : ""}.`,
      ...(many.length > 1
        ? ["My first series of runs was interrupted; I went on where it ended."]
        : []),
    ].join("\n"),
  )
}
