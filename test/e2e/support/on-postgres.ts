import { expect, test } from "bun:test"
import { join } from "node:path"
import { endProcesses, markedProcesses } from "../../../plugin/system/processes.ts"
import { postgresOrTold } from "../../support/postgres.ts"
import { run } from "../../support/run.ts"

const root = join(import.meta.dirname, "../../..")

/** The story of that file (from test/e2e) once more: only where the ledger is kept differs. */
export const tellOnPostgres = async (file: string, env: Readonly<Record<string, string>> = {}) => {
  const server = await postgresOrTold(file)
  if (!server) return
  test("with the ledger in Postgres the story holds", async () => {
    const driver = `postgres-${file}-${process.pid}`
    try {
      const { status, stderr } = await run(
        process.execPath,
        ["test", "--timeout", "360000", join("test/e2e", file)],
        {
          cwd: root,
          // What it wrote is told before the time of this test is up.
          timeoutMs: 400_000,
          env: {
            ...process.env,
            ...env,
            MESHFLEET_DRIVER: driver,
            MESHFLEET_TEST_LEDGER: "postgres",
            MESHFLEET_TEST_POSTGRES: server,
          },
        },
      )
      expect(stderr).toContain(" 0 fail")
      expect(stderr).not.toContain(" 0 pass")
      expect(status).toBe(0)
    } finally {
      // A story that is killed for its time leaves its world.
      await endProcesses(() => markedProcesses([`MESHFLEET_DRIVER=${driver}`]), 0)
    }
  })
}
