import { afterAll, beforeAll, expect, test } from "bun:test"
import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { median } from "../../../bench/support/statistics.ts"
import {
  type Answer,
  answerOf,
  layOutCommand,
  pathWithOpenCode,
} from "../../support/built-command.ts"
import { createWorld, type World } from "../support/world.ts"

const rounds = 5
let world: World
let command: string
let env: Record<string, string | undefined>

beforeAll(async () => {
  world = await createWorld({
    agents: { lead: [{ toolCalls: [{ name: "list_fleets", args: {} }] }, { text: "None yet." }] },
    install: () => undefined,
    config: { plugin: ["../package/dist/meshfleet.js"] },
  })
  command = layOutCommand(join(world.folder, "package"))
  env = { ...world.env, PATH: pathWithOpenCode(join(world.folder, "bin")) }
  // Its first session: the plugin is loaded, and the ledger is there.
  const run = world.run("Which fleets are there?")
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain("None yet.")
})
afterAll(() => world?.end())

const run = (...program: [string, ...string[]]) => answerOf(program, { cwd: world.project, env })

/** The doctor beside OpenCode's own start, in turn: what else the machine does meets both. */
const beside = async () => {
  const taken: { doctor: Answer; version: Answer }[] = []
  for (let round = 0; round < rounds; round++)
    taken.push({
      version: await run("opencode", "--version"),
      doctor: await run("node", command, "doctor"),
    })
  const secondsOf = (of: (each: (typeof taken)[number]) => Answer) =>
    (median(taken.map((each) => of(each).tookMs)) / 1000).toFixed(2)
  console.log(
    `the doctor ${secondsOf(({ doctor }) => doctor)} s, opencode --version ${secondsOf(({ version }) => version)} s`,
  )
  return {
    last: taken.at(-1)!.doctor,
    ratio: median(taken.map(({ doctor, version }) => doctor.tookMs / version.tookMs)),
  }
}

test("a healthy machine is told so, sooner than OpenCode says its version", async () => {
  const { last, ratio } = await beside()
  expect(last.code).toBe(0)
  expect(last.text).toMatch(/\nHealthy: nothing is wrong\. \(\d+ ms\)\n$/)
  expect(last.text).toContain("OpenCode 1.18.33")
  expect(last.text).toContain(`loaded from ${join(world.folder, "package/dist/meshfleet.js")}`)
  expect(last.text).toContain(`ledger ${join(world.home, "mesh.db")}`)
  expect(last.text).not.toMatch(/[!✗]/)
  expect(ratio).toBeLessThan(1)
})

test("also where OpenCode is one file that has to be asked for its version", async () => {
  const place = join(world.folder, "bin/opencode")
  rmSync(place)
  copyFileSync(world.opencode, place)
  const { last, ratio } = await beside()
  expect(last.code).toBe(0)
  expect(last.text).toContain("Healthy: nothing is wrong.")
  // Its own start, and OpenCode's.
  expect(ratio).toBeLessThan(2)
})
