import { toMeshError } from "../../mesh/model/errors.ts"
import { guard } from "./guard.ts"
import type { Answer, Asked, Handler } from "./http.ts"
import { Refusal } from "./refusal.ts"

/** Answers what stands behind the first part of a path; `rest` is what follows it, decoded. */
export type Route = (asked: Asked, rest: string) => Promise<Answer>

export interface HandlerDeps {
  /** By the first part of their paths: "events" serves /events and all below. */
  routes: Readonly<Record<string, Route>>
  /** The same for what acts, by POST. They look themselves at who may. */
  acts?: Readonly<Record<string, Route>>
  /** Where the server listens. */
  port: () => number
  onError: (error: unknown) => void
}

/** From a request to its answer, whatever serves it. Never throws. */
export const createHandler =
  ({ routes, acts = {}, port, onError }: HandlerDeps): Handler =>
  async (asked) => {
    try {
      guard(asked, port())
      const [, first = "", rest = ""] = /^\/([^/]*)\/?(.*)$/.exec(asked.path) ?? []
      const name = decoded(rest)
      const route = routeOf(asked.method, first, routes, acts)
      if (!route || name === undefined)
        throw new Refusal(
          404,
          "NOT_FOUND",
          "There is nothing at this path.",
          `Use the stream_url as it was given; it begins with /${Object.keys(routes).join(" or /")}.`,
        )
      return await route(asked, name)
    } catch (error) {
      if (error instanceof Refusal) return refused(error)
      const { code, detail, next } = toMeshError(error)
      onError(error)
      return code === "INTERNAL"
        ? refused(new Refusal(500, code, "This server failed.", "Its log says why."))
        : refused(new Refusal(503, code, detail, next))
    }
  }

const routeOf = (
  method: string,
  first: string,
  routes: Readonly<Record<string, Route>>,
  acts: Readonly<Record<string, Route>>,
) => {
  const isAct = Object.hasOwn(acts, first)
  const [allowed, table] = isAct ? ["POST", acts] : ["GET", routes]
  if (method !== allowed)
    throw new Refusal(405, `${allowed}_ONLY`, `${method} is not served here.`, `Use ${allowed}.`, {
      allow: allowed,
    })
  return Object.hasOwn(table, first) ? table[first] : undefined
}

const refused = ({ status, code, detail, next, headers }: Refusal): Answer => ({
  status,
  headers: { ...headers, "content-type": "application/json; charset=utf-8" },
  body: `${JSON.stringify({ error: { code, detail, next } })}\n`,
})

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
