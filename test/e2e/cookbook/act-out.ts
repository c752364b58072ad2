import type { Step, StepContext, Turn } from "../../../scripted-model/types.ts"
import type { Example, Mail } from "./read-examples.ts"

type ToolCall = NonNullable<Turn["toolCalls"]>[number]

/** What an agent does besides its mail: its next call, or nothing when that is done. */
export type Work = (context: StepContext) => ToolCall | undefined

/** Calls that are made once each, one after the other. */
export const inOrder =
  (...calls: ToolCall[]): Work =>
  ({ toolResults }) =>
    calls[toolResults.filter(({ name }) => name !== "send_message").length]

export const bash = (command: string): ToolCall => ({
  name: "bash",
  args: { command, description: "Work" },
})

const count = (text: string, pattern: string) => text.split(pattern).length - 1

/**
 * An agent that does what an example says of it: first its work, then its mail, each message once it
 * has heard what came to it before that one, at last its answer. From what it has heard and done so
 * far, so that it does not matter whether mail meets it at work or wakes it.
 */
export const actOut =
  (
    name: string,
    { mail, correlation }: Example,
    answer: string,
    work: Work = () => undefined,
  ): Step =>
  (context) => {
    const next = work(context)
    if (next) return { toolCalls: [next] }
    const said = JSON.stringify(context.messages)
    const sent = context.toolResults.filter((result) => result.name === "send_message").length
    const own = mail.flatMap((each, index) => (each.from === name ? [index] : []))
    const turn = own[sent]
    if (!hasHeard(said, mail.slice(0, turn), name)) return { text: "I wait." }
    if (turn === undefined) return { text: answer }
    const { type, to } = mail[turn]!
    const args = {
      to_agent_id: to,
      type,
      payload: `${type} ${sent + 1} of ${name}`,
      ...(correlation && { correlation_id: correlation }),
    }
    return { toolCalls: [{ name: "send_message", args }] }
  }

const hasHeard = (said: string, before: readonly Mail[], name: string) => {
  const due = new Map<string, number>()
  for (const { from, type, to } of before)
    if (to === name) due.set(`${type} from ${from}`, (due.get(`${type} from ${from}`) ?? 0) + 1)
  return [...due].every(([head, times]) => count(said, head) >= times)
}
