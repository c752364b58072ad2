import type { StreamServer } from "../../mesh/streams/streams.ts"
import type { EventServerDeps } from "./event-server.ts"

/** An event server that is loaded by the first who wants to be served: hardly any process is asked. */
export const createLazyEventServer = (deps: EventServerDeps): StreamServer => {
  let loading: Promise<StreamServer> | undefined
  return {
    async serve(scope) {
      loading ??= import("./event-server.ts").then(({ createEventServer }) =>
        createEventServer(deps),
      )
      return (await loading).serve(scope)
    },
    close: async () => (await loading)?.close(),
  }
}
