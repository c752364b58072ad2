import { isAlive, ownProcess } from "../../system/processes.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { createCallers } from "./callers.ts"
import { createCourier } from "./courier.ts"
import { createMeshProcess, type MeshProcessDeps } from "./mesh-process.ts"

export interface SessionProcessDeps extends Omit<MeshProcessDeps, "deliveries"> {
  sessions: Pick<Sessions, "prompt" | "messages" | "parentOf">
}

/** A process of the mesh inside OpenCode: it carries mail into sessions, and knows which one calls. */
export const createSessionProcess = (deps: SessionProcessDeps) => {
  const { sessions, onError } = deps
  const { ledger } = deps.lazyLedger
  const courier = createCourier({ ledger, sessions, now: Date.now, onError })
  const callers = createCallers({ ledger, sessions, self: ownProcess(), isAlive })
  return { ...createMeshProcess({ ...deps, deliveries: courier }), courier, callers }
}

export type SessionProcess = ReturnType<typeof createSessionProcess>
