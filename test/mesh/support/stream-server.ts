import { pathOf } from "../../../plugin/mesh/streams/scope.ts"
import type { StreamServer } from "../../../plugin/mesh/streams/streams.ts"

/** Says where a stream would be, and serves none. */
export const createFakeStreamServer = (): StreamServer => ({
  serve: async (scope) => ({
    url: `http://127.0.0.1:4711${pathOf(scope)}?last_event_id=0`,
    tokenFile: "/mesh/streams/1.token",
    stateFile: "/mesh/streams/1.json",
    expiresAt: Date.UTC(2026, 0, 2),
  }),
  close: async () => undefined,
})
