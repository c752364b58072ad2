import { expect, test } from "bun:test"
import { insertHost } from "../../plugin/mesh/ledger/tables/hosts.ts"
import { hashNonce } from "../../plugin/mesh/prompts.ts"
import { hostOf } from "../../plugin/opencode/host-runner.ts"
import { createCourier } from "../../plugin/opencode/process/courier.ts"
import type { SessionProcess } from "../../plugin/opencode/process/session-process.ts"
import { createShared } from "../../plugin/opencode/shared.ts"
import { alwaysAwake } from "../mesh/support/awake.ts"
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
    courier: createCourier({ ledger, sessions, exchanges: mesh.exchanges, now, onError }),
    exchanges: mesh.exchanges,
    wakefulness: alwaysAwake,
    supervisor: { supervise: async () => undefined },
    callers: { serveAsHost: () => undefined },
  } as unknown as SessionProcess
  const state = createShared()
  let opened = 0
  const open = (env: Record<string, string>) =>
    hostOf({
      state,
      openMeshProcess: () => (opened++, meshProcess),
      config: mesh.config,
      sessions,
      env,
      home: "/none",
      log: onError,
    })
  return { mesh, state, open, opened: () => opened }
}

test("two directories that a host loads at once have one runner and one mesh process, and so has a third one later", async () => {
  const { mesh, open, opened } = await world()
  const env = { MESHFLEET_HOST: "hst_1", MESHFLEET_NONCE: "secret" }
  const [first, second] = await Promise.all([open(env), open(env)])
  expect(first).toBeDefined()
  expect(second).toBe(first)
  expect(await open(env)).toBe(first)
  expect(opened()).toBe(1)
  first!.runner.close()
  await mesh.end()
})

test("only the ledger's nonce makes a process a host, and only on its own row", async () => {
  const { mesh, state, open } = await world()
  expect(await open({})).toBeUndefined()
  expect(await open({ MESHFLEET_HOST: "hst_1", MESHFLEET_NONCE: "guessed" })).toBeUndefined()
  expect(await open({ MESHFLEET_HOST: "hst_2", MESHFLEET_NONCE: "secret" })).toBeUndefined()
  expect(state.host).toBeUndefined()
  await mesh.end()
})
