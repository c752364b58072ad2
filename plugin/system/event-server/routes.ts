import { createFeed, type Feed, type FeedDeps } from "../../mesh/streams/feed.ts"
import { eventJson, historyOf } from "../../mesh/streams/history.ts"
import { mailOf } from "../../mesh/streams/mail-source.ts"
import { keyOf, pathOf, type StreamScope } from "../../mesh/streams/scope.ts"
import { mapSource, type Source } from "../../mesh/streams/source.ts"
import { renderFrame } from "./frames.ts"
import type { Route } from "./handler.ts"
import type { Asked } from "./http.ts"
import { positionOf } from "./position.ts"
import { Refusal } from "./refusal.ts"
import { type Framed, type Pace, serveSubscriber } from "./subscriber.ts"
import type { StreamToken, Tokens } from "./tokens.ts"

export interface RoutesDeps extends Omit<FeedDeps<Framed>, "source"> {
  tokens: Pick<Tokens, "check">
  now: () => number
  mostSubscribers: number
  pace: Pace
  onError: (error: unknown) => void
}

/** The streams of a server: the history of a project, and inboxes. */
export const createStreamRoutes = (deps: RoutesDeps) => {
  const { ledger, changes, tokens, now, mostSubscribers, pace, onError } = deps
  let subscribers = 0
  const feeds = new Map<string, { feed: Feed<Framed>; readers: number }>()

  /** All readers of a scope share its feed, for as long as there are any. */
  const joinFeed = (scope: StreamScope) => {
    const key = keyOf(scope)
    const shared = feeds.get(key) ?? {
      feed: createFeed({ ledger, changes, source: sourceOf(scope) }),
      readers: 0,
    }
    feeds.set(key, shared)
    shared.readers++
    subscribers++
    const leave = () => {
      subscribers--
      if (--shared.readers === 0) feeds.delete(key)
    }
    return { feed: shared.feed, leave }
  }

  const stream: Route = async (asked) => {
    const token = requireToken(tokens, asked)
    if (asked.path !== pathOf(token.scope))
      throw new Refusal(
        403,
        "OTHER_STREAM",
        "This token reads another stream.",
        "Use the token with the stream_url that it was given with.",
      )
    if (subscribers >= mostSubscribers)
      throw new Refusal(
        503,
        "TOO_MANY_SUBSCRIBERS",
        `This server has its ${mostSubscribers} subscribers.`,
        "Try again when one of them has left.",
        { "retry-after": "5" },
      )
    const { feed, leave } = joinFeed(token.scope)
    try {
      const after = positionOf(asked, await feed.newest())
      return {
        status: 200,
        headers: { "content-type": "text/event-stream; charset=utf-8" },
        async body(sink) {
          const lifeMs = token.expiresAt - now()
          try {
            await serveSubscriber({ feed, after, sink, lifeMs, pace, onError })
          } finally {
            leave()
          }
        },
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  return { events: stream, inbox: stream } satisfies Record<string, Route>
}

/** What a scope is read from, as events of a stream. */
export const sourceOf = (scope: StreamScope): Source<Framed> =>
  scope.kind === "project"
    ? mapSource(historyOf(scope.project), (event) => ({
        seq: event.seq,
        text: renderFrame({ id: event.seq, data: eventJson(event) }),
      }))
    : mapSource(mailOf(scope), ({ seq, message }) => ({
        seq,
        text: renderFrame({ id: seq, data: message }),
      }))

/** In a header, or in the query for clients that send no headers of their own. */
export const requireToken = (
  tokens: Pick<Tokens, "check">,
  { header, query }: Asked,
): StreamToken => {
  const given = /^Bearer +(\S+)$/i.exec(header("authorization") ?? "")?.[1] ?? query.get("token")
  const found = given ? tokens.check(given) : "unknown"
  if (typeof found === "object") return found
  const challenge = { "www-authenticate": "Bearer" }
  if (found === "expired")
    throw new Refusal(
      401,
      "TOKEN_EXPIRED",
      "This token has expired.",
      "Ask for a new one with subscribe_inbox or meshfleet stream.",
      challenge,
    )
  throw new Refusal(
    401,
    "UNAUTHORIZED",
    given ? "This token is not known here." : "There is no token.",
    "Send what stands in the token_file as Authorization: Bearer <token>.",
    challenge,
  )
}
