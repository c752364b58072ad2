import { expect, test } from "bun:test"
import {
  childEnvironment,
  hostEnvironment,
  userEnvironment,
} from "../../plugin/system/mesh-environment.ts"

const users = { PATH: "/bin", NO_PROXY: "a.example", OPENCODE_CONFIG_DIR: "/conf" }
const ours = {
  NO_PROXY: "a.example,127.0.0.1:4100",
  no_proxy: "a.example,127.0.0.1:4100",
  npm_config_offline: "true",
}

test("a host that starts a host gives it what its user had, not its own", () => {
  const first = hostEnvironment({ ...users, MESHFLEET_AGENT: "a", OPENCODE_PID: "1" }, ours)
  expect(first).toMatchObject({ ...users, ...ours })
  expect(first).not.toHaveProperty("OPENCODE_PID")
  expect(userEnvironment(first)).toEqual(users)
  const second = hostEnvironment(first, { npm_config_offline: "true" })
  expect(second).toEqual({
    ...users,
    npm_config_offline: "true",
    MESHFLEET_BEFORE: first["MESHFLEET_BEFORE"]!,
  })
})

test("an agent's children have what the user had, and none of the host's secrets", () => {
  const host = hostEnvironment(users, { ...ours, OPENCODE_SERVER_PASSWORD: "secret" })
  // As the host has it once it has started.
  delete host["npm_config_offline"]
  const child = childEnvironment("/mesh", { id: "ada-1", fleetId: "flt_1" }, host)
  expect(child).toMatchObject({
    NO_PROXY: "a.example",
    no_proxy: "",
    OPENCODE_SERVER_PASSWORD: "",
    MESHFLEET_BEFORE: "",
    MESHFLEET_AGENT: "ada-1",
    MESHFLEET_FLEET: "flt_1",
  })
  expect(child).not.toHaveProperty("npm_config_offline")
  expect(child).not.toHaveProperty("OPENCODE_CONFIG_DIR")
})

test("a process that is no host has nothing to give back", () => {
  expect(userEnvironment({ ...users, MESHFLEET_BEFORE: "" })).toEqual(users)
  expect(userEnvironment({ ...users, MESHFLEET_BEFORE: "{" })).toEqual(users)
})

test("a child of an agent knows its agent and fleet, and none of its host's secrets", () => {
  const env = childEnvironment("/mesh", { id: "ada-1", fleetId: "flt_1" }, {})
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
  childEnvironment("/home", { id: "a1", fleetId: "flt_1" }, { MESHFLEET_LEDGER: place })[
    "MESHFLEET_LEDGER"
  ]

test("an agent's shell learns where the ledger is, and not its password", () => {
  expect(ledgerFor("postgres://me:secret@db/mesh")).toBe("postgres://me@db/mesh")
  expect(ledgerFor("postgres://db/mesh?user=me&password=secret")).toBe("postgres://db/mesh?user=me")
  // Nothing has to be changed.
  expect(ledgerFor("/data/mesh.db")).toBeUndefined()
  expect(ledgerFor(undefined)).toBeUndefined()
})
