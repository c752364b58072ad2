import { isAlive, ownProcess } from "../../system/processes.ts"
import { createExchanges } from "../../mesh/mail/exchanges.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { createCallers } from "./callers.ts"
import { createCourier } from "./courier.ts"
import { createMeshProcess, type MeshProcessDeps } from "./mesh-process.ts"

export interface SessionProcessDeps extends Omit<MeshProcessDeps, "deliveries" | "exchanges"> {
  sessions: Pick<Sessions, "prompt" | "messages" | "parentOf">
  /** Which of this process's instances prompts a session. */
  owners: Map<string, object>
}

/** A process of the mesh inside OpenCode: it carries mail into sessions, and knows which one calls. */
export const createSessionProcess = (deps: SessionProcessDeps) => {
  const { sessions, owners, onError } = deps
  const { ledger } = deps.lazyLedger
  const exchanges = createExchanges()
  const courier = createCourier({ ledger, sessions, exchanges, now: Date.now, onError })
  const { isInsideAgent } = deps
  const self = ownProcess()
  const callers = createCallers({ ledger, sessions, self, isAlive, isInsideAgent, owners })
  const meshProcess = createMeshProcess({ ...deps, deliveries: courier, exchanges })
  return { ...meshProcess, courier, callers, exchanges }
}

export type SessionProcess = ReturnType<typeof createSessionProcess>
