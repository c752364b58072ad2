import { expect } from "bun:test"
import type { Sessions } from "../../../plugin/opencode/runtime/sessions.ts"

/** An OpenCode whose model does what the test says. */
export interface SessionsWorld {
  sessions: Sessions
  directory: string
  /** The model gives its answer to what it is asked in this session, now or soon. */
  answer(sessionId: string, text: string): Promise<void>
  /** A person does that to a session at rest. */
  change(sessionId: string, what: "undo" | "redo" | "archive" | "delete"): Promise<void>
  /** The model makes such calls; resolves with the ids of the requests once all of them wait. */
  ask(sessionId: string, kinds: readonly ("permission" | "question")[]): Promise<string[]>
}

const unknown = "ses_0000000000000000000000000"

const contextOf = ({ sessions, directory }: SessionsWorld) => ({
  create: (title: string, parentId?: string) =>
    sessions.create({ directory, title, parentId, rules: [] }),
  /** The scripted model knows a session by the mark in its prompt. */
  prompt: (sessionId: string, words: string, more: object = {}) =>
    sessions.prompt({
      sessionId,
      directory,
      agent: "build",
      model: "fake/m1",
      text: `[[as:${sessionId}]] ${words}`,
      ...more,
    }),
  messages: (sessionId: string, limit = 100) => sessions.messages(sessionId, directory, limit),
  isBusy: (sessionId: string) => sessions.isBusy(sessionId, directory),
  /** The port has no other way to wait for these. */
  async untilBusy(sessionId: string) {
    while (!(await sessions.isBusy(sessionId, directory))) await Bun.sleep(10)
  },
  async untilAtRest(sessionId: string) {
    while (await sessions.isBusy(sessionId, directory)) await Bun.sleep(10)
  },
  async untilStored(sessionId: string, count: number) {
    while ((await sessions.messages(sessionId, directory, 100)).length < count) await Bun.sleep(10)
  },
  once: (requestId: string) => sessions.replyPermission(requestId, directory, "once"),
})

