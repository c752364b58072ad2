import { expect, test } from "bun:test"
import { childEnvironment } from "../../plugin/system/mesh-environment.ts"

test("a child of an agent knows its agent and fleet, and none of its host's secrets", () => {
  const env = childEnvironment("/mesh", { id: "ada-1", fleetId: "flt_1" }, undefined)
  expect(env).toMatchObject({
    MESHFLEET_HOME: "/mesh",
    MESHFLEET_AGENT: "ada-1",
    MESHFLEET_FLEET: "flt_1",
  })
  // An empty value hides what the process of the host has; leaving it out would not.
  for (const name of [
    "OPENCODE_SERVER_PASSWORD",
    "OPENCODE_SERVER_USERNAME",
    "OPENCODE_CONFIG_CONTENT",
    "MESHFLEET_NONCE",
    "MESHFLEET_HOST",
    "MESHFLEET_ROLE",
  ])
    expect(env[name]).toBe("")
})

const ledgerFor = (place: string | undefined) =>
  childEnvironment("/home", { id: "a1", fleetId: "flt_1" }, place)["MESHFLEET_LEDGER"]

test("an agent's shell learns where the ledger is, and not its password", () => {
  expect(ledgerFor("postgres://me:secret@db/mesh")).toBe("postgres://me@db/mesh")
  expect(ledgerFor("postgres://db/mesh?user=me&password=secret")).toBe("postgres://db/mesh?user=me")
  // Nothing has to be changed.
  expect(ledgerFor("/data/mesh.db")).toBeUndefined()
  expect(ledgerFor(undefined)).toBeUndefined()
})
