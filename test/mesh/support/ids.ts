import type { NewId } from "../../../plugin/mesh/model/ids.ts"

/** flt_1, hst_1, msg_1, explorer-1: counted, so that a test can name what comes next. */
export const countedIds = (): NewId => {
  const counts = { fleet: 0, host: 0, message: 0, agent: 0, question: 0, grant: 0, nonce: 0 }
  return {
    fleet: () => `flt_${++counts.fleet}`,
    host: () => `hst_${++counts.host}`,
    message: () => `msg_${++counts.message}`,
    agent: (name) => `${name}-${++counts.agent}`,
    question: () => `ask_${++counts.question}`,
    grant: () => `grt_${++counts.grant}`,
    nonce: () => `nonce-${++counts.nonce}`,
  }
}
