import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { errorCodes } from "../plugin/mesh/errors.ts"
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
    expect(filesIn("plugin/tools", ".md")).toEqual(
      toolNames.map((name) => `plugin/tools/${kebab(name)}.md`).toSorted(),
    )
    for (const name of toolNames) {
      expect(existsSync(join(root, `plugin/tools/${kebab(name)}.ts`))).toBe(true)
      expect(read(`plugin/tools/${kebab(name)}.md`).trim().length).toBeGreaterThan(15)
    }
  })

  test("that a next step names exists", () => {
    // Words in the form of a tool's name that are arguments or message types.
    const fields = new Set(["request_help", "fleet_id", "agent_id", "agent_ids", "wait_seconds"])
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
    .filter((path) => !path.endsWith("mesh/errors.ts"))
    .map(read)
    .join("\n")

  test("every code of the list is raised somewhere", () => {
    const unused = errorCodes.filter((each) => each !== "INTERNAL" && !code.includes(`"${each}"`))
    expect(unused).toEqual([])
  })

  test("every code has a test", () => {
    const asserted = filesIn("test", ".ts")
      .filter((path) => path !== "test/repository.test.ts")
      .map(read)
      .join("\n")
    expect(errorCodes.filter((each) => !asserted.includes(each))).toEqual([])
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
    const places = /(?:\/home\/|\/Users\/|\/root\/|\/work\/|C:\\Users)[\w.-]+|\.\.\/shared\//
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
  const layers = ["mesh", "tools", "opencode", "cli"] as const
  /** What each layer may import beside itself. */
  const allowed: Record<string, string[]> = {
    mesh: [],
    tools: ["mesh"],
    opencode: ["mesh", "tools"],
    cli: ["mesh", "tools", "opencode"],
  }
  const imported = (path: string) =>
    [...read(path).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name!)

  test("point one way: from the adapters over the tools to the domain", () => {
    const upward = layers.flatMap((layer) =>
      filesIn(`plugin/${layer}`, ".ts").flatMap((path) =>
        imported(path)
          .filter((name) => name.startsWith("."))
          .map(
            (name) =>
              relative(join(root, "plugin"), resolve(root, dirname(path), name)).split("/")[0]!,
          )
          .filter(
            (target) =>
              target !== layer &&
              layers.includes(target as never) &&
              !allowed[layer]!.includes(target),
          )
          .map((target) => `${path} imports ${target}`),
      ),
    )
    expect(upward).toEqual([])
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

describe("tests", () => {
  test("are none of them left out, left to do, or alone", () => {
    const marks = /\b(?:test|it|describe)\.(?:skip|todo|only|failing)\b/
    expect(
      tests.filter((path) => path !== "test/repository.test.ts" && marks.test(read(path))),
    ).toEqual([])
  })
})

describe("the lockfile", () => {
  const lock = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { resolved?: string; version?: string }>
  }

  test("names no server", () => {
    expect(
      Object.entries(lock.packages).filter(([, each]) => each.resolved?.startsWith("http")),
    ).toEqual([])
  })

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