/** What the port promises, whichever OpenCode is behind it. Every case makes sessions of its own. */
export const sessionsContract: Record<string, (world: SessionsWorld) => Promise<void>> = {
  async "a session that was created exists, at rest and empty; others do not"(world) {
    const { sessions, directory } = world
    const { create, messages, isBusy } = contextOf(world)
    const id = await create("one")
    expect(await sessions.find(id, directory)).toEqual({ isArchived: false, hasUndone: false })
    expect(await messages(id)).toEqual([])
    expect(await isBusy(id)).toBe(false)
    expect(await sessions.find(unknown, directory)).toBeUndefined()
    expect(await isBusy(unknown)).toBe(false)
  },

  async "what a person does to a session is found in it"(world) {
    const { sessions, directory } = world
    const { create, prompt, untilAtRest } = contextOf(world)
    const id = await create("one")
    await prompt(id, "hello")
    await world.answer(id, "I hear you.")
    await untilAtRest(id)
    await world.change(id, "undo")
    expect(await sessions.find(id, directory)).toEqual({ isArchived: false, hasUndone: true })
    await world.change(id, "redo")
    expect(await sessions.find(id, directory)).toEqual({ isArchived: false, hasUndone: false })
    await world.change(id, "archive")
    expect(await sessions.find(id, directory)).toEqual({ isArchived: true, hasUndone: false })
    await world.change(id, "delete")
    expect(await sessions.find(id, directory)).toBeUndefined()
  },

  async "a session keeps the rules it was made with, and those added come after them"(world) {
    const { sessions, directory } = world
    const { create } = contextOf(world)
    const denied = { permission: "edit", pattern: "*", action: "deny" as const }
    const exception = { permission: "edit", pattern: "notes/*", action: "allow" as const }
    const id = await sessions.create({
      directory,
      title: "bound",
      parentId: undefined,
      rules: [denied],
    })
    expect(await sessions.rulesOf(id, directory)).toEqual([denied])
    await sessions.addRules(id, directory, [exception, denied])
    expect(await sessions.rulesOf(id, directory)).toEqual([denied, exception, denied])
    expect(await sessions.rulesOf(await create("free"), directory)).toEqual([])
    await expect(sessions.rulesOf(unknown, directory)).rejects.toThrow("/session/{id}")
    await expect(sessions.addRules(unknown, directory, [denied])).rejects.toThrow("/session/{id}")
  },

  async "a session knows its parent, and a parent its children in order"(world) {
    const { sessions, directory } = world
    const { create } = contextOf(world)
    const parent = await create("parent")
    const children = [await create("first", parent), await create("second", parent)]
    expect(await sessions.parentOf(children[0]!, directory)).toBe(parent)
    expect(await sessions.parentOf(parent, directory)).toBeUndefined()
    expect(await sessions.childrenOf(parent, directory)).toEqual(children)
    expect(await sessions.childrenOf(children[0]!, directory)).toEqual([])
  },

  async "a session that does not exist is an error that names the call"(world) {
    const { sessions, directory } = world
    const { prompt, messages } = contextOf(world)
    await expect(messages(unknown)).rejects.toThrow("/session/{id}/message")
    await expect(prompt(unknown, "hello")).rejects.toThrow("/session/{id}/prompt_async")
    await expect(sessions.parentOf(unknown, directory)).rejects.toThrow("/session/{id}")
    await expect(sessions.childrenOf(unknown, directory)).rejects.toThrow("/session/{id}/children")
  },

  async "a prompt wakes a session that rests, and is stored with what we put into it"(world) {
    const { create, prompt, messages, untilAtRest } = contextOf(world)
    const id = await create("one")
    await prompt(id, "hello", { synthetic: true, delivered: ["msg_1", "msg_2"] })
    await world.answer(id, "I hear you.")
    await untilAtRest(id)
    const [asked, answered, ...more] = await messages(id)
    expect(asked).toMatchObject({
      role: "user",
      parts: [
        {
          type: "text",
          text: `[[as:${id}]] hello`,
          isHidden: true,
          delivered: ["msg_1", "msg_2"],
        },
      ],
    })
    expect(answered).toMatchObject({
      role: "assistant",
      provider: "fake",
      finish: "stop",
      error: undefined,
      isSummary: false,
      usage: { messageId: answered!.id, tokens: expect.any(Number) },
    })
    expect(answered!.parts).toContainEqual(
      expect.objectContaining({
        type: "text",
        text: "I hear you.",
        isHidden: false,
        delivered: [],
      }),
    )
    expect(more).toEqual([])
  },

  async "what comes before a prompt's text is a part of its own, for a person to see"(world) {
    const { create, prompt, messages, untilAtRest } = contextOf(world)
    const id = await create("one")
    await prompt(id, "hello", { before: "Test it.", synthetic: true, delivered: ["msg_1"] })
    await world.answer(id, "I hear you.")
    await untilAtRest(id)
    const [asked, ...more] = await messages(id)
    expect(asked!.parts).toMatchObject([
      { type: "text", text: "Test it.", isHidden: false, delivered: [] },
      { type: "text", text: `[[as:${id}]] hello`, isHidden: true, delivered: ["msg_1"] },
    ])
    expect(more).toHaveLength(1)
  },

  async "a prompt for a session at work is stored, and answered after what it is at"(world) {
    const { create, prompt, messages, untilBusy, untilAtRest, untilStored } = contextOf(world)
    const id = await create("one")
    await prompt(id, "hello")
    await untilBusy(id)
    const before = (await messages(id)).length
    await prompt(id, "and another thing")
    await untilStored(id, before + 1)
    await world.answer(id, "To the first.")
    await world.answer(id, "To the second.")
    await untilAtRest(id)
    const last = (await messages(id)).at(-1)!
    expect(last.parts).toContainEqual(expect.objectContaining({ text: "To the second." }))
  },

  async "messages are the latest ones, oldest first"(world) {
    const { create, prompt, messages, untilAtRest } = contextOf(world)
    const id = await create("one")
    for (const words of ["one", "two"]) {
      await prompt(id, words)
      await world.answer(id, `Answer to ${words}.`)
      await untilAtRest(id)
    }
    const all = await messages(id)
    expect(all.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"])
    expect(await messages(id, 3)).toEqual(all.slice(1))
  },

  async "aborting ends a session's work, and does nothing to one that rests"(world) {
    const { sessions, directory } = world
    const { create, prompt, isBusy, untilBusy, untilAtRest } = contextOf(world)
    const id = await create("one")
    await prompt(id, "hello")
    await untilBusy(id)
    await sessions.abort(id, directory)
    await untilAtRest(id)
    await sessions.abort(id, directory)
    expect(await isBusy(id)).toBe(false)
  },

  async "a permission is given once, and what is no longer open says so"(world) {
    const { sessions, directory } = world
    const { create, prompt, once } = contextOf(world)
    const id = await create("one")
    await prompt(id, "run something")
    const [first, second] = await world.ask(id, ["permission", "permission"])
    expect(await once(first!)).toBe(true)
    expect(await once(first!)).toBe(false)
    expect(await once(second!)).toBe(true)
    expect(await once("per_0000000000000000000000000")).toBe(false)
    await world.answer(id, "Done.")
    expect(await sessions.replyPermission(first!, directory, "reject", "too late")).toBe(false)
  },

  async "a rejected permission takes the session's others along"(world) {
    const { sessions, directory } = world
    const { create, prompt, once } = contextOf(world)
    const [one, other] = [await create("one"), await create("other")]
    await prompt(one, "run something")
    await prompt(other, "run something")
    const [first, second] = await world.ask(one, ["permission", "permission"])
    const [third] = await world.ask(other, ["permission"])
    expect(await sessions.replyPermission(first!, directory, "reject", "Not here.")).toBe(true)
    expect(await once(second!)).toBe(false)
    expect(await once(third!)).toBe(true)
    await world.answer(other, "Done.")
  },

  async "a question is answered or rejected, once"(world) {
    const { sessions, directory } = world
    const { create, prompt } = contextOf(world)
    const id = await create("one")
    await prompt(id, "ask something")
    const [first, second] = await world.ask(id, ["question", "question"])
    expect(await sessions.answerQuestion(first!, directory, [["SQLite"]])).toBe(true)
    expect(await sessions.answerQuestion(first!, directory, [["SQLite"]])).toBe(false)
    expect(await sessions.rejectQuestion(first!, directory)).toBe(false)
    expect(await sessions.rejectQuestion(second!, directory)).toBe(true)
    expect(await sessions.rejectQuestion("que_0000000000000000000000000", directory)).toBe(false)
    await sessions.abort(id, directory)
  },

  async "agents are known with their rules, models by provider and name"({ sessions, directory }) {
    const agents = await sessions.agents(directory)
    const build = agents.find(({ name }) => name === "build")
    expect(build).toMatchObject({ mode: "primary" })
    expect(build!.permission).toContainEqual({ permission: "*", pattern: "*", action: "allow" })
    expect(await sessions.models(directory)).toContain("fake/m1")
  },

  async "a toast that nobody sees is no error"({ sessions }) {
    expect(await sessions.toast("news", "info")).toBeUndefined()
  },
}
