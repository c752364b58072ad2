import { buildPage } from "../../../scripts/dashboard-page.ts"
import type { SessionShownEntry } from "../../../plugin/mesh/views/shown.ts"
import type { Actions } from "../../../plugin/web/actions.ts"
import { createDashboard } from "../../../plugin/web/dashboard.ts"
import type { PageFiles } from "../../../plugin/web/page-files.ts"
import { session } from "../../mesh/support/callers.ts"
import { createMesh } from "../../mesh/support/mesh.ts"
import { createQuestions } from "../../../plugin/mesh/questions/questions.ts"

export const person = session("human:1", { human: true })

/** A dashboard over a ledger that the test fills, in this process. */
export const createWorld = async ({ page }: { page?: PageFiles } = {}) => {
  const mesh = await createMesh()
  const questions = createQuestions({ ledger: mesh.ledger })
  const asked: unknown[] = []
  const actions: Actions = {
    answer: questions.answer,
    stop: (caller, id, options) => {
      asked.push(["stop", id, options])
      return mesh.fleets.stop(caller, id, options)
    },
    send: mesh.messages.send,
    vote: mesh.ratifications.voteAsPerson,
  }
  const askedSessions: unknown[] = []
  const sessions = new Map<string, SessionShownEntry[]>()
  const dashboard = createDashboard({
    ledger: mesh.ledger,
    changes: mesh.changes,
    now: mesh.now,
    isAlive: mesh.isAlive,
    person,
    page: page ?? { html: "<!doctype html><title>page</title>", css: "a{}", js: "1" },
    directory: "/shop",
    actions,
    readSession: async ({ name }, messages) => {
      askedSessions.push([name, messages])
      const entries = sessions.get(name)
      return entries
        ? { from: "host", missing: null, entries }
        : { from: null, missing: "it has no session yet", entries: [] }
    },
    onError: (error) => void mesh.errors.push(error),
  })
  const { link, port } = await dashboard.start()
  return {
    mesh,
    asked,
    /** What agents' sessions hold, by their names. */
    sessions,
    /** Whose was read, and how many of its messages. */
    askedSessions,
    link,
    port,
    origin: `http://127.0.0.1:${port}`,
    async end() {
      await dashboard.close()
      await mesh.end()
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

let built: Promise<PageFiles> | undefined
/** The page as it is, built once. */
export const currentPage = () => (built ??= buildPage())
