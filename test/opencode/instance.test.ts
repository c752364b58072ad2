import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import type { PluginInput } from "@opencode-ai/plugin"
import { session } from "../mesh/support/callers.ts"
import { expectFailure } from "../mesh/support/errors.ts"
import { read } from "../system/event-server/reader.ts"
import { file } from "../mesh/specialists/folders.ts"
import { sessionById } from "../../plugin/mesh/ledger/tables/sessions.ts"
import { type Instance, openInstance } from "../../plugin/opencode/instance.ts"
import { createPlugin } from "../../plugin/opencode/plugin.ts"
import { createFakeSessions } from "./support/fake-sessions.ts"
import { createShared, type Shared } from "../../plugin/opencode/shared.ts"

let root: string
let state: Shared
let errors: unknown[]
let open: Instance[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "meshfleet-instance-"))
  state = createShared()
  errors = []
  open = []
})
afterEach(async () => {
  for (const instance of open) await instance.close()
  expect([state.instances.size, state.ledgers.size]).toEqual([0, 0])
  expect(errors).toEqual([])
  rmSync(root, { recursive: true })
})

/** A project with an agent file of its own, and one that only its OpenCode knows. */
const createProject = (name: string, settings: Record<string, unknown> = {}) => {
  const directory = join(root, name)
  const agent = `helper-${basename(name)}`
  const files = {
    ".git/HEAD": "ref: refs/heads/main\n",
    [`.opencode/agents/${agent}.md`]: file(agent, `Helps in ${name}.`),
    ".opencode/meshfleet.jsonc": JSON.stringify(settings),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  return directory
}

/** An OpenCode that knows one agent in this directory, and none elsewhere. */
const sessionsIn = (directory: string) => {
  const name = `only-${basename(directory)}`
  return {
    ...createFakeSessions(),
    agents: async (asked: string) =>
      asked === directory ? [{ name, mode: "all", permission: [] }] : [],
  }
}

const env = () => ({
  HOME: root,
  XDG_CONFIG_HOME: join(root, "config"),
  MESHFLEET_HOME: join(root, "mesh"),
})

const openIn = async (directory: string) => {
  const instance = await openInstance({
    directory,
    sessions: sessionsIn(directory),
    options: {},
    env: env(),
    home: join(root, "mesh"),
    log: (error) => void errors.push(error),
    pluginFile: "/plugin.js",
    state,
  })
  open.push(instance)
  return instance
}

const run = (
  { meshProcess }: Instance,
  tool: keyof Instance["meshProcess"]["tools"],
  args: object,
) =>
  meshProcess.tools[tool].run(args, session("ses_lead", { directory: root }), {
    signal: new AbortController().signal,
    progress: () => undefined,
  })
const listed = async (instance: Instance) => {
  const { output } = await run(instance, "list_agents", { query: "helper" })
  const { agents } = JSON.parse(output) as { agents: { agent: string }[] }
  return agents.map(({ agent }) => agent).filter((agent) => agent.startsWith("helper-"))
}

test("a project that is closed ends the streams it serves, whose tokens stay good", async () => {
  const instance = await openIn(createProject("p0"))
  const serve = ({ meshProcess }: Instance) =>
    meshProcess.eventServer.serve({ kind: "inbox", recipient: "a-1" })
  const { url, tokenFile } = await serve(instance)
  const token = readFileSync(tokenFile, "utf8").trim()
  const reading = await read(url, { token })
  await instance.close()
  await reading.ended
  expect(reading.named.map(({ event, data }) => [event, data.code])).toEqual([
    ["ready", undefined],
    ["end", "SERVER_CLOSED"],
  ])
  const again = await serve(await openIn(createProject("p1")))
  expect([again.url, again.tokenFile]).toEqual([url, tokenFile])
})

test("what is wrong in the settings is told once to the person, with its place and what holds instead", async () => {
  const directory = createProject("p", { attempts: "many", stall: 5 })
  const inner = createProject("p/inner")
  const toasts: string[] = []
  const toast = Promise.withResolvers<void>()
  const sessions = {
    ...createFakeSessions(),
    toast: async (message: string) => {
      toasts.push(message)
      toast.resolve()
    },
  }
  const load = async (each: string) => {
    const log = (error: unknown) => void (logged = [...logged, String(error)])
    open.push(
      await openInstance({
        directory: each,
        sessions,
        options: {},
        env: env(),
        home: join(root, "mesh"),
        log,
        pluginFile: "/plugin.js",
        state,
      }),
    )
  }
  let logged: string[] = []
  await load(directory)
  // Another directory of the same project reads the same file.
  await load(inner)
  expect(state.told.size).toBe(0)
  for (const instance of open) instance.tellProblems()
  await toast.promise
  const path = join(directory, ".opencode/meshfleet.jsonc")
  expect(toasts).toEqual([
    `Settings:\n${path}: attempts: "many" does not fit (expected number, received string); 3 is used, the default\n${path}: stall: unknown setting; it is ignored. Did you mean stall_ms?`,
  ])
  expect(logged).toHaveLength(4)
  expect([...state.told]).toHaveLength(2)
})

const ten = Array.from({ length: 10 }, (_, index) => `p${index}`)

test.each([
  ["one after the other", ten],
  ["the other way round", ten.toReversed()],
])(
  "ten projects in one process, opened %s, each have agents, settings and sessions of their own, and one ledger",
  async (_, names) => {
    const instances = new Map<string, Instance>()
    for (const name of names) {
      const limit = 1 + ten.indexOf(name)
      instances.set(name, await openIn(createProject(name, { agents_per_fleet: limit })))
    }
    for (const [index, name] of ten.entries()) {
      const instance = instances.get(name)!
      expect(await listed(instance)).toEqual([`helper-${name}`])
      const other = ten[(index + 1) % ten.length]!
      for (const agent of [`helper-${other}`, `only-${other}`]) {
        const agents = [{ role: "R", prompt: "P", agent }]
        const error = await expectFailure(
          () => run(instance, "spawn_fleet", { agents }),
          "UNKNOWN_SPECIALIST",
          agent,
          `only-${name}`,
        )
        expect(error.detail).not.toContain(`only-${other},`)
      }
      const tooMany = Array.from({ length: index + 2 }, () => ({
        role: "R",
        prompt: "P",
        agent: `only-${name}`,
      }))
      await expectFailure(
        () => run(instance, "spawn_fleet", { agents: tooMany }),
        "LIMIT_REACHED",
        String(index + 1),
      )
    }
    expect(state.ledgers.size).toBe(1)
  },
)

test("projects that name the same place share a ledger, and it closes with the last of them", async () => {
  const elsewhere = { ledger: "elsewhere/mesh.db" }
  const [usual, one, two] = [
    await openIn(createProject("usual")),
    await openIn(createProject("one", elsewhere)),
    await openIn(createProject("two", elsewhere)),
  ]
  expect(state.ledgers.size).toBe(2)
  await one.meshProcess.callers.own("ses_one", "/one")
  const known = ({ meshProcess: { ledger } }: Instance) =>
    ledger.read(async (db) => (await sessionById(db, "ses_one"))?.process_start)
  expect(await known(usual)).toBeUndefined()
  expect(await known(two)).toBe(await known(one))
  await one.close()
  await one.close()
  expect(await known(two)).toStartWith("left ")
  await two.close()
  expect(state.ledgers.size).toBe(1)
  await expectFailure(() => known(two), "LEDGER_UNAVAILABLE")
  expect(await known(usual)).toBeUndefined()
})

test("a project that is opened again, also before it was closed, has the plugin again", async () => {
  const directory = createProject("p")
  const before = await openIn(directory)
  await before.meshProcess.callers.own("ses_p", "/p")
  const again = await openIn(directory)
  await before.close()
  expect(await listed(again)).toEqual(["helper-p"])
  await again.meshProcess.callers.own("ses_p", "/p")
  expect(again.meshProcess.callers.ownedSessions()).toEqual(["ses_p"])
})

test("a folder of a project, opened beside it, is of the same project and has its own agents too", async () => {
  const directory = createProject("p")
  const inner = createProject("p/inner")
  rmSync(join(inner, ".git"), { recursive: true })
  const [outside, inside] = [await openIn(directory), await openIn(inner)]
  expect(new Set([...state.instances].map(({ project }) => project)).size).toBe(1)
  expect(await listed(outside)).toEqual(["helper-p"])
  expect((await listed(inside)).toSorted()).toEqual(["helper-inner", "helper-p"])
})

test("all copies of the plugin in one instance are as one, and each instance has one", async () => {
  const directory = createProject("p")
  const inputOf = () => ({ directory, client: { _client: { getConfig: () => ({}) } } })
  const input = inputOf()
  const before = { ...process.env }
  Object.assign(process.env, env())
  try {
    const load = (each: object) => createPlugin("/plugin.js")(each as PluginInput)
    const [first, copy] = await Promise.all([load(input), load(input)])
    expect(Object.keys(copy)).toEqual([])
    const reopened = await load(inputOf())
    await first.dispose!()
    expect(Object.keys(reopened.tool!)).toContain("spawn_fleet")
    await reopened.dispose!()
  } finally {
    process.env = before
  }
})
