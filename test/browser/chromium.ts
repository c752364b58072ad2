import { existsSync } from "node:fs"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import { createWorld, currentPage, type World } from "../web/support/world.ts"

const places = [
  process.env["MESHFLEET_TEST_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
]
const executablePath = places.find((path) => path !== undefined && existsSync(path))
export const hasChromium = executablePath !== undefined

/** The system's Chromium, which talks to nobody but the test. */
export const launch = (): Promise<Browser> => {
  if (executablePath === undefined)
    throw new Error(
      "No Chromium here: install the package chromium, or name one in MESHFLEET_TEST_CHROMIUM.",
    )
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-proxy-server",
    ],
  })
}

export interface Visit {
  world: World
  page: Page
  context: BrowserContext
  /** What the browser complained about: a page of ours gives it no reason to. */
  complaints: string[]
  end(): Promise<void>
}

/** A page of a dashboard, opened by its link. */
export const visit = async (
  browser: Browser,
  fill: (world: World) => Promise<unknown> = async () => undefined,
  { width = 1440, height = 900 } = {},
): Promise<Visit> => {
  const world = await createWorld({ page: await currentPage() })
  await fill(world)
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("request", (request) => {
    if (!request.url().startsWith(world.origin) && !request.url().startsWith("data:"))
      complaints.push(`asks ${request.url()}`)
  })
  await page.goto(world.link)
  await page.waitForSelector("#needs, main.empty")
  return {
    world,
    page,
    context,
    complaints,
    async end() {
      await context.close()
      await world.end()
    },
  }
}
