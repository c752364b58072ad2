import type { Caller } from "../mesh/model/caller.ts"
import type { StopMode } from "../mesh/ledger/tables/rows.ts"
import { MeshError, toMeshError } from "../mesh/model/errors.ts"
import { isRecord } from "../mesh/model/is-record.ts"
import { oneLine, oneLineRule } from "../mesh/model/limits/texts.ts"
import { messageTypes, type MessageType } from "../mesh/model/message.ts"
import type { Subject } from "../mesh/views/projects-shown.ts"
import type { Answer, Asked } from "../system/event-server/http.ts"
import { Refusal } from "../system/event-server/refusal.ts"

/**
 * What a person does from the page, as the command line does it.
 *
 * Contract: each refuses by a MeshError what its command would refuse, and changes nothing then.
 */
export interface Actions {
  answer(
    person: Caller,
    id: string,
    given: { words: string[]; text?: string; reason?: string },
  ): Promise<unknown>
  stop(
    person: Caller,
    fleetId: string,
    options: { agent_ids?: string[]; mode: StopMode; reason?: string },
  ): Promise<unknown>
  send(
    person: Caller,
    draft: {
      fleet_id: string
      to_agent_id: string
      type: MessageType
      payload: string
      wake?: boolean
    },
  ): Promise<unknown>
  vote(person: Caller, id: string, draft: { approve: boolean; note?: string }): Promise<unknown>
}

type Body = Record<string, unknown>

export interface ActionsDeps {
  actions: Actions
  /** The person in the project of what is acted on. */
  personAt(subject: Subject): Promise<Caller>
  onError: (error: unknown) => void
}

/** Runs what is asked by POST /do/<name> with a JSON object. */
export const createActions = ({ actions, personAt, onError }: ActionsDeps) => {
  const known: Record<string, (body: Body) => Promise<unknown>> = {
    async answer(body) {
      const id = text(body, "question_id")
      return actions.answer(await personAt({ kind: "question", id }), id, {
        words: texts(body, "words") ?? [],
        ...optional("text", optionalText(body, "text")),
        ...optional("reason", reasonIn(body)),
      })
    },
    async stop(body) {
      const id = text(body, "fleet_id")
      return actions.stop(await personAt({ kind: "fleet", id }), id, {
        mode: oneOf(body, "mode", ["wrap_up", "cancel", "kill"] as const),
        ...optional("agent_ids", texts(body, "agent_ids")),
        ...optional("reason", reasonIn(body)),
      })
    },
    async send(body) {
      const id = text(body, "fleet_id")
      return actions.send(await personAt({ kind: "fleet", id }), {
        fleet_id: id,
        to_agent_id: text(body, "to_agent_id"),
        type: oneOf(body, "type", messageTypes),
        payload: text(body, "payload"),
        ...optional("wake", body["wake"] === true ? true : undefined),
      })
    },
    async vote(body) {
      const id = text(body, "message_id")
      return actions.vote(await personAt({ kind: "message", id }), id, {
        approve: oneOf(body, "vote", ["approve", "decline"] as const) === "approve",
        ...optional("note", reasonIn(body)),
      })
    },
  }

  return async (asked: Asked, name: string): Promise<Answer> => {
    if (!/^application\/json\b/i.test(asked.header("content-type") ?? ""))
      throw new Refusal(
        415,
        "JSON_ONLY",
        "An action is asked for in JSON.",
        "Send application/json.",
      )
    const act = Object.hasOwn(known, name) ? known[name] : undefined
    if (!act)
      throw new Refusal(
        404,
        "NOT_FOUND",
        `There is no action "${name.slice(0, 40)}".`,
        `Use one of ${Object.keys(known).join(", ")}.`,
      )
    const body = await asked.body()
    if (body === undefined)
      throw new Refusal(413, "TOO_LONG", "This is longer than any message.", "Send less.")
    try {
      return answerJson(200, { done: await act(parse(body)) })
    } catch (error) {
      if (error instanceof Refusal) throw error
      const { code, detail, next } = toMeshError(error)
      if (code === "INTERNAL") {
        onError(error)
        throw error
      }
      return answerJson(statusOf(code), { error: { code, detail, next } })
    }
  }
}

export const answerJson = (status: number, value: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: `${JSON.stringify(value)}\n`,
})

const statusOf = (code: string) =>
  code.startsWith("UNKNOWN_")
    ? 404
    : code === "NOT_ALLOWED"
      ? 403
      : code.startsWith("LEDGER_")
        ? 503
        : 409

const parse = (body: string): Body => {
  try {
    const value: unknown = JSON.parse(body)
    if (isRecord(value)) return value
  } catch {
    // Told below.
  }
  throw invalid("The body is not a JSON object.", "Send an object.")
}

const invalid = (detail: string, next: string) => new MeshError("INVALID_ARGUMENT", detail, next)

const text = (body: Body, name: string) => {
  const value = optionalText(body, name)
  if (value === undefined) throw invalid(`${name} is missing.`, `Send ${name} as text.`)
  return value
}

const optionalText = (body: Body, name: string) => {
  const value = body[name]
  if (value === undefined || value === null || value === "") return undefined
  if (typeof value === "string") return value
  throw invalid(`${name} is no text.`, `Send ${name} as text.`)
}

/** As the command line takes it: it is shown in lists, and told to agents. */
const reasonIn = (body: Body) => {
  const reason = optionalText(body, "reason")
  if (reason === undefined || (reason.length <= longestReason && oneLine.test(reason)))
    return reason
  throw invalid(
    `The reason is not ${oneLineRule}, at most ${longestReason} of them.`,
    "Make it one short line.",
  )
}
const longestReason = 500

const texts = (body: Body, name: string) => {
  const value = body[name]
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((each) => typeof each === "string"))
    return value as string[]
  throw invalid(`${name} is no list of texts.`, `Send ${name} as a list of texts.`)
}

const oneOf = <const T extends string>(body: Body, name: string, choices: readonly T[]): T => {
  const chosen = choices.find((each) => each === body[name])
  if (chosen !== undefined) return chosen
  throw invalid(`${name} is none of ${choices.join(", ")}.`, `Send one of ${choices.join(", ")}.`)
}

const optional = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: T }
