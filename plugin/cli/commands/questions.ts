import { defineCommand, json } from "../define/command.ts"
import { questionsOutputs } from "../outputs/people.ts"
import { renderQuestions } from "../render/render-questions.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const questions = defineCommand({
  name: "questions",
  summary: "List what agents of this project ask a person",
  usage: ["questions [--json]"],
  options: { json },
  outputs: questionsOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, { mesh: open, terminal, now }) {
    const { meshProcess, person } = await open()
    const waiting = await meshProcess.questions.open(person)
    if (values.json) return printJson(terminal, questionsOutputs.all, { questions: waiting })
    if (waiting.length === 0) return print(terminal, "No agent is waiting for an answer.")
    print(terminal, renderQuestions(waiting, now()).join("\n"))
  },
})
