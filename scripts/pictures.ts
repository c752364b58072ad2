import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { launch, visit } from "../test/browser/chromium.ts"
import { tellLarge, tellSmall } from "../test/web/support/stories.ts"
import type { World } from "../test/web/support/world.ts"

/**
 * Makes the pictures of the dashboard: those of the documentation into docs/pictures, or with a folder as
 * argument one of each size, theme and number of agents, to look at after a change.
 */
const folder = process.argv[2]
const stories = {
  empty: async () => undefined,
  small: ({ mesh }: World) => tellSmall(mesh),
  large: ({ mesh }: World) => tellLarge(mesh),
}
const documented = new Set(["small-1440-light", "large-1440-dark"])

const target = folder ?? join(import.meta.dir, "..", "docs", "pictures")
mkdirSync(target, { recursive: true })
const browser = await launch()
for (const [name, fill] of Object.entries(stories))
  for (const width of [1440, 1024, 390])
    for (const theme of ["light", "dark"] as const) {
      const picture = `${name}-${width}-${theme}`
      if (folder === undefined && !documented.has(picture)) continue
      const { page, end } = await visit(browser, fill, { width, height: 900 })
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" })
      // What is out of view is not drawn, so all of it is in view.
      const height = Number(await page.evaluate("document.documentElement.scrollHeight"))
      // In a document the top of it is enough.
      const most = folder === undefined ? 1240 : Infinity
      await page.setViewportSize({ width, height: Math.min(most, Math.max(900, height)) })
      await page.waitForTimeout(1500)
      const path = join(target, `${folder === undefined ? `dashboard-${name}` : picture}.png`)
      await page.screenshot({ path, fullPage: folder !== undefined })
      console.log(path)
      await end()
    }
await browser.close()
process.exit(0)
