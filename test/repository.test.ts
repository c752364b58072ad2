import { gunzipSync } from "node:zlib"
import { migrations } from "../plugin/mesh/ledger/migrations.ts"
import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, join, relative, resolve } from "node:path"
import { errorCodes } from "../plugin/mesh/model/errors.ts"
import { toolNames } from "../plugin/tools/registry.ts"

const root = join(import.meta.dirname, "..")
const filesIn = (folder: string, ...endings: string[]): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter(
          (path) =>
            !path.includes("node_modules") && endings.some((ending) => path.endsWith(ending)),
        )
        .map((path) => join(folder, path))
        .toSorted()
    : []
const read = (path: string) => readFileSync(join(root, path), "utf8")
const isFolder = (path: string) => statSync(join(root, path)).isDirectory()
const sources = filesIn("plugin", ".ts", ".tsx")
const tests = filesIn("test", ".test.ts")
const ownCode = [
  ...sources,
  ...["test", "scripts", "scripted-model", "bench", "demo", "bin"].flatMap((folder) =>
    filesIn(folder, ".ts", ".mjs"),
  ),
]
const kebab = (name: string) => name.replaceAll("_", "-")

describe("every tool", () => {
  test("has its file and its description beside it, and nothing else lies there", () => {
    const descriptions = filesIn("plugin/tools", ".md")
    expect(descriptions.map((path) => basename(path, ".md")).toSorted()).toEqual(
      toolNames.map(kebab).toSorted(),
    )
    for (const path of descriptions) {
      expect(existsSync(join(root, path.replace(/\.md$/, ".ts")))).toBe(true)
      expect(read(path).trim().length).toBeGreaterThan(15)
    }
  })

  test("that a next step names exists", () => {
    // Words in the form of a tool's name that are arguments or message types.
    const fields = new Set([
      "request_help",
      "fleet_id",
      "agent_id",
      "agent_ids",
      "wait_seconds",
      "task_id",
    ])
    const steps = sources.flatMap((path) =>
      [...read(path).matchAll(/new MeshError\((?:[^()]|\([^()]*\))*\)/g)].map(([call]) => ({
        path,
        step: [...call.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g)].at(-1)?.[0] ?? "",
      })),
    )
    expect(steps.length).toBeGreaterThan(30)
    const unknown = steps.flatMap(({ path, step }) =>
      [...step.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)]
        .map(([name]) => name)
        .filter((name) => !fields.has(name) && !toolNames.includes(name as never))
        .map((name) => `${path}: ${name} in ${step}`),
    )
    expect(unknown).toEqual([])
  })
})

describe("errors", () => {
  const code = sources
    .filter((path) => !path.endsWith("mesh/model/errors.ts"))
    .map(read)
    .join("\n")

  test("every code of the list is raised somewhere", () => {
    const unused = errorCodes.filter((each) => each !== "INTERNAL" && !code.includes(`"${each}"`))
    expect(unused).toEqual([])
  })
})

