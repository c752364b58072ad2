import { describe, expect, test } from "bun:test"
import { configFromEnv, configSchema, parseConfig } from "../../../plugin/mesh/model/config.ts"

const parse = (...layers: Record<string, unknown>[]) =>
  parseConfig(layers.map((values, at) => ({ from: `layer ${at + 1}`, values })))

describe("settings", () => {
  test("all have a default", () => {
    const { config, problems } = parse()
    expect(problems).toEqual([])
    expect(config).toMatchObject({
      tools: "core",
      isolation: "auto",
      agents_per_fleet: 64,
      attempts: 3,
      heartbeat_ms: 5000,
      linger_ms: 10_000,
    })
  })

  test("of later layers win, key by key", () => {
    expect(parse({ attempts: 5, linger_ms: 1 }, { attempts: 7 }).config).toMatchObject({
      attempts: 7,
      linger_ms: 1,
    })
  })

  test("that are wrong are told with their path, and the one below holds", () => {
    const { config, problems } = parse(
      { attempts: 5 },
      { attempts: "many", colour: "red", isolation: "vm", max_parallel: 0 },
    )
    expect(config).toMatchObject({ attempts: 5, isolation: "auto" })
    expect(config.max_parallel).toBeUndefined()
    expect(problems.map((each) => each.path)).toEqual([
      "layer 2: attempts",
      "layer 2: colour",
      "layer 2: isolation",
      "layer 2: max_parallel",
    ])
    expect(problems.map((each) => each.problem)).toEqual([
      '"many" does not fit (expected number, received string); 5 is used, from layer 1',
      "unknown setting; it is ignored",
      `"vm" does not fit (Invalid option: expected one of "auto"|"process"|"shared"); "auto" is used, the default`,
      "0 does not fit (Too small: expected number to be >0); the default is used",
    ])
  })

  test("that are unknown are told with the name that is nearest", () => {
    const meant = (key: string) => parse({ [key]: 1 }).problems[0]!.problem.match(/mean (\w+)/)?.[1]
    expect(
      ["max-parallel", "maxParallel", "stall", "atempts", "Isolation", "retention", "mcp"].map(
        meant,
      ),
    ).toEqual([
      "max_parallel",
      "max_parallel",
      "stall_ms",
      "attempts",
      "isolation",
      "retention_days",
      undefined,
    ])
  })

  test("that are of two kinds are told what they take, and long ones in short", () => {
    expect(parse({ tools: 7 }).problems[0]!.problem).toBe(
      '7 does not fit (Tools that a lead sees: core, all, or core plus those named); "core" is used, the default',
    )
    const long = parse({ isolation: "x".repeat(500) }).problems[0]!.problem
    expect(long).toContain(`"${"x".repeat(58)}… does not fit`)
  })

  test("that are numbers have limits, and no duration is longer than a timer takes", () => {
    const { config: defaults } = parse()
    for (const key of Object.keys(configSchema.shape) as (keyof typeof defaults)[]) {
      const { config, problems } = parse({ [key]: 1e15 })
      expect([key, config[key]]).toEqual([key, defaults[key]])
      expect([key, problems[0]?.problem]).toEqual([
        key,
        expect.stringContaining("1000000000000000"),
      ])
      if (key.endsWith("_ms")) {
        expect(parse({ [key]: 2 ** 31 - 1 }).problems).toEqual([])
        expect(parse({ [key]: 2 ** 31 }).problems[0]?.problem).toContain("2147483647")
      }
    }
    const embeddings = (timeout_ms: unknown) => parse({ routing: { embeddings: { timeout_ms } } })
    expect(embeddings(2 ** 31).problems[0]?.problem).toContain("from 1 to 2147483647")
    expect(embeddings(5000).problems).toEqual([])
  })

  test("of the ledger are a path or an address of Postgres, and a wrong one is not told in full", () => {
    for (const ledger of ["/data/mesh.db", "mesh.db", "postgres://me:secret@db/mesh"])
      expect(parse({ ledger }).config.ledger).toBe(ledger)
    const { config, problems } = parse({ ledger: "mysql://me:secret@db/mesh" })
    expect(config.ledger).toBeUndefined()
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).toContain("postgres://")
    expect(JSON.stringify(problems)).not.toContain("secret")
  })

  test("that are called like something every object has are unknown all the same", () => {
    for (const key of ["toString", "constructor", "__proto__"])
      expect(parse(JSON.parse(`{"${key}": 1}`) as Record<string, unknown>).problems).toHaveLength(1)
  })
})

test("variables set what they are named after: numbers, JSON, plain words", () => {
  const env = {
    MESHFLEET_ATTEMPTS: "4",
    MESHFLEET_ISOLATION: "shared",
    MESHFLEET_AGENT_FOLDERS: '["/a"]',
    MESHFLEET_LINGER_MS: "",
    MESHFLEET_HOME: "/elsewhere",
  }
  expect(configFromEnv(env)).toEqual({ attempts: 4, isolation: "shared", agent_folders: ["/a"] })
  expect(parse(configFromEnv(env)).problems).toEqual([])
})
