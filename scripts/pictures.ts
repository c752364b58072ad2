import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Browser } from "playwright-core"
import { launch } from "../test/browser/chromium.ts"
import { openScreen } from "../test/e2e/support/screen.ts"
import type { World } from "../test/e2e/support/world.ts"
import { drawAllLooks, drawLook, fit } from "./pictures/looks.ts"
import { actOut, createStage } from "./pictures/real-fleet.ts"
import { recordScreen } from "./pictures/record-screen.ts"
import { type Frame, renderTerminal } from "./pictures/terminal-svg.ts"

/**
 * Makes the pictures of the documentation, in docs/pictures: OpenCode's screen, `watch` and the
 * dashboard over one real fleet, and a film of that screen. With a folder as argument it makes those
 * of the dashboard in each size, theme and number of agents instead, to look at after a change.
 * Needs tmux and Chromium.
 */
const root = join(import.meta.dir, "..")
const pictures = join(root, "docs/pictures")
const size = { columns: 132, rows: 36 }
/** In a document the top of a page is enough. */
const mostHeight = 1240

const keep = (name: string, title: string, frames: readonly Frame[]) => {
  const path = join(pictures, `${name}.svg`)
  writeFileSync(path, renderTerminal(frames, { ...size, title }))
  console.log(path)
}

const command = (...args: string[]) => [process.execPath, join(root, "plugin/cli/main.ts"), ...args]

/** The page of the command, opened by the link that it prints. */
const drawDashboard = async (world: World, browser: Browser) => {
  const dashboard = Bun.spawn(command("dashboard", "--no-open"), {
    cwd: world.project,
    env: world.env,
    stdin: "ignore",
    stdout: "pipe",
  })
  try {
    let told = ""
    for await (const part of dashboard.stdout) {
      told += new TextDecoder().decode(part)
      if (told.includes("Ctrl-C")) break
    }
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" })
    await page.goto(/http:\S+/.exec(told)![0])
    await page.locator("#needs").waitFor()
    await fit(page, 1440, mostHeight)
    const path = join(pictures, "dashboard-small.png")
    await page.screenshot({ path })
    console.log(path)
  } finally {
    dashboard.kill("SIGTERM")
    await dashboard.exited
  }
}

const typeSlowly = async (type: (text: string) => Promise<unknown>, text: string) => {
  for (const character of text) {
    await type(character)
    await sleep(35)
  }
}

const film = async (browser: Browser) => {
  const world = await createStage()
  const screen = await openScreen(world, size)
  try {
    await screen.until("Ask anything")
    const stop = recordScreen(screen)
    const story = actOut(world)
    await typeSlowly(screen.type, "Let values contain an equals sign. Use a fleet.")
    await screen.press("Enter")
    await story.begin()
    await screen.until(/● maker/)
    // Ends with a call that a person has to allow.
    const worked = story.work()
    await screen.until("maker asks")
    await sleep(1500)
    const shown = async () => [{ at: 0, captured: await screen.text("-e", "-N") }]
    keep(
      "opencode",
      "OpenCode with a fleet in its sidebar: one agent asks for a permission",
      await shown(),
    )
    await drawDashboard(world, browser)
    await watch(world)
    await typeSlowly(screen.type, "/fleets")
    await screen.until("Watch and steer")
    await screen.press("Enter")
    await screen.until("Waiting for you")
    await sleep(1500)
    keep("fleets", "The view /fleets: a question waits on top", await shown())
    await screen.press("Enter")
    await screen.until("asks for a permission")
    await sleep(1500)
    await screen.press("Enter")
    await screen.until((text) => !text.includes("Waiting for you"))
    await sleep(800)
    await screen.press("Escape")
    await worked
    await story.end()
    keep("session", "A session of OpenCode that leads a fleet of three agents", await stop())
  } finally {
    await screen.end()
    await world.end()
  }
}

/** The same fleet in a terminal of its own. */
const watch = async (world: World) => {
  const screen = await openScreen(
    { ...world, opencode: process.execPath, folder: world.home },
    { ...size, args: [join(root, "plugin/cli/main.ts"), "watch"] },
  )
  try {
    await screen.until("maker waits for a person")
    await sleep(500)
    keep("watch", "meshfleet watch: who is stuck stands on top", [
      { at: 0, captured: await screen.text("-e", "-N") },
    ])
  } finally {
    await screen.end()
  }
}

const browser = await launch()
try {
  const [folder] = process.argv.slice(2)
  mkdirSync(folder ?? pictures, { recursive: true })
  if (folder !== undefined) await drawAllLooks(browser, folder)
  else {
    await drawLook(
      browser,
      { story: "large", width: 1440, theme: "dark" },
      join(pictures, "dashboard-large.png"),
      mostHeight,
    )
    await film(browser)
  }
} finally {
  await browser.close()
}
process.exit(0)
