import { expect, test } from "bun:test"
import {
  attachArgs,
  attachEnvironment,
  hostAddressOf,
} from "../../../plugin/opencode/api/session-logs.ts"

const host = { url: "http://127.0.0.1:4711", password: "secret" }
const session = { id: "ses_1", directory: "/project" }

test("a host's address is in what it was started with, and nowhere else", () => {
  const command = ["opencode", "serve", "--port", "4711"]
  const environment = ["HOME=/home", "OPENCODE_SERVER_PASSWORD=secret"]
  expect(hostAddressOf({ command, environment })).toEqual(host)
  expect(hostAddressOf({ command, environment: [] })).toBeUndefined()
  expect(hostAddressOf({ command: ["opencode"], environment })).toBeUndefined()
})

test("a session is opened in its host, whose password is in no argument, past a proxy", () => {
  const args = attachArgs(session, host)
  expect(args).toEqual(["attach", host.url, "--session", "ses_1", "--dir", "/project"])
  const env = { HTTPS_PROXY: "http://proxy:1", NO_PROXY: "intern", MESHFLEET_AGENT: "mapper-1" }
  expect(attachEnvironment(env, "/project", host)).toEqual({
    HTTPS_PROXY: "http://proxy:1",
    NO_PROXY: "intern,127.0.0.1:4711,localhost:4711,[::1]:4711",
    no_proxy: "intern,127.0.0.1:4711,localhost:4711,[::1]:4711",
    PWD: "/project",
    npm_config_offline: "true",
    OPENCODE_SERVER_PASSWORD: "secret",
    OPENCODE_SERVER_USERNAME: "opencode",
  })
})

test("without a host it is opened where it is stored, and no screen waits for a registry", () => {
  expect(attachArgs(session, undefined)).toEqual(["/project", "--session", "ses_1"])
  expect(attachEnvironment({ HOME: "/home" }, "/project", undefined)).toEqual({
    HOME: "/home",
    PWD: "/project",
    npm_config_offline: "true",
  })
})
