import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { PageFiles } from "../plugin/web/page-files.ts"

const folder = join(import.meta.dir, "..", "plugin", "web", "page")

/** The page of the dashboard: its scripts as one, with all that they import. */
export const buildPage = async (): Promise<PageFiles> => {
  const result = await Bun.build({
    entrypoints: [join(folder, "main.tsx")],
    target: "browser",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  })
  if (!result.success) throw new Error(`the page cannot be built: ${result.logs.join("\n")}`)
  return {
    html: readFileSync(join(folder, "index.html"), "utf8"),
    css: readFileSync(join(folder, "app.css"), "utf8"),
    js: await result.outputs[0]!.text(),
  }
}
