import { decide, type Rule } from "../model/permission-rules.ts"
import { matchesWildcard } from "../model/wildcard.ts"

/** A command and its arguments, and nothing that a shell would make something else of. */
const plain = /^[\w ./:=@,+-]+$/
/** Where a shell begins another command, or reads and writes files. */
const joints = /[;&|\n(){}`<>]+/

const strictness = { allow: 0, ask: 1, deny: 2 } as const

/**
 * Whether whoever has these rules may run this line in a shell of its own: the strictest of what they say
 * of the line, of each command in it, and of the places it names. A line that is more than commands with
 * arguments is asked about unless every command is allowed.
 */
export const mayRun = (rules: readonly Rule[], line: string): Rule["action"] => {
  const commands = line.split(joints).map((each) => each.trim())
  const judged = [
    ...[line.trim(), ...commands.filter(Boolean)].map((each) => decide(rules, "bash", each)),
    ...placesIn(line).map((each) => decide(rules, "external_directory", each)),
  ]
  const strictest = judged.reduce((most, each) =>
    strictness[each] > strictness[most] ? each : most,
  )
  return strictest === "allow" && !plain.test(line) && boundsShell(rules) ? "ask" : strictest
}

/** Paths that may lead out of the tree. */
const placesIn = (line: string) =>
  line
    .split(/[\s"'=:;|&()<>`]+/)
    .filter(
      (word) => (/^[/~]/.test(word) || word.split("/").includes("..")) && word !== "/dev/null",
    )

/** Whether any command is not allowed. */
const boundsShell = (rules: readonly Rule[]) => {
  const ofShell = rules.filter(({ permission }) => matchesWildcard("bash", permission))
  const all = ofShell.findLastIndex(({ pattern }) => pattern === "*")
  return ofShell.slice(Math.max(0, all)).some(({ action }) => action !== "allow")
}