describe("files", () => {
  test("of the plugin are short enough to read in two minutes", () => {
    const long = sources
      .map((path) => ({ path, lines: read(path).split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300)
    expect(long).toEqual([])
  })

  test("have names in kebab-case", () => {
    expect(ownCode.filter((path) => !/^[a-z0-9./-]+$/.test(path))).toEqual([])
  })

  test("at the top of plugin/ are the one entry, since OpenCode loads every one", () => {
    expect(
      readdirSync(join(root, "plugin")).filter(
        (name) => /\.(js|ts)$/.test(name) && !name.endsWith(".d.ts"),
      ),
    ).toEqual(["meshfleet.ts"])
  })

  test("name no place on anybody's machine", () => {
    const places =
      /(?<![.\w])(?:\/home\/|\/Users\/|\/root\/|\/work\/|C:\\Users)[\w.-]+|\.\.\/shared\//
    const named = [...ownCode, ...filesIn("docs", ".md"), "README.md", "AGENTS.md", "CHANGELOG.md"]
      .filter((path) => existsSync(join(root, path)) && path !== "test/repository.test.ts")
      .flatMap((path) =>
        read(path)
          .split("\n")
          .flatMap((line, at) => (places.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
      )
    expect(named).toEqual([])
  })
})

describe("imports", () => {
  /**
   * The rooms of plugin/ from the ground up: each may import from what stands below it, and from
   * itself. Rooms of one line do not know each other.
   */
  const floors: string[][] = [
    ["text-modules.d.ts", "mesh/model"],
    ["mesh/routing/packing", "mesh/specialists/file"],
    ["mesh/routing/words", "mesh/routing/embeddings", "mesh/specialists/lint"],
    ["mesh/routing/index", "mesh/routing/reading", "mesh/ledger", "mesh/specialists"],
    ["mesh/routing/ranking"],
    ["mesh/routing/roster"],
    ["mesh/routing"],
    ["mesh/access.ts", "mesh/machine.ts", "mesh/prompts.ts", "mesh/audit"],
    ["mesh/mail", "mesh/work.ts"],
    [
      "mesh/questions",
      "mesh/councils",
      "mesh/streams",
      "mesh/tasks",
      "mesh/reservations",
      "mesh/telemetry",
    ],
    ["mesh/lifecycle"],
    ["mesh/worktrees", "mesh/transfer"],
    ["mesh/fleets", "mesh/supervision", "mesh/retention"],
    ["mesh/templates", "mesh/views", "mesh/merging"],
    ["system", "tools/define"],
    [
      "tools/fleets",
      "tools/mail",
      "tools/councils",
      "tools/templates",
      "tools/routing",
      "tools/ledger",
      "tools/tasks",
      "tools/files",
      "opencode/runtime",
    ],
    ["tools"],
    ["opencode/process"],
    // What uses OpenCode and what speaks to it know the port between them, not each other.
    ["opencode/host", "opencode/lead", "opencode/api"],
    ["opencode"],
    ["cli/outputs"],
    ["setup"],
    ["cli/render", "web"],
    ["cli/mesh", "cli/terminal"],
    ["cli/define"],
    ["cli/watch"],
    ["cli/commands"],
    ["cli"],
    ["tui/view"],
    ["tui/mesh"],
    ["tui/screen"],
    ["tui"],
    ["meshfleet.ts"],
  ]
  const floorOf = (path: string) =>
    floors
      .flatMap((rooms, floor) => rooms.map((room) => ({ room, floor })))
      .filter(({ room }) => path === `plugin/${room}` || path.startsWith(`plugin/${room}/`))
      .toSorted((a, b) => b.room.length - a.room.length)[0]
  const imported = (path: string) =>
    [...read(path).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name!)
  const importedFiles = (path: string) =>
    imported(path)
      .filter((name) => name.startsWith("."))
      .map((name) => relative(root, resolve(root, dirname(path), name)))
      .filter((target) => sources.includes(target))

  test("point downwards, from room to room", () => {
    expect(sources.filter((path) => !floorOf(path))).toEqual([])
    const upward = sources.flatMap((path) => {
      const from = floorOf(path)!
      return importedFiles(path)
        .map((target) => ({ target, to: floorOf(target)! }))
        .filter(({ to }) => to.room !== from.room && to.floor >= from.floor)
        .map(({ target }) => `${path} imports ${target}`)
    })
    expect(upward).toEqual([])
  })

  test("make no circle, not even one of types", () => {
    const state = new Map<string, "open" | "done">()
    const circles: string[] = []
    const walk = (path: string, trail: readonly string[]) => {
      if (state.get(path) === "done") return
      if (state.get(path) === "open") return void circles.push([...trail, path].join(" > "))
      state.set(path, "open")
      for (const target of importedFiles(path)) walk(target, [...trail, path])
      state.set(path, "done")
    }
    for (const path of sources) walk(path, [])
    expect(circles).toEqual([])
  })

  test("of one folder are few enough to see it at a glance", () => {
    const counts = Map.groupBy(filesIn("plugin", ""), (path) => dirname(path))
    const full = [...counts]
      .map(([folder, files]) => ({
        folder,
        files: files.filter((path) => !isFolder(path)).length,
      }))
      .filter(({ files }) => files > 20)
    expect(full).toEqual([])
  })

  test("of OpenCode's own types stand at the door: the adapter, the entry's hooks, and what it draws", () => {
    const doors = /^plugin\/(opencode\/(api\/.*|plugin)|meshfleet|tui\/(main|screen\/.*))\.tsx?$/
    const inside = sources
      .filter((path) => !doors.test(path))
      .flatMap((path) =>
        imported(path)
          .filter((name) => name.startsWith("@opencode-ai/"))
          .map((name) => `${path} imports ${name}`),
      )
    expect(inside).toEqual([])
  })

  test("of the domain know neither OpenCode nor processes", () => {
    const foreign = filesIn("plugin/mesh", ".ts").flatMap((path) =>
      imported(path)
        .filter((name) => /^(@opencode-ai|execa|proper-lockfile|node:child_process)/.test(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(foreign).toEqual([])
  })
})

describe("SQL", () => {
  const schema = ["plugin/mesh/ledger/first-schema.ts", "plugin/mesh/ledger/migrations.ts"]
  const tables = migrations
    .flatMap((migration) => [...migration.matchAll(/CREATE TABLE (\w+)/g)])
    .map(([, name]) => name!)
  /** Writes rows as another ledger held them, of any table, by the one name that is put together. */
  const wholeRows = "plugin/mesh/ledger/whole-rows.ts"
  const write =
    /\b(?:(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?=\s+\S+\s+SET\b)|DELETE\s+FROM)\s+(\S+)/gi
  const writes = sources
    .filter((path) => !schema.includes(path))
    .flatMap((path) =>
      [...read(path).matchAll(write)].map(([, name]) => ({ path, table: name!.toLowerCase() })),
    )

  test("that writes a table stands in one file of the ledger", () => {
    expect(tables.length).toBeGreaterThan(15)
    // A name that is put together, or quoted, would belong to no table here and escape the next check.
    expect(writes.filter(({ table }) => !tables.includes(table))).toEqual([
      { path: wholeRows, table: "${table}" },
    ])
    const writers = Object.fromEntries(
      tables.map((table) => [
        table,
        [...new Set(writes.filter((each) => each.table === table).map(({ path }) => path))],
      ]),
    )
    const shared = Object.entries(writers).filter(
      ([, paths]) => paths.length !== 1 || !paths[0]!.startsWith(`${dirname(schema[0]!)}/`),
    )
    expect(shared).toEqual([])
  })

  test("stands in the domain only", () => {
    const statement =
      /\b(?:SELECT|FROM|JOIN|INSERT|UPDATE|DELETE|PRAGMA|BEGIN|COMMIT)\b|\b(?:db|tx)\s*\.\s*(?:run|get|all|exec)\b/
    const isDomain = (path: string) => path.startsWith("plugin/mesh/")
    const found = (paths: string[]) => paths.filter((path) => statement.test(read(path)))
    expect(found(sources.filter(isDomain))).toContain("plugin/mesh/ledger/tables/events.ts")
    expect(found(sources.filter((path) => !isDomain(path)))).toEqual([])
  })
})

describe("tests", () => {
  /** What has no source of its own: stories, this file, the pages, and what is measured over many files. */
  const exceptions = [
    "test/docs.test.ts",
    "test/e2e/",
    // The page as a browser shows it.
    "test/browser/",
    "test/repository.test.ts",
    // What npm and OpenCode make of the package.
    "test/package/",
    // .github, which is no code.
    "test/scripts/workflows.test.ts",
    // The full screen, by keys and captures.
    "test/under-tmux/",
    // The router over all specialists of agents/.
    "test/mesh/routing/roster.test.ts",
    // What each setting changes, wherever that is.
    "test/settings/",
    // Every tool against a model of the contract.
    "test/tools/contract.test.ts",
    // Every tool against what an agent may have read.
    "test/tools/injected-texts.test.ts",
  ]
  const sourcesOf = (path: string) => {
    const name = path.slice("test/".length, -".test.ts".length)
    return [`plugin/${name}.ts`, `${name}.ts`, `${name}.mjs`]
  }

  test("are where the name of what they test says", () => {
    const lost = tests
      .filter((path) => !exceptions.some((each) => path === each || path.startsWith(each)))
      .filter((path) => !sourcesOf(path).some((source) => existsSync(join(root, source))))
    expect(lost).toEqual([])
    expect(exceptions.filter((each) => !existsSync(join(root, each)))).toEqual([])
  })

  test("are none of them left out, left to do, or alone", () => {
    const marks = /\b(?:test|it|describe)\.(?:skip|todo|only|failing)\b/
    expect(
      tests.filter((path) => path !== "test/repository.test.ts" && marks.test(read(path))),
    ).toEqual([])
  })
})

describe("children", () => {
  /** What waits for one all the same, on macOS alone: Linux tells in /proc. */
  const waiting = {
    "plugin/system/inside-agent.ts": "ps, once in a process, before a tool may act",
    "plugin/system/machine.ts": "vm_stat, in the middle of a plan",
    "plugin/system/processes.ts": "ps, in the middle of a transaction",
  }
  const inBun = [
    ...sources,
    ...["test", "scripts", "scripted-model", "bench", "demo", "chaos"].flatMap((folder) =>
      filesIn(folder, ".ts", ".tsx"),
    ),
  ]

  test("are waited for asynchronously: Bun can lose the exit of one and spin for ever", () => {
    // https://github.com/oven-sh/bun/issues/34069; test/support/run.ts runs one as a test needs it.
    const found = inBun.filter((path) => /\b(?:spawn|exec|execFile|execa)Sync\b/.test(read(path)))
    expect(found).toEqual(Object.keys(waiting))
  })
})

describe("addresses", () => {
  /** What opens a connection, and to whom: docs/telemetry.md names all that is not on this machine. */
  const callers = {
    "plugin/cli/mesh/patient.ts": "npm's registry or a proxy, when the doctor is called",
    "plugin/mesh/routing/embeddings/embedder.ts": "the endpoint of the setting routing",
    "plugin/opencode/api/host-starter.ts": "a host's OpenCode, on loopback",
    "plugin/opencode/api/session-logs.ts": "an OpenCode of one's own, on loopback",
    "plugin/opencode/api/sessions.ts": "OpenCode's own server",
    "plugin/setup/update.ts": "npm, when meshfleet update is called",
    "plugin/system/fetch-directly.ts": "OpenCode's own server",
    "plugin/web/page/ask.ts": "the dashboard that the page came from",
    "plugin/web/page/connection.ts": "the dashboard that the page came from",
  }
  const asking =
    /\bfetch\(|[:=] fetch\b|fetch: fetch|\bfetchDirectly\b|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\b|\bsendBeacon\b|Bun\.(?:connect|udpSocket)|import(?!\s+type)[^;]*?\b(?:connect|createConnection|request|get)\b[^;]*?from "node:(?:net|tls|https?|http2)"|from "node:(?:dgram|dns)/
  /** Packages that open connections by themselves, to what a setting names. */
  const packages = {
    pg: "plugin/mesh/ledger/postgres/connection.ts",
    "@opentelemetry/exporter-trace-otlp-http": "plugin/system/telemetry/otel.ts",
    "@opentelemetry/exporter-metrics-otlp-http": "plugin/system/telemetry/otel.ts",
  }
  const withoutComments = (text: string) =>
    text.replaceAll(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/.*$/gm, "")

  test("are asked by these files alone", () => {
    const found = sources.filter((path) => asking.test(withoutComments(read(path))))
    expect(found).toEqual(Object.keys(callers))
  })

  test("are asked by these packages alone, each from one file", () => {
    for (const [name, file] of Object.entries(packages)) {
      const users = sources.filter((path) =>
        new RegExp(`^(?:import(?! type)|export) .*"${name}"|import\\("${name}"\\)`, "m").test(
          withoutComments(read(path)),
        ),
      )
      expect([name, users]).toEqual([name, [file]])
    }
  })

  /** Never asked: names of formats, and texts that a person reads. */
  const named = {
    "http://json-schema.org": "names a version of JSON Schema",
    "https://json-schema.org": "names a version of JSON Schema",
    "http://www.w3.org": "names a kind of element",
    "https://opencode.ai": "the $schema line of OpenCode's configuration",
    "http://proxy.example": "an example in the doctor's words",
    "https://www.postgresql.org": "a link in a warning of pg",
    "https://registry.npmjs.org": "npm's registry, which the doctor looks for",
  }

  test("in the bundles are on this machine, or in this list", () => {
    const names = ["meshfleet", "meshfleet-cli", "meshfleet-tui"]
    const texts = names
      .map((name) => read(`dist/${name}.js`))
      .flatMap((text) => [
        text,
        ...[...text.matchAll(/"(H4sI[\w+/]+=*)"/g)].map(([, it]) => unpack(it!)),
      ])
    // Three bundles, and the packages and the page that are packed inside of them.
    expect(texts.length).toBeGreaterThan(10)
    const addresses = texts.flatMap((text) => [
      ...text.matchAll(/\b(?:https?|wss?|ftp):\/\/[\w.$[\]-]+/g),
    ])
    const hosts = [...new Set(addresses.map(([host]) => host))].toSorted()
    const isHere = (host: string) => /\/\/(?:127\.0\.0\.1|localhost|\[?\$)/.test(host)
    expect(hosts.filter((host) => !isHere(host))).toEqual(Object.keys(named).toSorted())
  })

  const unpack = (packed: string) => gunzipSync(Buffer.from(packed, "base64")).toString("utf8")
})

describe("the lockfile", () => {
  const lock = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { version?: string }>
  }

  test("holds zod and the SDK at what the plugin package uses", () => {
    const used = JSON.parse(read("node_modules/@opencode-ai/plugin/package.json")) as {
      dependencies: Record<string, string>
    }
    for (const name of ["zod", "@opencode-ai/sdk"])
      expect(`${name} ${lock.packages[`node_modules/${name}`]?.version}`).toBe(
        `${name} ${used.dependencies[name]}`,
      )
  })
})
