import { agentById } from "../ledger/tables/agents.ts"
import type { Query } from "../ledger/port.ts"
import { type Answered, outputsOf } from "../ledger/tables/outputs.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { fairShare } from "../model/fair-share.ts"
import type { FailedCheck } from "../model/failed-check.ts"
import { leadName } from "../model/message.ts"

/** What an agent brought. What is not there is left out. */
export interface AgentAnswers {
  /** Its newest final answer, or what it had said when it came to none. */
  output: string
  partial: boolean
  /** Its other final answers, oldest first. */
  earlier?: EarlierAnswer[]
  /** Paths it changed with its tools, from its directory; edits by shell commands are not known. */
  files?: string[]
  /** The last check it ran that failed. */
  failed_check?: FailedCheck
}

export interface EarlierAnswer {
  /** `task`, or what it was asked and by whom: `question from tester`. */
  answered: string
  output: string
}

/** What an agent answered to peers is worth reading, and less than its newest answer. */
const earlierCharacters = 8000
/** Enough to know it again. */
const knownCharacters = 200

/** `hasRead` tells of an earlier answer, by its generation, whether the reader had it whole before. */
export const answersOf = async (
  db: Query,
  agent: AgentRow,
  hasRead: (generation: number) => boolean = () => false,
): Promise<AgentAnswers> => {
  const partial = agent.status !== "complete"
  const outputs = await outputsOf(db, agent.id)
  const others = partial ? outputs : outputs.slice(0, -1)
  const texts = fairShare(
    others.map(({ generation, output }) => (hasRead(generation) ? remind(output) : output)),
    earlierCharacters,
  )
  const earlier: EarlierAnswer[] = []
  for (const [index, { answered }] of others.entries())
    earlier.push({ answered: await describe(db, answered), output: texts[index]! })
  const newest = outputs.at(-1)?.output
  // Woken again it has said nothing yet: its last answer is no part of the next one.
  const saidSoFar = agent.partial === newest ? "" : agent.partial
  return {
    output: (partial ? saidSoFar : agent.output) ?? "",
    partial,
    ...(earlier.length > 0 && { earlier }),
    ...(agent.files !== null && { files: JSON.parse(agent.files) as string[] }),
    ...(agent.failed_check !== null && {
      failed_check: JSON.parse(agent.failed_check) as FailedCheck,
    }),
  }
}

const remind = (output: string) =>
  output.length <= knownCharacters * 2
    ? output
    : `${fairShare([output], knownCharacters)[0]!.replace(/\)$/, "; read before)")}`

const describe = async (db: Query, answered: string | null) => {
  if (answered === null) return "task"
  const mail = JSON.parse(answered) as Answered[]
  const words: string[] = []
  for (const { type, from } of mail) {
    const name = from === leadName ? leadName : ((await agentById(db, from))?.name ?? from)
    words.push(`${type} from ${name}`)
  }
  return [...new Set(words)].join(", ") || "mail"
}
