import { readFileSync } from "node:fs"
import { join } from "node:path"

const bundle = join(import.meta.dir, "../../../dist/meshfleet-tui.js")

/** What makes OpenCode's screen of a project load our part of it, as `npm run build` made that. */
export const tuiFiles = (): Record<string, string> => ({
  ".opencode/tui.json": JSON.stringify({ plugin: ["./tui/meshfleet-tui.js"] }),
  ".opencode/tui/meshfleet-tui.js": readFileSync(bundle, "utf8"),
})
