import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { diagnose } from "../../../plugin/setup/doctor/doctor.ts"
import type { Patient } from "../../../plugin/setup/doctor/finding.ts"
import { recordLoaded } from "../../../plugin/system/upkeep/loaded-copies.ts"
import { isGone } from "../../../plugin/system/processes.ts"
import { createShell, type Shell } from "../../cli/support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  mkdirSync(join(shell.project, ".git"))
  // A healthy machine: OpenCode 1.18, our entry, nothing to install.
  write("bin/opencode", "", 0o755)
  write("bin/package.json", '{ "name": "opencode-ai", "version": "1.18.33" }')
  write("project/opencode.json", '{ "plugin": ["opencode-meshfleet"] }')
  stub(".config/opencode")
})
afterEach(() => shell.end())

const at = (path: string) => join(shell.folder, path)
const write = (path: string, text: string, mode?: number) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
  if (mode) chmodSync(at(path), mode)
}
const stub = (folder: string) => {
  mkdirSync(at(`${folder}/node_modules`), { recursive: true })
  write(
    `${folder}/package-lock.json`,
    '{"packages": {"": {"dependencies": {"@opencode-ai/plugin": "1"}}}}',
  )
}
const cached = ".cache/opencode/packages/opencode-meshfleet@latest"

const look = async (more: Partial<Patient> = {}) => {
  const found = await diagnose({
    directory: shell.project,
    home: shell.home,
    opencode: at("bin/opencode"),
    version: "0.1.0",
    runtime: { bun: "1.3.14" },
    platform: "linux",
    roster: () => new Set(["code-reviewer"]),
    columns: 200,
    isInteractive: true,
    now: Date.now,
    freeBytes: () => 9e10,
    output: async () => undefined,
    canConnect: async () => true,
    ...more,
    env: { HOME: shell.folder, TERM: "xterm-256color", LANG: "C.UTF-8", ...more.env },
  })
  return found.filter(({ finding }) => finding.state !== "ok")
}

const says = (found: Awaited<ReturnType<typeof look>>) =>
  found.map(({ check, finding }) => [check, finding.state, finding.says])

test("a healthy machine is told so", async () => {
  expect(await look()).toEqual([])
})

interface Illness {
  make?: () => unknown
  more?: () => Partial<Patient>
  check: string
  state?: "warning" | "fault"
  says: string
}

