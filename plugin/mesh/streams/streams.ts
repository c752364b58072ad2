import { fleetsLedBy, refuseDelegated } from "../access.ts"
import type { Ledger, Query } from "../ledger/port.ts"
import { inboxesOf } from "../mail/inbox.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { leadName } from "../model/message.ts"
import type { StreamScope } from "./scope.ts"

/** A stream that is served, and the token that reads it. */
export interface ServedStream {
  /** It has no token in it, and begins where the ledger stood when it was asked for. */
  url: string
  tokenFile: string
  /** Where the URL is kept up to date. */
  stateFile: string
  expiresAt: number
}

/**
 * Serves streams to readers outside of the mesh.
 *
 * Contract: nothing is started before the first `serve`. Asked again for the same scope, it answers with
 * the same token while that has half of its life left. Streams end with `close`, which is idempotent, and
 * with the process; their tokens stay good, for whichever process serves streams of this ledger next.
 */
export interface StreamServer {
  serve(scope: StreamScope): Promise<ServedStream>
  close(): Promise<void>
}

/** Hands out what reads an inbox from outside. */
export const createStreams = ({
  ledger,
  server,
}: {
  ledger: Pick<Ledger, "read">
  server: StreamServer
}) => ({
  async subscribeInbox(caller: Caller, agentId: string | undefined) {
    const scope = await ledger.read((db) => inboxOf(db, caller, agentId))
    const { url, tokenFile, stateFile, expiresAt } = await server.serve(scope)
    return {
      stream_url: url,
      token_file: tokenFile,
      expires_at: isoTime(expiresAt),
      instructions: instructionsFor(url, tokenFile, stateFile),
    }
  },
})

export type Streams = ReturnType<typeof createStreams>

const inboxOf = async (
  db: Query,
  caller: Caller,
  agentId: string | undefined,
): Promise<StreamScope> => {
  refuseDelegated(caller, "hand out streams")
  if (caller.human)
    throw new MeshError(
      "NOT_ALLOWED",
      "This process ends with the call, and a stream would end with it.",
      "Run meshfleet stream <agent>: it serves the inbox until Ctrl-C.",
    )
  if (caller.member || (agentId !== undefined && agentId !== leadName)) {
    const [recipient] = await inboxesOf(db, caller, agentId)
    return { kind: "inbox", recipient: recipient! }
  }
  if ((await fleetsLedBy(db, caller)).length === 0)
    throw new MeshError(
      "NO_FLEET",
      "This session leads no fleet, so it has no inbox.",
      "Call spawn_fleet first.",
    )
  return { kind: "lead", session: caller.sessionId }
}

/** A command that reads a stream. The token is in nobody's arguments, and no proxy is told it. */
export const curlFor = (url: string, tokenFile: string) =>
  `printf 'header = "Authorization: Bearer %s"' "$(cat ${quoted(tokenFile)})" | curl -sN --noproxy '*' -K - ${quoted(url)}`

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

const instructionsFor = (url: string, tokenFile: string, stateFile: string) =>
  `For a program outside: ${curlFor(url, tokenFile)} — each event is one message, its id resumes by Last-Event-ID. ` +
  `The stream ends with this OpenCode. Call subscribe_inbox again after a restart: the same token reads on, at the stream_url in ${stateFile}.`
