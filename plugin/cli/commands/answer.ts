import { defineCommand, json, line, text } from "../define/command.ts"
import { answerOutputs } from "../outputs/people.ts"
import { oneLine } from "../render/render-text.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const answer = defineCommand({
  name: "answer",
  summary: "Answer what an agent asks; the agent goes on at once",
  usage: [
    "answer <ask id> once|fleet|always|reject [--reason text] [--json]",
    'answer <ask id> "<option>"… | --text text | reject [--reason text]',
  ],
  options: {
    reason: line("<text>", "With reject: what the agent is told"),
    text: text("<text>", "An answer in your own words, if the agent accepts one"),
    json,
  },
  outputs: answerOutputs,
  takes: { least: 1, most: 20 },
  async run({ values, positionals: [id, ...words] }, context) {
    const { terminal } = context
    const { meshProcess, person } = await context.mesh()
    await context.refuseModels(meshProcess)
    const answered = await meshProcess.questions.answer(person, id!, {
      words,
      text: values.text,
      reason: values.reason,
    })
    if (values.json) return printJson(terminal, answerOutputs.one, answered)
    const said =
      typeof answered.answer === "string" ? answered.answer : answered.answer.flat().join(", ")
    print(
      terminal,
      [
        `${answered.question_id}: ${oneLine(said)} for ${oneLine(answered.agent)} (${oneLine(answered.wanted)})`,
        ...(answered.remembered ?? []).map(
          ({ grant_id, permission, pattern }) =>
            `${grant_id}: ${oneLine(permission)} ${oneLine(pattern)} is not asked again; meshfleet grants --revoke ${grant_id} takes it back`,
        ),
      ].join("\n"),
    )
  },
})
