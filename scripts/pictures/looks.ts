import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { visit } from "../../test/browser/chromium.ts"
import { tellBoard, tellLarge } from "../../test/web/support/stories.ts"
import type { World } from "../../test/web/support/world.ts"

const stories = {
  empty: async () => undefined,
  small: ({ mesh }: World) => tellBoard(mesh),
  large: ({ mesh }: World) => tellLarge(mesh),
}

/** What is out of view is not drawn, so all of it comes into view, up to this height. */
export const fit = async (page: Page, width: number, most: number) => {
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"))
  await page.setViewportSize({ width, height: Math.min(most, Math.max(900, height)) })
  await page.waitForTimeout(1500)
}

interface Look {
  story: keyof typeof stories
  width: number
  theme: "light" | "dark"
}

/** The dashboard over rows that a test has told, without anything that runs. */
export const drawLook = async (
  browser: Browser,
  { story, width, theme }: Look,
  path: string,
  most = Infinity,
) => {
  const { page, end } = await visit(browser, stories[story], { width, height: 900 })
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" })
  await fit(page, width, most)
  await page.screenshot({ path, fullPage: most === Infinity })
  console.log(path)
  await end()
}

/** One of each size, theme and number of agents, to look at after a change. */
export const drawAllLooks = async (browser: Browser, folder: string) => {
  for (const story of Object.keys(stories) as (keyof typeof stories)[])
    for (const width of [1440, 1024, 390])
      for (const theme of ["light", "dark"] as const)
        await drawLook(
          browser,
          { story, width, theme },
          join(folder, `${story}-${width}-${theme}.png`),
        )
}
