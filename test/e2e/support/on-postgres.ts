import { expect, test } from "bun:test"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { postgresOrTold } from "../../support/postgres.ts"

const root = join(import.meta.dirname, "../../..")

/** The story of that file (from test/e2e) once more: only where the ledger is kept differs. */
export const tellOnPostgres = async (file: string, env: Readonly<Record<string, string>> = {}) => {
  const server = await postgresOrTold(file)
  if (!server) return
  test("with the ledger in Postgres the story holds", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["test", "--timeout", "180000", join("test/e2e", file)],
      {
        cwd: root,
        encoding: "utf8",
        env: {
          ...process.env,
          ...env,
          MESHFLEET_TEST_LEDGER: "postgres",
          MESHFLEET_TEST_POSTGRES: server,
        },
      },
    )
    expect(stderr).toContain(" 0 fail")
    expect(stderr).not.toContain(" 0 pass")
    expect(status).toBe(0)
  })
}
