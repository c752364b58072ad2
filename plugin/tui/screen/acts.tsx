import type { TuiPluginApi } from "@opencode-ai/plugin/tui"
import { errorText } from "../../mesh/model/errors.ts"
import type { QuestionAsk } from "../../mesh/model/question.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import type { View } from "../mesh/open-view.ts"
import type { BoardRow } from "../view/board.ts"
import {
  another,
  type Choice,
  choicesOf,
  ready,
  reject,
  toggle as pick,
  wordsOf,
} from "../view/choices.ts"
import { questionLines, tameLines } from "../view/details.ts"
import { tame, type Tone } from "../view/line.ts"
import type { Snapshot } from "../view/snapshot.ts"
import type { Hands } from "./hands.ts"

export interface ActsDeps {
  api: TuiPluginApi
  view: View
  snapshot: () => Snapshot
  toggle: (fleetId: string) => void
  hands: Hands
  /** Shows what came of an act: OpenCode draws no toast over a view of a plugin. */
  tell: (text: string, tone: Tone) => void
}

type Row = BoardRow | undefined

/** What a person reads of a request above the answers; the rest scrolls. */
const requestRows = 14

/** What the keys of /fleets do: each asks in a dialog, and writes as the person. */
export const createActs = ({ api, view, snapshot, toggle, hands, tell }: ActsDeps) => {
  const { DialogConfirm, DialogPrompt, DialogSelect } = api.ui
  const { dialog } = api.ui
  /** Says what came of it; a refusal is shown, never thrown into OpenCode. */
  const attempt = async (act: () => Promise<string | undefined>) => {
    try {
      const said = await act()
      if (said) tell(said, "good")
    } catch (error) {
      tell(errorText(error), "bad")
      view.onError(error)
    }
    view.refresher.ask()
  }
  const run = (act: () => Promise<string | undefined>) => {
    dialog.clear()
    if (!hands.wereUsed()) return tell("Nothing was done: no key was pressed for it.", "warn")
    void attempt(act)
  }

  const ask = (
    title: string,
    placeholder: string,
    then: (text: string) => Promise<string | undefined>,
    takesNothing = false,
  ) =>
    dialog.replace(() => (
      <DialogPrompt
        title={title}
        placeholder={placeholder}
        onConfirm={(text) => {
          if (text.trim() === "" && !takesNothing) return
          run(() => then(text.trim()))
        }}
        onCancel={() => dialog.clear()}
      />
    ))

  const Text = (props: { lines: readonly string[]; rows: number }) => (
    <scrollbox maxHeight={props.rows} paddingLeft={4} paddingRight={4} paddingBottom={1}>
      <text fg={api.theme.current.text} wrapMode="char">
        {props.lines.join("\n")}
      </text>
    </scrollbox>
  )

  const choose = (
    title: string,
    lines: readonly string[],
    options: readonly Choice[],
    then: (value: string) => void,
    current?: string,
  ) => {
    dialog.replace(() => (
      <box onMouseDown={hands.use}>
        <text fg={api.theme.current.text} paddingLeft={4} paddingBottom={1}>
          <b>{title}</b>
        </text>
        <Text lines={lines} rows={requestRows} />
        <DialogSelect
          title="Your answer"
          flat
          skipFilter
          {...(current !== undefined && { current })}
          options={options.map((option) => ({ ...option, onSelect: () => then(option.value) }))}
        />
      </box>
    ))
    dialog.setSize("large")
  }

  const answerPermission = (question: OpenQuestion) => {
    const answer = (word: string, reason?: string) => async () => {
      await view.answer(question.question_id, { words: [word], ...(reason && { reason }) })
      return `${tame(question.agent)}: ${word}`
    }
    choose(
      `${tame(question.agent)} asks for a permission`,
      questionLines(question),
      [
        { value: "once", title: "Once", description: "this call" },
        { value: "fleet", title: "Fleet", description: "the same from any agent of this fleet" },
        { value: "always", title: "Always", description: "in this project from now on" },
        { value: "reject", title: "Reject", description: "and say why" },
      ],
      (word) =>
        word === "reject"
          ? ask(
              "Reject: what is the agent told?",
              "a reason, or nothing",
              (reason) => answer("reject", reason)(),
              true,
            )
          : run(answer(word)),
    )
  }

  /** One after the other; the answers go together. */
  const answerChoice = (question: OpenQuestion) => {
    const { questions } = question.request as QuestionAsk
    const give = (words: readonly string[], text?: string) => async () => {
      await view.answer(question.question_id, { words, ...(text && { text }) })
      return `${tame(question.agent)}: ${tame(text ?? words.join(", "))}`
    }
    const isOnly = questions.length === 1
    const next = (
      given: readonly string[],
      index: number,
      picked: readonly number[] = [],
      at?: string,
    ) => {
      const asked = questions[index]
      if (!asked) return run(give(given))
      const take = (chosen: readonly number[]) =>
        next([...given, ...wordsOf(asked, chosen, isOnly)], index + 1)
      choose(
        `${tame(question.agent)} asks${isOnly ? "" : ` (${index + 1} of ${questions.length})`}`,
        tameLines(asked.question),
        choicesOf(asked, picked, isOnly),
        (value) => {
          if (value === another)
            return ask(tame(asked.question), "your answer", (text) => give([], text)())
          if (value === reject) return run(give([reject]))
          if (value === ready) {
            if (picked.length > 0) return take(picked)
            return tell("Choose at least one of them first.", "warn")
          }
          if (!asked.multiple) return take([Number(value)])
          next(given, index, pick(picked, Number(value)), value)
        },
        at,
      )
    }
    next([], 0)
  }

  const answer = (question: OpenQuestion) =>
    question.kind === "permission" ? answerPermission(question) : answerChoice(question)

  const questionOf = (row: Row) => {
    if (row?.kind === "question") return row.question
    if (row?.kind !== "agent") return undefined
    return snapshot().questions.find(({ agent_id }) => agent_id === row.agent.agent_id)
  }

  const openSession = (row: Row) => {
    if (row?.kind !== "agent") return
    if (row.agent.session_id === null) return tell("It has no session yet.", "muted")
    api.route.navigate("session", { sessionID: row.agent.session_id })
  }

  return {
    open(row: Row) {
      if (row?.kind === "question") return answer(row.question)
      if (row?.kind === "fleet") return toggle(row.fleet.fleet.fleet_id)
      openSession(row)
    },

    answer(row: Row) {
      const question = questionOf(row)
      if (question) return answer(question)
      tell("It asks nothing.", "muted")
    },

    message(row: Row) {
      if (row?.kind !== "agent" && row?.kind !== "fleet") return
      const { fleet } = row.fleet
      const [id, name] =
        row.kind === "agent"
          ? [row.agent.agent_id, tame(row.agent.name)]
          : ["*", `all of ${tame(fleet.name)}`]
      ask(`Message to ${name}`, "what it should know or do", async (text) => {
        await view.send(fleet.fleet_id, id, text)
        return `Sent to ${name}`
      })
    },

    stop(row: Row) {
      if (row?.kind !== "agent" && row?.kind !== "fleet") return
      const { fleet } = row.fleet
      const name = row.kind === "agent" ? tame(row.agent.name) : `all of ${tame(fleet.name)}`
      dialog.replace(() => (
        <box onMouseDown={hands.use}>
          <DialogConfirm
            title={`Stop ${name}?`}
            message="It ends now; what it has so far is kept."
            onConfirm={() =>
              run(async () => {
                const { stopped } = await view.stop(
                  fleet.fleet_id,
                  row.kind === "agent" ? [row.agent.agent_id] : undefined,
                  "cancel",
                )
                return stopped.length > 0 ? `Stopped ${name}` : `${name} had already ended`
              })
            }
            onCancel={() => dialog.clear()}
          />
        </box>
      ))
    },

    results(row: Row) {
      if (row?.kind !== "agent" && row?.kind !== "fleet") return
      void attempt(async () => {
        const { results } = await view.results(
          row.fleet.fleet.fleet_id,
          row.kind === "agent" ? [row.agent.agent_id] : undefined,
        )
        const lines = results.flatMap(({ name, status, output, partial, error }) => [
          `${tame(name)}: ${status}${error ? `, ${tame(`${error.code}: ${error.detail ?? ""}`)}` : ""}`,
          ...tameLines(output ?? partial ?? "(nothing yet)").map((line) => `  ${line}`),
          "",
        ])
        dialog.replace(() => (
          <box paddingBottom={1}>
            <scrollbox focused maxHeight={30} paddingLeft={4} paddingRight={4}>
              <text fg={api.theme.current.text} wrapMode="word">
                {lines.join("\n")}
              </text>
            </scrollbox>
          </box>
        ))
        dialog.setSize("xlarge")
        return undefined
      })
    },
  }
}
