import type { Ledger } from "../mesh/ledger/ledger.ts"
import type { AgentRow } from "../mesh/ledger/tables/rows.ts"
import { MeshError, toMeshError } from "../mesh/model/errors.ts"
import { agentById } from "../mesh/ledger/tables/agents.ts"
import { type Caller, personIn } from "../mesh/model/caller.ts"
import { agentDetail } from "../mesh/views/agent-detail.ts"
import { projectOfSubject, type Subject } from "../mesh/views/projects-shown.ts"
import type { SessionShown } from "../mesh/views/shown.ts"
import { createHandler, type Route } from "../system/event-server/handler.ts"
import type { Answer, Asked } from "../system/event-server/http.ts"
import { type Listener, listen } from "../system/event-server/listen.ts"
import { type Actions, answerJson, createActions } from "./actions.ts"
import { createEntrance } from "./entrance.ts"
import { createLive, type LiveDeps } from "./live.ts"
import type { PageFiles } from "./page-files.ts"

export interface DashboardDeps extends Omit<LiveDeps, "ledger" | "project"> {
  ledger: Pick<Ledger, "read">
  person: Caller
  page: PageFiles
  /** Shown in the page: where the fleets work. */
  directory: string
  actions: Actions
  /** An agent's session: so many of its newest messages. Never rejects for what it cannot read. */
  readSession(agent: AgentRow, messages: number): Promise<SessionShown>
}

/** Nothing but our own files, nothing inline, in no frame, and nothing is sent anywhere else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const strict = {
  "content-security-policy": policy,
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

/** Of a session: at first, and then while it goes on. */
const allMessages = 300
const newestMessages = 12

/** The page of a ledger on a port of loopback, for the person who started it. */
export const createDashboard = (deps: DashboardDeps) => {
  const { ledger, person, page, onError } = deps
  let listener: Listener | undefined
  const port = () => listener?.port ?? 0
  const entrance = createEntrance(port)
  const live = createLive({ ...deps, project: person.project })
  /** A person is the same in every project of a ledger, as in a shell of its folder. */
  const personAt = async (subject: Subject) => {
    const project = await ledger.read((db) => projectOfSubject(db, subject))
    if (project === undefined || project === person.project) return person
    const { agent, model } = person
    return personIn(project, project.replace(/\/\.git$/, ""), { agent, model })
  }
  const act = createActions({ actions: deps.actions, personAt, onError })

  const file =
    (type: string, body: string): Route =>
    async (asked) => {
      entrance.requireLooker(asked)
      return { status: 200, headers: { "content-type": `${type}; charset=utf-8` }, body }
    }

  const home: Route = async (asked) => {
    const entered = entrance.enter(asked)
    if (entered) return { status: 303, headers: entered, body: "" }
    if (!entrance.hasCookie(asked)) return uninvited
    // A link that was used before, in a browser that is in already.
    if (asked.query.has("token")) return { status: 303, headers: { location: "/" }, body: "" }
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page.html }
  }

  /** What is read of one agent, or what it says when that is not there. */
  const ofAgent =
    (look: (id: string, asked: Asked) => Promise<unknown>): Route =>
    async (asked, id) => {
      entrance.requireLooker(asked)
      try {
        return answerJson(200, await look(id, asked))
      } catch (error) {
        const { code, detail, next } = toMeshError(error)
        if (!code.startsWith("UNKNOWN_")) throw error
        return answerJson(404, { error: { code, detail, next } })
      }
    }

  const agent = ofAgent(async (id) => {
    const caller = await personAt({ kind: "agent", id })
    return ledger.read((db) => agentDetail(db, caller, id))
  })

  const session = ofAgent(async (id, { query }) => {
    const row = await ledger.read((db) => agentById(db, id))
    if (!row)
      throw new MeshError(
        "UNKNOWN_AGENT",
        `No agent "${id}".`,
        "meshfleet status shows who is there.",
      )
    return deps.readSession(row, query.get("part") === "newest" ? newestMessages : allMessages)
  })

  const handler = createHandler({
    routes: secured({
      "": home,
      "app.js": file("text/javascript", page.js),
      "app.css": file("text/css", page.css),
      project: async (asked) => {
        entrance.requireLooker(asked)
        return answerJson(200, { directory: deps.directory, project: person.project })
      },
      live: async (asked) => {
        entrance.requireLooker(asked)
        return live(asked)
      },
      agent,
      session,
    }),
    acts: secured({
      do: async (asked, name) => {
        entrance.requireActor(asked)
        return act(asked, name)
      },
    }),
    port,
    onError,
  })

  return {
    /** Listens on this port, or on any free one, and answers with the link that lets one browser in. */
    async start(wanted = 0) {
      listener ??= await listen(handler, wanted === 0 ? [] : [wanted], onError)
      return { link: entrance.link(), port: listener.port }
    },
    close: async () => listener?.close(),
  }
}

const secured = (routes: Readonly<Record<string, Route>>): Record<string, Route> =>
  Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      async (asked, rest): Promise<Answer> => {
        const answer = await route(asked, rest)
        return { ...answer, headers: { ...strict, ...answer.headers } }
      },
    ]),
  )

const uninvited: Answer = {
  status: 401,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "This browser has not come by the link of meshfleet dashboard, or the link was used before.\nRun meshfleet dashboard again and open its link: it works once.\n",
}
