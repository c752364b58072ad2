import { afterAll, beforeAll, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { version } from "../../package.json"
import { type ScriptedModel, startScriptedModel } from "../../scripted-model/server.ts"
import { hasChromium, launch } from "../browser/chromium.ts"
import type { Screen } from "../e2e/support/screen.ts"
import { createNewcomer, type Newcomer, readFirstRun } from "./support/first-run.ts"
import { type Registry, startRegistry } from "./support/registry.ts"
import { smallFleet } from "./support/small-fleet.ts"
import { npmWith, packThis } from "./support/versions.ts"

/** What is promised to a newcomer: so many commands, and so long until agents are seen to talk. */
const mostCommands = 3
const mostMs = 120_000
/** Each on a machine of its own: `MESHFLEET_TEST_TRIES=5 npm run first-run`. */
const tries = Number(process.env["MESHFLEET_TEST_TRIES"] ?? 1)

const captures = join(import.meta.dir, "../../.captures/first-run")
const { commands, prompt } = readFirstRun()
const isSeeing = Boolean(Bun.which("tmux")) && hasChromium
let folder: string
let registry: Registry
let browser: Browser

beforeAll(async () => {
  if (!isSeeing) return
  folder = mkdtempSync(join(tmpdir(), "meshfleet-first-run-"))
  registry = await startRegistry()
  const npm = npmWith(registry, folder)
  await npm.run(["publish", await packThis(folder), "--tag", "latest"])
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await registry?.end()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** A person types a command, answers what it asks on the way, and goes on when this is there. */
const run = async (terminal: Screen, command: string, wanted: string | RegExp) => {
  await terminal.type(command)
  await terminal.press("Enter")
  const answered = new Set<string>()
  return terminal.until(async (text) => {
    const question = /^.*(?:Ok to proceed\? \(y\)|Write this\? \[y\/N\])$/m.exec(
      text.trimEnd(),
    )?.[0]
    if (question && text.trimEnd().endsWith(question) && !answered.has(question)) {
      answered.add(question)
      await terminal.type("y")
      await terminal.press("Enter")
    }
    return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)
  }, mostMs)
}

const firstRun = async (me: Newcomer, released: () => void) => {
  const startedAt = performance.now()
  const steps: [what: string, seconds: string][] = []
  const tell = (what: string) =>
    steps.push([what, ((performance.now() - startedAt) / 1000).toFixed(1)])

  expect(commands.length).toBeLessThanOrEqual(mostCommands)
  const [install, opencode, watch] = commands

  const first = await me.terminal()
  await run(first, install!, "Done.")
  tell("installed")
  await run(first, opencode!, "Ask anything")
  tell("OpenCode is there")
  await first.type(prompt)
  await first.until(prompt.slice(-20))
  await first.press("Enter")
  await first.until(/word-counter .*\d+s/)
  tell("the fleet is in the sidebar")
  // Until its agent has read it: meanwhile the person is at the second terminal.
  const counted = first.until(/✉\d/, mostMs)
  // It is looked at below, unless something else fails before.
  counted.catch(() => undefined)

  const second = await me.terminal()
  const terminal = await run(second, watch!, /message\.sent +(?:writer → tester|tester → writer)/)
  tell("a peer message is in the terminal")
  const messageMs = performance.now() - startedAt
  writeFileSync(join(captures, "terminal.txt"), terminal)
  writeFileSync(join(captures, "sidebar.txt"), await counted)

  await second.press("b")
  await second.until("http://127.0.0.1:")
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(await me.link())
  const letter = page.locator(".letters li", { hasText: "words.mjs is there" })
  await letter.waitFor()
  expect(await page.locator(".agent-button").allInnerTexts()).toEqual(
    expect.arrayContaining(["writer", "tester"]),
  )
  tell("both are in the browser")
  await page.screenshot({ path: join(captures, "browser.png") })

  released()
  await letter.page().locator(".s-complete").nth(1).waitFor()
  await first.until("The word counter is written and tested.")
  expect(existsSync(join(me.project, "words.mjs"))).toBe(true)
  tell("the lead has reported")
  await page.close()

  // Leaves: nothing stays behind.
  await second.press("q")
  await second.until("word-counter: complete")
  await second.end()
  await first.press("C-c")
  await first.until(/[$#]\s*$/)
  await first.end()
  expect(await me.untilGone(30_000)).toEqual([])
  tell("nothing is left")
  return { messageMs, steps }
}

test.skipIf(!isSeeing).each(Array.from({ length: tries }, (_, index) => index + 1))(
  `three commands of the README lead to a fleet that is seen to talk (try %d of ${tries})`,
  async () => {
    mkdirSync(captures, { recursive: true })
    const seen = Promise.withResolvers<void>()
    const model: ScriptedModel = await startScriptedModel({ agents: smallFleet(seen.promise) })
    const me = createNewcomer(registry, model.url)
    try {
      const { messageMs, steps } = await firstRun(me, seen.resolve)
      console.log(
        `${version}: ${commands.length} commands, first peer message after ${(messageMs / 1000).toFixed(1)} s`,
      )
      for (const [what, seconds] of steps) console.log(`  ${seconds.padStart(6)} s  ${what}`)
      expect(messageMs).toBeLessThan(mostMs)
    } finally {
      seen.resolve()
      await me.end()
      await model.close()
    }
  },
  300_000,
)
