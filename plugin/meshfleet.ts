import { fileURLToPath } from "node:url"
import { createPlugin } from "./opencode/plugin.ts"

/** OpenCode loads every module at this level as a plugin: this is the only one. */
export default { id: "meshfleet", server: createPlugin(fileURLToPath(import.meta.url)) }
