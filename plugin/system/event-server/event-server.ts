import { pathOf, type StreamScope } from "../../mesh/streams/scope.ts"
import type { ServedStream, StreamServer } from "../../mesh/streams/streams.ts"
import type { ProcessIdentity } from "../processes.ts"
import { createHandler, type Route } from "./handler.ts"
import { type Listener, listen } from "./listen.ts"
import { createStreamRoutes, sourceOf, type RoutesDeps } from "./routes.ts"
import type { Pace } from "./subscriber.ts"
import { createTokens } from "./tokens.ts"

export interface EventServerDeps extends Pick<RoutesDeps, "ledger" | "changes" | "now"> {
  /** Of the tokens. */
  folder: string
  /** The ledger's name, without a password: a token is good for one ledger. */
  place: string
  lifetimeMs: number
  self: ProcessIdentity
  isAlive: (process: ProcessIdentity) => boolean
  onError: (error: unknown) => void
  mostSubscribers?: number
  pace?: Partial<Pace>
  /** What else is served, by the first part of its path. */
  routes?: Readonly<Record<string, Route>>
}

/** Each holds a connection and at most some 100 KB; twice what one fleet of 64 agents needs. */
const mostSubscribers = 128

const usualPace: Pace = {
  // Soon enough for a person who watches, and no load while no server is there.
  retryMs: 1000,
  // Proxies and clients commonly give a silent connection up after 30 s or more.
  keepAliveMs: 15_000,
  patienceMs: 10_000,
}

/** Serves the streams of one ledger on a port of loopback, from the first `serve` on. */
export const createEventServer = (deps: EventServerDeps): StreamServer => {
  const { folder, place, lifetimeMs, now, self, isAlive, onError } = deps
  const tokens = createTokens({ folder, ledger: place, lifetimeMs, now })
  let starting: Promise<Listener> | undefined
  let closed = false
  let port = 0

  const start = async () => {
    const streams = createStreamRoutes({
      mostSubscribers,
      ...deps,
      tokens,
      pace: { ...usualPace, ...deps.pace },
    })
    const handler = createHandler({
      routes: { ...deps.routes, ...streams },
      port: () => port,
      onError,
    })
    const listener = await listen(handler, portsOf(orphans()), onError)
    port = listener.port
    return listener
  }
  const orphans = () => tokens.valid().filter(({ server }) => !server || !isAlive(server))
  /** Whoever held one of these connects again, here or where its file says. */
  const adoptOrphans = () => {
    for (const token of orphans()) tokens.write({ ...token, url: urlOf(token.scope), server: self })
  }
  const urlOf = (scope: StreamScope) => `http://127.0.0.1:${port}${pathOf(scope)}`

  return {
    async serve(scope): Promise<ServedStream> {
      if (closed) throw new Error("the event server is closed")
      await (starting ??= start().catch((error: unknown) => {
        starting = undefined
        throw error
      }))
      adoptOrphans()
      const newest = await deps.ledger.read(sourceOf(scope).newest)
      const url = urlOf(scope)
      const token = tokens.ofScope(scope, url, self)
      return {
        url: `${url}?last_event_id=${newest}`,
        tokenFile: tokens.secretFile(token.id),
        stateFile: tokens.stateFile(token.id),
        expiresAt: token.expiresAt,
      }
    },
    async close() {
      closed = true
      const listener = await starting?.catch(() => undefined)
      if (!listener) return
      for (const token of tokens.valid())
        if (isSame(token.server, self) && portOf(token.url) === port)
          tokens.write({ ...token, server: null })
      await listener.close()
    },
  }
}

/** The newest first: where most readers still look. */
const portsOf = (tokens: readonly { url: string }[]) => [
  ...new Set(
    tokens
      .map(({ url }) => portOf(url))
      .filter((port) => port > 0)
      .toReversed(),
  ),
]

const portOf = (url: string) => (URL.canParse(url) ? Number(new URL(url).port) : 0)

const isSame = (a: ProcessIdentity | null, b: ProcessIdentity) =>
  a?.pid === b.pid && a.process_start === b.process_start
