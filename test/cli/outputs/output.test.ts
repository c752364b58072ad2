import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { commands } from "../../../plugin/cli/registry.ts"
import { createRatifications } from "../../../plugin/mesh/councils/ratifications.ts"
import { insertTask } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { writeReservation } from "../../../plugin/mesh/ledger/tables/files/reservations.ts"
import { beginCoolDown } from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { createExchanges } from "../../../plugin/mesh/mail/exchanges.ts"
import { version1 } from "../../mesh/support/agent-mesh.ts"
import { session } from "../../mesh/support/callers.ts"
import { currentPage } from "../../web/support/world.ts"
import { type AskingShell, createAskingShell } from "../support/asking-shell.ts"
import { git } from "../../support/run.ts"
import { createOwnHosts } from "../support/own-hosts.ts"
import { startPackageRegistry } from "../support/package-registry.ts"
import type { RunOptions } from "../support/shell.ts"

const root = join(import.meta.dir, "../../..")
const published = JSON.parse(readFileSync(join(root, "docs/cli-json.schema.json"), "utf8")) as {
  $defs: Record<string, object>
}

/** What is published lets later fields in; what is written today has none that is not described. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== "object" || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)])
  const isObject = "properties" in schema && !("additionalProperties" in schema)
  return { ...Object.fromEntries(entries), ...(isObject && { additionalProperties: false }) }
}

const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { "date-time": true } })
const validators = new Map(
  Object.entries(published.$defs).map(([name, schema]): [string, ValidateFunction] => {
    ajv.compile(schema)
    return [name, ajv.compile(closed(schema) as object)]
  }),
)
const seen = new Set<string>()
/** Text as a command wrote it: each line, or all of it, fits what is published under this name. */
const expectFits = (name: string, written: string, isLines = false) => {
  const validate = validators.get(name)!
  const documents = isLines ? written.trimEnd().split("\n") : [written]
  for (const each of documents) {
    validate(JSON.parse(each))
    expect({ name, errors: validate.errors, in: each }).toEqual({ name, errors: null, in: each })
  }
  seen.add(name)
}

const registry = await startPackageRegistry()
let shell: AskingShell
const path = (name: string) => join(shell.folder, name)
const given = { question: "", again: "", proposal: "" }

beforeAll(async () => {
  // From source the dashboard's page is read where the build puts it.
  const built = join(root, "dist/dashboard.json")
  mkdirSync(dirname(built), { recursive: true })
  if (!existsSync(built)) await Bun.write(built, JSON.stringify(await currentPage()))
  shell = await createAskingShell()
  shell.clock.at = Date.now()
  await shell.hosted("flt_1")
  // Whatever an agent may have stands in one of these.
  await shell.given("flt_2", ["done", "lost", "silent", "resting", "ready"], { name: "crew" })
  await shell.complete("done-2", 5000)
  await shell.set("done-2", { files: '["MAP.md"]', session_id: "ses_1", tokens: 1200 })
  await shell.set("lost-2", {
    status: "failed",
    error_code: "HOST_LOST",
    error_detail: "its host is gone",
    failed_check: JSON.stringify({ command: "npm test", exit: 1, output: "1 fail" }),
    budget: JSON.stringify({ tokens: 10_000, duration_ms: 60_000 }),
  })
  await shell.set("silent-2", {
    status: "running",
    host_id: "hst_1",
    stalled_at: shell.clock.at,
    activity_at: shell.clock.at - 400_000,
    activity: "tool bash",
    partial: "I look",
  })
  await shell.ledger.transact(async (tx) => {
    const task = { fleet_id: "flt_2", number: 1, title: "Map it", description: null, needs: "[]" }
    await insertTask(tx, { ...task, check_command: null, author: "lead" })
    const held = { agent_id: "silent-2", fleet_id: "flt_2", pattern: "src/**" }
    await writeReservation(tx, { ...held, mode: "shared", reason: "new", until: tx.at + 3_600_000 })
  })
  await shell.mail("msg_1", "flt_2", "lead", "silent-2", "Go \u001b[31mon")
  shell.clock.at = Date.now()
  await shell.ledger.transact((tx) =>
    beginCoolDown(
      tx,
      { provider: "fake", until: tx.at + 600_000, reason: "Rate limit reached" },
      900_000,
    ),
  )
  given.question = await shell.push()
  given.again = await shell.choose()
  const ratifications = createRatifications({
    ledger: shell.ledger,
    isAlive: () => true,
    exchanges: createExchanges(),
    caps: { perFleet: 50, hops: 20, replies: 12 },
    now: () => shell.clock.at,
  })
  const lead = session("ses_lead", { project: shell.project, directory: shell.project })
  const draft = { subject: "Ship it", quorum: 2, voters: ["mapper", "human"], deadline: "P1D" }
  const opened = { ...draft, fleet_id: "flt_1" }
  given.proposal = (await ratifications.open(lead, opened)).message_id
  writeFileSync(path("old.json"), JSON.stringify(version1()))
  writeFileSync(path("nothing.db"), "no ledger")
})
afterAll(async () => {
  await shell?.end()
  await registry.end()
})

