import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import type { Mesh } from "./mesh.ts"

/** A page of an inbox with the tool's own default limit. */
export const inboxOf = (
  mesh: Mesh,
  caller: Caller,
  query: { agent_id?: string; since?: string; limit?: number; wait_seconds?: number } = {},
) => mesh.messages.inbox(caller, { limit: 20, ...query })