const illnesses: Record<string, Illness> = {
  "no OpenCode": {
    more: () => ({ opencode: "opencode" }),
    check: "opencode",
    says: "OpenCode was not found (opencode).",
  },
  "OpenCode 2": {
    make: () => write("bin/package.json", '{ "name": "opencode-ai", "version": "2.0.1" }'),
    check: "opencode",
    says: "OpenCode 2.0.1 is not supported yet",
  },
  "an old OpenCode that is one file": {
    make: () => write("other/opencode", ""),
    more: () => ({ opencode: at("other/opencode"), output: async () => "1.17.4\n" }),
    check: "opencode",
    says: "OpenCode 1.17.4 is older than 1.18",
  },
  "a newer OpenCode": {
    make: () => write("bin/package.json", '{ "name": "opencode-ai", "version": "1.19.0" }'),
    check: "opencode",
    state: "warning",
    says: "OpenCode 1.19.0 is newer than 1.18",
  },
  "an OpenCode that does not start": {
    make: () => write("other/opencode", ""),
    more: () => ({ opencode: at("other/opencode") }),
    check: "opencode",
    says: "does not say its version",
  },
  "an old Bun": {
    more: () => ({ runtime: { bun: "1.1.30" } }),
    check: "runtime",
    says: "Bun 1.1.30 is too old.",
  },
  Windows: {
    more: () => ({ platform: "win32" }),
    check: "runtime",
    state: "warning",
    says: "Windows",
  },
  "broken JSON": {
    make: () => write("project/.opencode/opencode.jsonc", "{") ?? stub("project/.opencode"),
    check: "configuration",
    says: "opencode.jsonc is not valid JSON",
  },
  "an MCP server of agent-mesh": {
    make: () =>
      write(
        "project/opencode.jsonc",
        '{ "mcp": { "mesh": { "type": "local", "command": ["bunx", "agent-mesh@0.15"] } } }',
      ),
    check: "configuration",
    says: 'starts the MCP server "mesh" of agent-mesh',
  },
  "a setting that is wrong": {
    make: () => write(".config/opencode/meshfleet.jsonc", '{ "max_parallel": "many" }'),
    check: "configuration",
    state: "warning",
    says: "max_parallel",
  },
  "a switch that turns plugins off": {
    more: () => ({ env: { OPENCODE_PURE: "1" } }),
    check: "configuration",
    says: "OPENCODE_PURE is set",
  },
  "specialists in a folder of agents": {
    make: () =>
      write("project/.opencode/agents/engineering/code-reviewer.md", "") ??
      stub("project/.opencode"),
    check: "agents",
    says: "1 of Meshfleet's specialists lie in",
  },
  "no entry": {
    make: () => write("project/opencode.json", "{}"),
    check: "plugin",
    says: "OpenCode is not told to load Meshfleet.",
  },
  "an entry in a list that does not count": {
    make: () => {
      write("project/opencode.json", "{}")
      write(".config/opencode/opencode.json", '{ "plugin": ["opencode-meshfleet"] }')
      write(".config/opencode/opencode.jsonc", '{ "plugin": ["other"] }')
    },
    check: "plugin",
    says: "OpenCode takes the list of",
  },
  "an entry for a file that is gone": {
    make: () => write("project/opencode.json", '{ "plugin": ["./dist/meshfleet.js"] }'),
    check: "plugin",
    says: "dist/meshfleet.js, which is not there",
  },
  "two copies": {
    make: () => write("project/.opencode/plugin/meshfleet.js", "") ?? stub("project/.opencode"),
    check: "plugin",
    state: "warning",
    says: "OpenCode finds Meshfleet in 2 places",
  },
  "another version in OpenCode's cache": {
    make: () => {
      write(`${cached}/node_modules/opencode-meshfleet/dist/meshfleet.js`, "")
      write(
        `${cached}/node_modules/opencode-meshfleet/package.json`,
        '{ "name": "opencode-meshfleet", "version": "0.0.9" }',
      )
    },
    check: "plugin",
    state: "warning",
    says: "in version 0.0.9; this command line is 0.1.0",
  },
  "an install that was cut off": {
    make: () => write(`${cached}/node_modules/opencode-meshfleet/package.json`, "{"),
    check: "plugin",
    says: "is not whole, and it will not try again",
  },
  "two copies in one OpenCode": {
    make: () => {
      for (const file of ["/a/meshfleet.js", "/b/meshfleet.js"])
        recordLoaded(shell.home, { file, directory: shell.project })
    },
    check: "loaded",
    state: "warning",
    says: "has loaded Meshfleet twice",
  },
  "a mesh home that others read": {
    make: () => chmodSync(shell.home, 0o755),
    check: "ledger",
    state: "warning",
    says: "can be read by others (mode 755)",
  },
  "a mesh home that is read-only": {
    make: () => chmodSync(shell.home, 0o500),
    check: "ledger",
    says: "is read-only",
  },
  "a mesh home that is a file": {
    make: () => write("file", ""),
    more: () => ({ home: at("file") }),
    check: "ledger",
    says: "is no folder",
  },
  "a ledger that is none": {
    make: () =>
      write("foreign/mesh.db", "no database at all, but a longer text".repeat(20), 0o600) ??
      chmodSync(at("foreign"), 0o700),
    more: () => ({ home: at("foreign") }),
    check: "ledger",
    says: "The ledger cannot be read",
  },
  "rows that do not fit together": {
    make: async () => {
      await shell.given("flt_1", ["mapper"], { status: "complete", ended_at: 1 })
      await shell.set("mapper-1", { status: "nonsense" as never })
    },
    check: "ledger",
    says: "rows that do not fit together",
  },
  "a full disk": {
    more: () => ({ freeBytes: () => 5e7 }),
    check: "disk",
    says: "48 MB are free",
  },
  "a disk that is nearly full": {
    more: () => ({ freeBytes: () => 5e8 }),
    check: "disk",
    state: "warning",
    says: "477 MB are free",
  },
  "a fleet that nobody supervises": {
    make: () => shell.given("flt_1", ["mapper"]),
    check: "leases",
    says: "Fleet flt_1 (shop) runs, and nobody supervises it: its lease is stale.",
  },
  "a lock that was left": {
    make: () => {
      mkdirSync(join(shell.home, "leases/flt_9.lock"), { recursive: true })
      utimesSync(join(shell.home, "leases/flt_9.lock"), 1, 1)
    },
    check: "leases",
    state: "warning",
    says: "1 locks are left",
  },
  "an install that is blocked": {
    make: () => write("project/.opencode/x.txt", ""),
    more: () => ({ canConnect: async () => false }),
    check: "installs",
    says: "registry.npmjs.org does not answer",
  },
  "a proxy that does not answer": {
    more: () => ({
      env: { HTTPS_PROXY: "http://user:secret@127.0.0.1:9", NO_PROXY: "localhost" },
      canConnect: async () => false,
    }),
    check: "proxies",
    says: "The proxy of HTTPS_PROXY, 127.0.0.1:9, does not answer.",
  },
  "a proxy that is none": {
    more: () => ({ env: { http_proxy: "proxy:3128", no_proxy: "*" } }),
    check: "proxies",
    says: "http_proxy is no address.",
  },
  "a proxy for loopback": {
    more: () => ({ env: { HTTPS_PROXY: "http://127.0.0.1:9" } }),
    check: "proxies",
    state: "warning",
    says: "NO_PROXY does not name loopback",
  },
  "a terminal without abilities": {
    more: () => ({ env: { TERM: "dumb" } }),
    check: "terminal",
    state: "warning",
    says: "TERM is dumb",
  },
  "a terminal without UTF-8": {
    more: () => ({ env: { LANG: "POSIX" } }),
    check: "terminal",
    state: "warning",
    says: "The locale (POSIX) is not UTF-8",
  },
  "a narrow terminal": {
    more: () => ({ columns: 80 }),
    check: "terminal",
    state: "warning",
    says: "80 columns",
  },
}