/** In the order in which they are called: what reads comes before what changes. */
const calls: [output: string, argv: () => string[], options?: RunOptions][] = [
  ["status.all", () => ["status"]],
  ["status.one", () => ["status", "flt_1"]],
  ["status.one", () => ["status", "flt_2"]],
  ["fleet.one", () => ["fleet", "flt_1"]],
  ["fleet.one", () => ["fleet", "flt_2"]],
  ["logs.one", () => ["logs", "silent"]],
  ["timeline.one", () => ["timeline", "flt_2"]],
  ["timeline.page", () => ["timeline", "flt_2", "--html", path("page.html")]],
  ["results.one", () => ["results", "flt_2"]],
  ["attach.one", () => ["attach", "done"]],
  ["inbox.one", () => ["inbox", "silent"]],
  ["events.all", () => ["events"]],
  ["questions.all", () => ["questions"]],
  ["vote.all", () => ["vote"]],
  ["cooldowns.all", () => ["cooldowns"]],
  ["unattended.one", () => ["unattended"]],
  ["agents.all", () => ["agents", "security"]],
  ["agents.one", () => ["agents", "show", "code-reviewer"]],
  ["templates.all", () => ["templates"]],
  ["templates.show", () => ["templates", "show", "code-review-trio"]],
  ["templates.export", () => ["templates", "export", "code-review-trio"]],
  ["templates.file", () => ["templates", "export", "code-review-trio", "--file", path("t.json")]],
  ["templates.import", () => ["templates", "import", path("t.json")]],
  ["templates.all", () => ["templates"]],
  ["route.one", () => ["route", "review the login", "--scope", "fleet"]],
  ["verify.audit", () => ["verify"]],
  ["verify.unreadable", () => ["verify", path("nothing.db")]],
  ["export.file", () => ["export", "--file", path("all.jsonl")]],
  ["prune.one", () => ["prune", "--dry-run"]],
  ["version.one", () => ["version"]],
  ["tasks.all", () => ["tasks", "flt_2"]],
  ["install.one", () => ["install", "--tui"]],
  ["install.one", () => ["install", "--tui"]],
  ["update.one", () => ["update", "--dry-run"], registry],
  ["doctor.one", () => ["doctor"]],
  ["uninstall.one", () => ["uninstall"]],
  ["help.all", () => ["help"]],
  ["help.one", () => ["help", "logs"]],
  ["call.one", () => ["call", "list_fleets"]],
  ["answer.one", () => ["answer", given.question, "always"]],
  ["answer.one", () => ["answer", given.again, "Postgres"]],
  ["grants.all", () => ["grants"]],
  ["vote.cast", () => ["vote", given.proposal, "approve", "--reason", "Now."]],
  ["send.one", () => ["send", "mapper", "and"]],
  ["cooldowns.lifted", () => ["cooldowns", "--lift"]],
  ["import.one", () => ["import", path("old.json")]],
  ["import.before", () => ["import", path("old.json")]],
  ["stop.one", () => ["stop", "flt_1", "mapper", "--mode", "wrap_up"]],
  ["prune.one", () => ["prune"]],
]

const rows = calls.map(([output, argv, options], index) => ({ output, argv, options, index }))

