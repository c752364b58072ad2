import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"

/** What a browser loads, each file as text. */
export interface PageFiles {
  html: string
  css: string
  js: string
}

// The build replaces this name by the page, compressed.
declare const MESHFLEET_PAGE: string | undefined

/** Inside the bundle, else where the build has put it. Nothing is read before the command asks. */
export const readPage = (): PageFiles => {
  if (typeof MESHFLEET_PAGE === "string")
    return JSON.parse(
      gunzipSync(Buffer.from(MESHFLEET_PAGE as string, "base64")).toString("utf8"),
    ) as PageFiles
  const built = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist", "dashboard.json")
  if (!existsSync(built)) throw new Error("The page is not built: npm run build makes it.")
  return JSON.parse(readFileSync(built, "utf8")) as PageFiles
}
