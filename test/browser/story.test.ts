import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import type { Puppet } from "../e2e/support/puppet.ts"
import type { Lead } from "../e2e/support/window.ts"
import { allowUnattended, createWorld, type World } from "../e2e/support/world.ts"
import { launch } from "./chromium.ts"

const root = join(import.meta.dir, "../..")
const names = ["mapper", "pusher", "maker"] as const
/** OpenCode starts slowly where much else is at work. */
const storyMs = 180_000
let world: World
let browser: Browser
let page: Page
let lead: Lead
let members: Record<(typeof names)[number], Puppet>
let dashboard: Bun.Subprocess<"ignore", "pipe", "pipe">

beforeAll(async () => {
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 500 },
    config: { permission: { bash: { "*": "allow", "git push *": "ask" } } },
    makeHome: allowUnattended,
  })
  members = Object.fromEntries(names.map((name) => [name, world.member(name)])) as typeof members
  browser = await launch()
}, storyMs)
afterAll(async () => {
  dashboard?.kill("SIGKILL")
  await browser?.close()
  await world?.end()
})

const bash = (command: string) => ({ name: "bash", args: { command, description: "Work" } })

/** Tab, until the focus is on what is called so. */
const tabTo = async (name: string) => {
  for (let presses = 0; presses < 40; presses++) {
    const focused = await page.evaluate(() => (document.activeElement as HTMLElement).innerText)
    if (focused === name) return
    await page.keyboard.press("Tab")
  }
  throw new Error(`no ${name} within 40 steps of the keyboard`)
}

test(
  "the command's page shows a fleet of the real OpenCode",
  async () => {
    lead = await (await world.window()).lead("lead")
    await lead.call("spawn_fleet", {
      name: "parser-review",
      agents: names.map((name) => ({ name, role: name, prompt: `Be ${name}.` })),
    })
    dashboard = Bun.spawn(
      [process.execPath, join(root, "plugin/cli/main.ts"), "dashboard", "--no-open"],
      { cwd: world.project, env: world.env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    )
    let told = ""
    for await (const part of dashboard.stdout) {
      told += new TextDecoder().decode(part)
      if (told.includes("Ctrl-C")) break
    }
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(storyMs)
    await page.goto(/http:\S+/.exec(told)![0])
    await page.locator(".s-running").nth(2).waitFor()
    expect(await page.locator(".agent-button").allInnerTexts()).toEqual([...names])
  },
  storyMs,
)

test(
  "a question is answered by the keyboard, and its agent goes on",
  async () => {
    await members.pusher.answer({ toolCalls: [bash("git push origin main")] })
    await page.locator("#needs", { hasText: "pusher asks you" }).waitFor()
    await page.keyboard.press("n")
    await tabTo("Allow once")
    await page.keyboard.press("Enter")
    const { toolResults } = await members.pusher.request()
    expect(toolResults.at(-1)!.text).toContain("origin")
    await page.getByText("Nobody needs you").waitFor()
  },
  storyMs,
)

test(
  "an agent's session is followed, and it is written to, by the keyboard",
  async () => {
    await page.keyboard.press("a")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.locator("#drawer-title", { hasText: "maker" }).waitFor()
    await page.locator(".e-prompt", { hasText: "Be maker." }).waitFor()
    await members.maker.answer({
      text: "I look at the lexer first.",
      toolCalls: [bash("echo lexed")],
    })
    await page.locator(".e-text", { hasText: "I look at the lexer first." }).waitFor()
    await page.locator(".e-tool", { hasText: "bash: " }).waitFor()
    await page.keyboard.press("m")
    await page.keyboard.type("Look at the grammar, too.")
    await page.keyboard.press("Control+Enter")
    await page.getByText("Sent.").waitFor()
    await members.maker.answer({ toolCalls: [bash("echo on")] })
    expect(JSON.stringify((await members.maker.request()).messages)).toContain(
      "Look at the grammar, too.",
    )
  },
  storyMs,
)

test(
  "it is stopped by the keyboard",
  async () => {
    await tabTo("Stop…")
    await page.keyboard.press("Enter")
    await tabTo("Stop now")
    await page.keyboard.press("Enter")
    expect(await world.untilAgent("maker", "cancelled")).toMatchObject({ error_code: "CANCELLED" })
    await page.locator(".drawer .s-cancelled").waitFor()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.locator(".drawer").waitFor({ state: "detached" })
  },
  storyMs,
)

test(
  "an end in the ledger is seen soon",
  async () => {
    const seen = page
      .waitForFunction(
        () =>
          document
            .querySelector('tr:has([data-agent^="mapper"]) .state, tr .s-complete')
            ?.classList.contains("s-complete"),
        undefined,
        { polling: 10 },
      )
      .then(() => Date.now())
    await members.mapper.says("There are three parsers.")
    const { ended_at } = await world.untilAgent("mapper", "complete")
    const took = (await seen) - ended_at!
    console.log(`on the page after ${took} ms`)
    // Half a second on a machine with time for it; OpenCode and Chromium share this one.
    expect(took).toBeLessThan(2000)
  },
  storyMs,
)

test(
  "Ctrl-C ends the command, and the fleet goes on",
  async () => {
    dashboard.kill("SIGINT")
    expect(await dashboard.exited).toBe(130)
    expect((await world.fleets())[0]!.status).toBe("running")
    await page.locator(".link-lost").waitFor()
  },
  storyMs,
)
