import type { StepContext, Turn } from "../../scripted-model/types.ts"
import { call, mailFrom, type Place, resultsOf, say, show } from "./reading.ts"

// A family of two, which a reader sees as one character and JavaScript as five units.
const sample = String.raw`ab\u{1F468}\u200D\u{1F469}cd`
const whole = '"ab…"'

/** Runs the function the mapper found, raises the alert, and hands the finding to the maker. */
export const reviewer = (context: StepContext): Turn => {
  const handed: { cut: Place; secret?: Place } | undefined = mailFrom(context, "handoff", "mapper")
  if (!handed) return say("I wait for the mapper's handoff.")
  const { cut, secret } = handed
  const [source, run, password] = context.toolResults
  if (!source) return call("read", { filePath: cut.file, offset: cut.line, limit: 3 })
  if (!run)
    return call("bash", {
      command: `bun -e 'import { cut } from "./${cut.file}"; console.log(JSON.stringify(cut("${sample}", 4)))'`,
      description: "Cut a text with an emoji of several code points",
    })
  const seen = run.text.trim()
  const finding =
    seen === whole
      ? `cut() in ${show(cut)} keeps whole characters: cut("${sample}", 4) gives ${seen}.`
      : `cut() in ${show(cut)} cuts inside a character: cut("${sample}", 4) gives ${seen}, not ${whole}.`

  if (secret && !password)
    return call("read", { filePath: secret.file, offset: Math.max(1, secret.line - 2), limit: 5 })
  const alert = secret && {
    to_agent_id: "lead",
    type: "alert",
    payload: `${show(secret)} puts a host's server password into its environment (${secret.text}). Please have the security of that audited: can the shell commands of an agent read the password?`,
  }
  const handoff = {
    to_agent_id: "maker",
    type: "handoff",
    payload: {
      context: finding,
      next_step: "Add cutWhole(text, length) in plugin/mesh/cut-whole.ts with a test, and run it.",
      cut,
    },
  }
  if (resultsOf(context, "send_message").length === 0)
    return {
      toolCalls: [...(alert ? [alert] : []), handoff].map((args) => ({
        name: "send_message",
        args,
      })),
    }
  return say(`${finding}\nHanded to maker; the password's place went to the lead as an alert.`)
}
