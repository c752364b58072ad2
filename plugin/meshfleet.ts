import { fileURLToPath } from "node:url"
import { createSetup } from "./opencode/opencode-2.ts"
import { createPlugin } from "./opencode/plugin.ts"
import { shared } from "./opencode/shared.ts"

/**
 * OpenCode loads every module at this level as a plugin: this is the only one. OpenCode 1.18 calls
 * `server`, OpenCode 2 calls `setup`.
 */
export default {
  id: "meshfleet",
  server: createPlugin(fileURLToPath(import.meta.url)),
  setup: createSetup(shared()),
}
