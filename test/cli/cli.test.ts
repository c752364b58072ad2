import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runCli } from "../../plugin/cli/cli.ts"
import { commands } from "../../plugin/cli/registry.ts"
import { createShell, type Shell } from "./support/shell.ts"

let shell: Shell
beforeAll(async () => void (shell = await createShell()))
afterAll(() => shell.end())

describe("a command line that is not understood", () => {
  const cases: [string[], string][] = [
    [
      ["stauts"],
      'Unknown command "stauts"; did you mean status?\nNext: meshfleet help lists the commands.\n',
    ],
    [["dance"], 'Unknown command "dance".\nNext: meshfleet help lists the commands.\n'],
    [["--fast"], "Unknown option --fast.\nNext: meshfleet help lists the commands.\n"],
    [
      ["status", "--josn"],
      'Unknown option --josn for "meshfleet status".\nNext: meshfleet help status\n',
    ],
    [["status", "-j"], 'Unknown option -j for "meshfleet status".\nNext: meshfleet help status\n'],
    [["status", "--json=yes"], "--json takes no value.\nNext: meshfleet help status\n"],
    [
      ["status", "a", "b"],
      'Unexpected argument "b" for "meshfleet status".\nNext: meshfleet help status\n',
    ],
    [
      ["inbox"],
      "Too few arguments: meshfleet inbox <agent> [--fleet id] [--json]\nNext: meshfleet help inbox\n",
    ],
    [["inbox", "a", "--fleet"], "--fleet needs a value: <fleet>.\nNext: meshfleet help inbox\n"],
    [
      ["inbox", "a", "--fleet", "--all"],
      "--fleet needs a value: <fleet>.\nNext: meshfleet help inbox\n",
    ],
    [
      ["inbox", "a", "--fleet="],
      '--fleet must be a non-empty text, not "".\nNext: meshfleet help inbox\n',
    ],
    [
      ["agents", "--limit", "0"],
      '--limit must be a whole number from 1 to 10000, not "0".\nNext: meshfleet help agents\n',
    ],
    [
      ["agents", "--limit", "1e3"],
      '--limit must be a whole number from 1 to 10000, not "1e3".\nNext: meshfleet help agents\n',
    ],
    [
      ["stop", "--mode", "soft"],
      '--mode must be one of wrap_up, cancel, kill, not "soft".\nNext: meshfleet help stop\n',
    ],
    [["agents", "show"], "agents show needs a name.\nNext: meshfleet agents lists the names.\n"],
    [
      ["route"],
      'route needs a description of the task.\nNext: meshfleet route "audit the login for injection"\n',
    ],
    [["call", "fly"], 'Unknown tool "fly".\nNext: Use one of spawn_fleet, attach_agent,'],
    [["call", "list_fleets", "{"], "The arguments are not valid JSON: "],
    [["call", "list_fleets", "[]"], "The arguments are not a JSON object: []\n"],
  ]
  test.each(cases)("%p exits with 2 and says why", async (argv, message) => {
    const { code, out, err } = await shell.run(argv)
    expect(err).toStartWith(message)
    expect(err).toMatch(/^.+\nNext: .+\n$/)
    expect({ code, out }).toEqual({ code: 2, out: "" })
  })
})

test("without arguments, and with --help, the commands are listed", async () => {
  const bare = await shell.run([])
  expect(bare.code).toBe(0)
  for (const { usage, summary } of commands) {
    expect(bare.out).toContain(`meshfleet ${usage[0]}`)
    expect(bare.out).toContain(summary)
  }
  expect(await shell.run(["--help"])).toEqual(bare)
  expect(await shell.run(["help"])).toEqual(bare)
})

test.each(commands.map(({ name }) => name))(
  "the help of %s shows its forms and every option",
  async (name) => {
    const { code, out, err } = await shell.run(["help", name])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    const command = commands.find((each) => each.name === name)!
    for (const usage of command.usage) expect(out).toContain(`  meshfleet ${usage}\n`)
    for (const option of Object.keys(command.options)) expect(out).toContain(`  --${option}`)
    expect((await shell.run([name, "--help"])).out).toBe(out)
  },
)

test("the version names the package's version and what runs it", async () => {
  const { version } = await import("../../package.json")
  const { out } = await shell.run(["version"])
  expect(out).toBe(`meshfleet ${version} (Bun ${process.versions["bun"]})\n`)
  expect((await shell.run(["--version"])).out).toBe(out)
})

test("with --json a failure is a document as well, whatever was not understood", async () => {
  for (const argv of [["stauts"], ["inbox"], ["status", "flt_none"]]) {
    const { code, out, err } = await shell.run([...argv, "--json"])
    const { error } = JSON.parse(out)
    expect(err).toContain(`${error.detail}\nNext: ${error.next}\n`)
    expect(error.code).toBe(code === 2 ? "USAGE" : "UNKNOWN_FLEET")
  }
  expect(JSON.parse((await shell.run(["status", "--help", "--json"])).out).name).toBe("status")
})

test("an expected failure prints its two lines and exits with 1", async () => {
  expect(await shell.run(["status", "flt_none"])).toEqual({
    code: 1,
    out: "",
    err: '[UNKNOWN_FLEET] No fleet "flt_none" in this project.\nNext: meshfleet status lists the fleets of this project.\n',
  })
})

test("a ledger that cannot be opened is an error with a next step", async () => {
  const file = join(shell.folder, "a-file")
  writeFileSync(file, "")
  chmodSync(file, 0o400)
  const { code, err } = await shell.run(["status"], { env: { MESHFLEET_HOME: file } })
  expect(err).toStartWith(`[LEDGER_UNAVAILABLE] The ledger ${file}/mesh.db cannot be opened`)
  expect(code).toBe(1)
})

test("a bad setting is told and the command goes on", async () => {
  const { code, err } = await shell.run(["status"], { env: { MESHFLEET_ATTEMPTS: "many" } })
  expect(err).toStartWith("configuration: environment: attempts: ")
  expect(code).toBe(0)
})

test.each(["call list_fleets", "stop", "supervise"])(
  "%s is refused in a shell of an agent",
  async (line) => {
    expect(await shell.run(line.split(" "), { insideAgent: true })).toEqual({
      code: 1,
      out: "",
      err: "[NOT_ALLOWED] This command is for people, and this shell belongs to an agent of a fleet.\nNext: Use the tools of your session; send_message reaches your lead.\n",
    })
  },
)

const onWindows = async (...argv: string[]) => {
  const said: string[] = []
  const terminal = {
    columns: () => 80,
    write: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
    interrupted: new AbortController().signal,
  }
  const code = await runCli(argv, {
    terminal: terminal as never,
    env: {},
    directory: "C:\\project",
    platform: "win32",
    isInsideAgent: () => false,
    isInsideOpenCode: async () => false,
    isAttended: async () => true,
  })
  return { code, said: said.join("\n") }
}

test("on Windows a command says that it is off there, and what to do", async () => {
  const { code, said } = await onWindows("status")
  expect(code).toBe(1)
  expect(said).toStartWith("[NOT_ALLOWED] Meshfleet is off: fleets need Linux or macOS, because ")
  expect(said).toEndWith("Next: Call it inside WSL 2.")
})

test("on Windows help and version are as everywhere", async () => {
  expect((await onWindows("--version")).said).toMatch(/^meshfleet \d/)
  expect((await onWindows("--help")).code).toBe(0)
})
