import { chmodSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { ownProcess } from "../../../plugin/system/processes.ts"
import { createAskingShell } from "../../cli/support/asking-shell.ts"
import { git } from "../../support/run.ts"

/** A project with a ledger, whose host is this very process, and an OpenCode that only exports. */
export const createFleet = async (names: readonly string[]) => {
  const shell = await createAskingShell()
  const now = () => (shell.clock.at = Date.now())
  now()
  await git(shell.project, "init", "-q")
  const project = realpathSync(join(shell.project, ".git"))
  const exported = join(shell.folder, "export.json")
  const opencode = join(shell.folder, "opencode")
  writeFileSync(opencode, `#!/bin/sh\ncat '${exported}'\n`)
  chmodSync(opencode, 0o755)
  await shell.given("flt_2", names, { name: "crew", project, created_at: Date.now() })
  await shell.ledger.transact(async (tx) => {
    const { pid, process_start } = ownProcess()
    await insertHost(tx, {
      id: "hst_2",
      fleet_id: "flt_2",
      nonce_hash: "x",
      directory: shell.project,
      specialists: "[]",
      created_at: tx.at,
    })
    await tx.run(
      "UPDATE hosts SET status = 'ready', pid = ?, process_start = ?, beat_at = ? WHERE id = 'hst_2'",
      pid,
      process_start,
      Date.now() + 3_600_000,
    )
    await tx.run(
      "UPDATE agents SET status = 'running', host_id = 'hst_2', attempts = 1, started_at = ?, activity = 'thinking' WHERE fleet_id = 'flt_2'",
      Date.now(),
    )
  })
  return {
    ...shell,
    now,
    /** What tells its project. */
    git: project,
    env: {
      HOME: shell.folder,
      MESHFLEET_HOME: shell.home,
      MESHFLEET_OPENCODE: opencode,
      PATH: process.env["PATH"] ?? "",
      TERM: "screen-256color",
    },
    /** What a session holds from now on. */
    session(parts: readonly object[]) {
      const info = { id: "msg_a", role: "assistant", time: { created: Date.now() } }
      const messages = [{ info, parts: parts.map((part, at) => ({ id: `prt_${at}`, ...part })) }]
      writeFileSync(exported, JSON.stringify({ info: {}, messages }))
    },
  }
}
