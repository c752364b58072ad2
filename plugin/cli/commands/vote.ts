import { defineCommand, json, line } from "../define/command.ts"
import { voteOutputs } from "../outputs/people.ts"
import { UsageError } from "../define/usage-error.ts"
import { oneLine } from "../render/render-text.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const vote = defineCommand({
  name: "vote",
  summary: "Vote on a proposal as yourself, or list the open ones",
  usage: ["vote [--json]", "vote <ratification> approve|decline [--reason text] [--json]"],
  options: { reason: line("<text>", "Why, for the lead and the other voters"), json },
  outputs: voteOutputs,
  takes: { least: 0, most: 2 },
  async run({ values, positionals: [id, word] }, context) {
    const { terminal } = context
    const { meshProcess, person } = await context.mesh()
    const { ratifications } = meshProcess
    if (id === undefined) {
      const open = await ratifications.list(person)
      if (values.json) return printJson(terminal, voteOutputs.all, { ratifications: open })
      if (open.length === 0) return print(terminal, "No proposal is open.")
      return print(terminal, open.map(describe).join("\n\n"))
    }
    if (word !== "approve" && word !== "decline")
      throw new UsageError(
        word === undefined ? `How do you vote on ${id}?` : `"${word}" is no vote.`,
        `Write approve or decline: meshfleet vote ${id} approve`,
      )
    await context.refuseModels(meshProcess)
    const voted = await ratifications.voteAsPerson(person, id, {
      approve: word === "approve",
      note: values.reason,
    })
    if (values.json) return printJson(terminal, voteOutputs.cast, voted)
    print(terminal, `${id}: you ${word}; ${voted.status}, ${counts(voted.tally)}`)
  },
})

interface Counts {
  quorum: number
  total: number
  approving: number
  declining: number
}

const counts = ({ approving, declining, total, quorum }: Counts) =>
  `${approving} of ${total} approve and ${declining} decline, quorum ${quorum}`

interface Open {
  message_id: string
  fleet_id: string
  proposal: string
  tally: Counts & { votes: readonly { voter: string; vote: string | null }[]; deadline?: string }
}

const describe = ({ message_id, fleet_id, proposal, tally }: Open) => {
  const mine = tally.votes.find(({ voter }) => voter === "human")
  return [
    message_id,
    ...proposal.split("\n").map((each) => `  > ${oneLine(each)}`.trimEnd()),
    `  ${fleet_id}: ${counts(tally)}${tally.deadline ? `, until ${tally.deadline}` : ""}`,
    ...(mine
      ? [
          mine.vote === null
            ? `  you have a vote: meshfleet vote ${message_id} approve (or decline)`
            : `  you ${mine.vote}`,
        ]
      : []),
  ].join("\n")
}
