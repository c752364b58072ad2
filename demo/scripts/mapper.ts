import type { StepContext, Turn } from "../../scripted-model/types.ts"
import { call, placesIn, say, show } from "./reading.ts"

const bash = (command: string, description: string) => call("bash", { command, description })

/** Maps the real tree with git and read, and hands the places it found to the reviewer. */
export const mapper = (context: StepContext): Turn => {
  const [folders, definition, tests, secrets, source, sent] = context.toolResults
  if (!folders)
    return bash(
      "git ls-files plugin | sed 's|/[^/]*$||' | sort | uniq -c | sort -n",
      "Count the files of plugin/ by folder",
    )
  if (!definition)
    return bash("git grep -nE 'export const cut\\b' -- plugin", "Find the function that cuts texts")
  const cut = placesIn(definition)[0]
  if (!cut) throw new Error(`There is no "export const cut" in plugin/: ${definition.text}`)
  if (!tests)
    return bash(
      `git grep -lE 'from ".*${cut.file}"' -- 'test/*.test.ts' || echo none`,
      "Find the tests that import its module",
    )
  if (!secrets)
    return bash("git grep -n OPENCODE_SERVER_PASSWORD -- plugin", "Find where the password is set")
  if (!source) return call("read", { filePath: cut.file, offset: cut.line, limit: 3 })

  const secret = placesIn(secrets).find((place) => /PASSWORD\s*[:=]\s*\w/.test(place.text))
  const counts = folders.text
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .toReversed()
  const map = [
    `plugin/ has ${counts.length} folders with sources; the fullest: ${counts.slice(0, 3).join(", ")} (files, folder).`,
    `Texts are cut by ${show(cut)}: ${cut.text}`,
    `Tests that import its module: ${tests.text.trim().split("\n").join(", ")}.`,
    `The password of a host is set in ${secret ? show(secret) : "no place I found"}.`,
  ]
  if (!sent)
    return call("send_message", {
      to_agent_id: "reviewer",
      type: "handoff",
      payload: {
        context: map.join(" "),
        next_step:
          "Find out whether cut() can halve a character; look at the place of the password.",
        cut,
        secret,
      },
    })
  return say(map.join("\n"))
}