describe("it is found, alone, and with a fix:", () => {
  for (const [name, { make, more, check, state = "fault", says: text }] of Object.entries(
    illnesses,
  ))
    test(name, async () => {
      await make?.()
      const found = await look(more?.())
      expect(says(found)).toEqual([[check, state, expect.stringContaining(text)]])
      expect(found[0]!.finding.fix).toMatch(/\w{3}/)
      chmodSync(shell.home, 0o700)
    })
})

test("processes of hosts that have ended are found, and ended by the repair", async () => {
  await shell.given("flt_1", [], { status: "complete", ended_at: 1 })
  await shell.hosted("flt_1")
  await shell.ledger.transact((tx) =>
    tx.run("UPDATE hosts SET status = 'ended', ended_at = 1, pid = NULL"),
  )
  const child = spawn("sleep", ["600"], {
    env: { ...process.env, MESHFLEET_HOME: shell.home, MESHFLEET_HOST: "hst_1" },
    stdio: "ignore",
  })
  // One of another mesh home, with a host of the same name.
  const foreign = spawn("sleep", ["600"], {
    env: { ...process.env, MESHFLEET_HOME: "/elsewhere", MESHFLEET_HOST: "hst_1" },
    stdio: "ignore",
  })
  try {
    const ended = new Promise((resolve) => child.once("exit", resolve))
    // The rest of this ledger is no real one's.
    const lookForOrphans = async () => (await look()).filter(({ check }) => check === "orphans")
    const found = await lookForOrphans()
    expect(says(found)).toEqual([
      ["orphans", "fault", `1 processes are left of hosts that have ended: ${child.pid}`],
    ])
    expect(await found[0]!.finding.repair!()).toBe("ended 1 processes")
    await ended
    expect(isGone(foreign.pid!)).toBe(false)
    expect(await lookForOrphans()).toEqual([])
  } finally {
    child.kill("SIGKILL")
    foreign.kill("SIGKILL")
  }
})

test("what can be mended without a loss is mended by --fix, and the exit code says what is left", async () => {
  chmodSync(shell.home, 0o755)
  mkdirSync(join(shell.home, "leases/flt_9.lock"), { recursive: true })
  utimesSync(join(shell.home, "leases/flt_9.lock"), 1, 1)
  write(`${cached}/package.json`, "{}")
  const env = { MESHFLEET_OPENCODE: at("bin/opencode"), NO_PROXY: "localhost" }
  const run = async (...argv: string[]) => {
    const { code, out } = await shell.run(["doctor", "--json", ...argv], { env })
    const { faults, warnings, findings } = JSON.parse(out)
    const fixed = findings.flatMap((each: { fixed?: string }) => each.fixed ?? [])
    return { code, faults, warnings, fixed }
  }
  expect(await run()).toEqual({ code: 1, faults: 1, warnings: 2, fixed: [] })
  expect(await run("--fix")).toEqual({
    code: 0,
    faults: 0,
    warnings: 0,
    fixed: [
      expect.stringContaining("removed"),
      expect.stringContaining("closed"),
      "removed 1 locks",
    ],
  })
  expect(await run()).toEqual({ code: 0, faults: 0, warnings: 0, fixed: [] })
  expect(statSync(shell.home).mode & 0o777).toBe(0o700)
  expect(existsSync(at(cached))).toBe(false)
  // A look changes nothing, and mending is not for agents.
  expect(readFileSync(at("project/opencode.json"), "utf8")).toBe(
    '{ "plugin": ["opencode-meshfleet"] }',
  )
  const agent = await shell.run(["doctor", "--fix"], { insideAgent: true, env })
  expect(agent.err).toContain("[NOT_ALLOWED]")
  const { out } = await shell.run(["doctor"], { env })
  expect(out).toContain("Healthy: nothing is wrong.")
})
