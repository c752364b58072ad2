import { errorText } from "../../plugin/mesh/model/errors.ts"
import type { Loops } from "./session-loop.ts"
import type { Part, Store } from "./store.ts"

interface Request {
  url: string
  path?: { id?: string }
  query?: { limit?: number }
  body?: any
}

/** The calls that plugin/opencode/api/sessions.ts makes, answered by the stand-in itself. */
export const createClient = (store: Store, loops: Loops) => {
  const known = (id: string | undefined) => {
    const session = store.session(id ?? "")
    if (!session) throw new Error(`no session ${id}`)
    return {
      id: session.id,
      permission: JSON.parse(session.permission) as object[],
      ...(session.parent && { parentID: session.parent }),
    }
  }
  const answers: Record<string, (request: Request) => unknown> = {
    "post /session": ({ body }) => ({
      id: store.createSession(body.title, body.parentID, body.permission ?? []),
    }),
    "patch /session/{id}": ({ path, body }) => {
      const { id, permission } = known(path?.id)
      store.setPermission(id, [...permission, ...body.permission])
      return known(id)
    },
    "get /session/{id}": ({ path }) => known(path?.id),
    "get /session/status": () =>
      Object.fromEntries(loops.busySessions().map((id) => [id, { type: "busy" }])),
    "post /session/{id}/prompt_async": ({ path, body }) => {
      loops.prompt(known(path?.id).id, body.agent, body.parts as Partial<Part>[])
      return {}
    },
    "post /session/{id}/abort": ({ path }) => loops.abort(path!.id!),
    "get /session/{id}/message": ({ path, query }) =>
      store.messages(known(path?.id).id, query?.limit),
    "get /agent": () => [
      {
        name: "build",
        mode: "primary",
        permission: [{ permission: "*", pattern: "*", action: "allow" }],
      },
    ],
    "get /config/providers": () => ({ providers: [{ id: "fake", models: { m1: {} } }] }),
    "post /tui/show-toast": () => ({}),
  }
  const call = (method: "get" | "post" | "patch") => async (request: Request) => {
    try {
      const answer = answers[`${method} ${request.url}`]
      if (!answer) throw new Error(`the stand-in has no ${method} ${request.url}`)
      return { data: await answer(request) }
    } catch (error) {
      return { error: errorText(error) }
    }
  }
  return { _client: { get: call("get"), post: call("post"), patch: call("patch") } }
}