describe("with --json, what is published is what is written by", () => {
  test.each(rows)("$output ($index)", async ({ output, argv, options }) => {
    const { code, out, err } = await shell.run([...argv(), "--json"], options)
    // The rows above were made by hand, and verify finds what is missing in them.
    expect(code, err).toBe(
      { "verify.audit": 1, "verify.unreadable": 2, "doctor.one": 1 }[output] ?? 0,
    )
    expectFits(output, out)
  })

  test("grants --revoke", async () => {
    const { grants } = JSON.parse((await shell.run(["grants", "--json"])).out)
    expectFits(
      "grants.revoked",
      (await shell.run(["grants", "--revoke", grants[0].grant_id, "--json"])).out,
    )
  })

  test("commands that write lines until they are interrupted", async () => {
    for (const [output, until, ...argv] of [
      ["events.line", "fleet.created", "events", "--follow"],
      ["logs.line", '"mail"', "logs", "silent", "--follow"],
      ["watch.line", '"status"', "watch", "flt_2"],
      ["stream.line", "stream_url", "stream"],
      ["dashboard.line", "link", "dashboard"],
    ] as const) {
      const following = shell.start([...argv, "--json"])
      await following.until(until)
      if (output === "watch.line") {
        await shell.mail("msg_2", "flt_2", "lead", "silent-2", "and on")
        await following.until('"event"')
      }
      following.interrupt()
      expect(await following.code).toBe(130)
      expectFits(output, following.out(), true)
    }
  })

  test("supervise and export", async () => {
    const supervising = shell.start(["supervise", "flt_2", "--json"], {
      hosts: createOwnHosts(shell).hosts,
    })
    await supervising.until('"fleet"')
    supervising.interrupt()
    await supervising.code
    expect(supervising.out()).toEndWith('{"kind":"end","reason":"interrupted"}\n')
    expectFits("supervise.line", supervising.out(), true)
    expectFits("export.line", (await shell.run(["export", "--json"])).out, true)
  })
})

describe("a failure with --json", () => {
  const speaking = commands.filter(({ outputs }) => !("none" in outputs))

  test.each(speaking.map(({ name }) => name))(
    "of %s that is not understood is a document too",
    async (name) => {
      const { code, out, err } = await shell.run([name, "--nope", "--json"])
      expect(code).toBe(2)
      expectFits("failure", out)
      const { error } = JSON.parse(out)
      expect(error.code).toBe("USAGE")
      expect(error.detail).toContain("--nope")
      expect(err).toBe(`${error.detail}\nNext: ${error.next}\n`)
    },
  )

  test.each(rows)("of $output without a ledger is a document too ($index)", async (row) => {
    const { output, argv, options } = row
    const broken = path("a-file")
    writeFileSync(broken, "")
    const env = { MESHFLEET_HOME: broken }
    const { code, out } = await shell.run([...argv(), "--json"], { ...options, env })
    const [name] = output.split(".")
    // These look at no ledger, or at one of their own.
    if (["agents", "version", "help", "doctor"].includes(name!) || code === 0) return
    expect(code).toBe(output.startsWith("verify") ? 2 : 1)
    expectFits(output.startsWith("verify") ? "verify.unreadable" : "failure", out)
  })

  test("after lines is the last line", async () => {
    const stdin = ['{"id":7,"text":"audit the login"}', "no JSON"]
    const { code, out } = await shell.run(["route", "--stdin", "--scope", "fleet", "--json"], {
      stdin,
    })
    expect(code).toBe(1)
    const [answered, failed] = out.trimEnd().split("\n")
    expectFits("route.line", answered!)
    expectFits("failure", failed!)
  })

  test("is none without it", async () => {
    expect((await shell.run(["status", "flt_9"])).out).toBe("")
  })
})

test("of a merge fits what is published", async () => {
  // From here on the project is a repository, and the fleets above are those of another.
  await git(shell.project, "init", "-q")
  await git(shell.project, "commit", "-q", "--allow-empty", "-m", "start")
  const repository = join(shell.project, ".git")
  await shell.given("flt_9", ["maker"], { project: repository })
  expectFits("merge.one", (await shell.run(["merge", "flt_9", "--json"])).out)
})

test("every output of every command is published, and was written above", () => {
  const names = commands.flatMap(({ name, outputs }) =>
    "none" in outputs ? [] : Object.keys(outputs).map((form) => `${name}.${form}`),
  )
  expect(Object.keys(published.$defs)).toEqual(["failure", ...names])
  expect(["failure", ...names].filter((name) => !seen.has(name))).toEqual([])
})

test("a command takes --json, or says why it has no use for it", () => {
  for (const { name, options, outputs, usage } of commands) {
    const isSilent = "none" in outputs
    expect({ name, json: "json" in options }).toEqual({ name, json: !isSilent })
    expect({ name, usage: usage.join() }).toEqual({
      name,
      usage: isSilent ? usage.join() : expect.stringContaining("--json"),
    })
  }
})
