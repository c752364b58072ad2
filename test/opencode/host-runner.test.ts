import { expect, test } from "bun:test"
import { insertHost } from "../../plugin/mesh/ledger/tables/hosts.ts"
import { hashNonce } from "../../plugin/mesh/prompts.ts"
import { runnerOf } from "../../plugin/opencode/host-runner.ts"
import { createCourier } from "../../plugin/opencode/process/courier.ts"
import type { SessionProcess } from "../../plugin/opencode/process/session-process.ts"
import type { Shared } from "../../plugin/opencode/shared.ts"
import { createMesh } from "../mesh/support/mesh.ts"
import { createFakeSessions } from "./support/fake-sessions.ts"

const world = async () => {
  const mesh = await createMesh()
  await mesh.given(["a1"])
  await mesh.ledger.transact((tx) =>
    insertHost(tx, {
      id: "hst_1",
      fleet_id: "flt_1",
      nonce_hash: hashNonce("secret"),
      directory: "/shop",
      specialists: "[]",
      created_at: tx.at,
    }),
  )
  const { ledger, changes, now, errors } = mesh
  const sessions = createFakeSessions()
  const onError = (error: unknown) => void errors.push(error)
  const meshProcess = {
    lazyLedger: { ready: async () => ledger },
    ledger,
    changes,
    now,
    courier: createCourier({ ledger, sessions, now, onError }),
    supervisor: { supervise: async () => undefined },
  } as unknown as SessionProcess
  const state: Shared = { directories: new Set(), instances: 2, noticed: false }
  const open = (env: Record<string, string>) =>
    runnerOf({
      state,
      meshProcess,
      config: mesh.config,
      sessions,
      env,
      home: "/none",
      log: onError,
    })
  return { mesh, state, open }
}

test("two directories that a host loads at once have one runner, and so has a third one later", async () => {
  const { mesh, open } = await world()
  const env = { MESHFLEET_HOST: "hst_1", MESHFLEET_NONCE: "secret" }
  const [first, second] = await Promise.all([open(env), open(env)])
  expect(first).toBeDefined()
  expect(second).toBe(first)
  expect(await open(env)).toBe(first)
  first!.close()
  await mesh.end()
})

test("only the ledger's nonce makes a process a host, and only on its own row", async () => {
  const { mesh, state, open } = await world()
  expect(await open({})).toBeUndefined()
  expect(await open({ MESHFLEET_HOST: "hst_1", MESHFLEET_NONCE: "guessed" })).toBeUndefined()
  expect(await open({ MESHFLEET_HOST: "hst_2", MESHFLEET_NONCE: "secret" })).toBeUndefined()
  expect(state.runner).toBeUndefined()
  await mesh.end()
})
