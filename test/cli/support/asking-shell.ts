import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import type { Asked } from "../../../plugin/mesh/model/question.ts"
import { askPermission, askQuestion } from "../../mesh/support/asked.ts"
import { createShell } from "./shell.ts"

/** A shell in a project where "mapper" runs, and may ask. */
export const createAskingShell = async () => {
  const shell = await createShell()
  await shell.given("flt_1", ["mapper"])
  await shell.set("mapper-1", { status: "running", host_id: "hst_1" })

  const asks = async (asked: Asked) => {
    // One after the other, as they would be asked.
    shell.clock.at = Math.max(Date.now(), shell.clock.at + 1)
    const received = await shell.ledger.transact((tx) =>
      receiveAsk(tx, { agentId: "mapper-1", hostId: "hst_1", deadlineMs: 900_000 }, asked),
    )
    return (received as { waits: string }).waits
  }

  return {
    ...shell,

    /** Asks whether it may push, and answers with the question's id. */
    push: () =>
      asks(
        askPermission("per_1", {
          permission: "bash",
          patterns: ["git push origin main"],
          always: ["git push *"],
          metadata: { command: "git push origin main && \u001b[31mecho done" },
        }),
      ),

    /** Asks for a choice. */
    choose: () =>
      asks(
        askQuestion("que_1", [
          {
            question: "Which database?",
            header: "Database",
            options: [{ label: "Postgres", description: "the one in use" }],
          },
        ]),
      ),

    async question(id: string) {
      const { state, answer, reason } = (await shell.ledger.read((db) => questionById(db, id)))!
      return { state, answer, reason }
    },
  }
}

export type AskingShell = Awaited<ReturnType<typeof createAskingShell>>
