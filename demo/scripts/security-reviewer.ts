import type { StepContext, Turn } from "../../scripted-model/types.ts"
import { call, placesIn, say, show } from "./reading.ts"

const probe = `if [ -n "$OPENCODE_SERVER_PASSWORD" ]; then echo "it has a value here"; else echo "it has no value here"; fi`

/** Follows the password from where it is set to what an agent's own shell sees of it. */
export const securityReviewer = ({ toolResults }: StepContext): Turn => {
  const [places, source, shell] = toolResults
  if (!places)
    return call("bash", {
      command: "git grep -n OPENCODE_SERVER_PASSWORD -- plugin",
      description: "Find what sets and blanks the password",
    })
  const found = placesIn(places)
  const prepared = found.find(({ file }) => file.includes("environment")) ?? found[0]
  if (!prepared) throw new Error(`Nothing in plugin/ names the password: ${places.text}`)
  if (!source) {
    const offset = Math.max(1, prepared.line - 6)
    return call("read", { filePath: prepared.file, offset, limit: 24 })
  }
  if (!shell) return call("bash", { command: probe, description: "Look at an agent's own shell" })

  const seen = shell.text.trim()
  const isSafe = seen === "it has no value here"
  return say(
    [
      `OPENCODE_SERVER_PASSWORD is named in ${found.map(show).join(", ")}.`,
      `I read ${show(prepared)}, and looked in my own shell, which this host started: ${seen}.`,
      isSafe
        ? "Verdict: an agent's commands do not inherit the password; no finding."
        : "Verdict: an agent's commands can read the password of their host. This must be closed.",
    ].join("\n"),
  )
}
