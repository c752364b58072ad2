import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { mayRun } from "./may-run.ts"

/** A check is a line in a shell, so it is judged, and asked about, as one that the caller runs itself. */
export const allowCheck = async ({ rights, human }: Caller, check: string) => {
  if (human) return
  const action = rights ? mayRun(rights.rules, check) : "deny"
  if (action === "deny")
    throw new MeshError(
      "NOT_ALLOWED",
      `Your permissions for bash deny the check: ${check}`,
      "Name one that you may run yourself, or leave check out.",
    )
  if (action === "ask") await rights!.ask("bash", [check], { command: check })
}
