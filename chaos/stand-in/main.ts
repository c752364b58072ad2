import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Hooks, PluginInput } from "@opencode-ai/plugin"
import { createClient } from "./client.ts"
import { followClock } from "./clock.ts"
import { createLoops } from "./session-loop.ts"
import { openStore } from "./store.ts"

// A stand-in for OpenCode that loads the built plugin as OpenCode does, `run` and `serve`. What is
// missing is what costs OpenCode its seconds: with it a process of the mesh starts in a fraction.

followClock(process.env["CHAOS_CLOCK"])
const directory = process.env["PWD"]!
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    title: { type: "string" },
    hostname: { type: "string" },
    port: { type: "string" },
  },
})
const [command, prompt = ""] = positionals
const config = JSON.parse(readFileSync(join(directory, "opencode.json"), "utf8")) as {
  provider: { fake: { options: { baseURL: string; chunkTimeout?: number } } }
}
const { baseURL, chunkTimeout = 300_000 } = config.provider.fake.options
const content = JSON.parse(process.env["OPENCODE_CONFIG_CONTENT"] || "{}") as {
  plugin?: [string, object][]
}
const [file, options] = content.plugin?.at(-1) ?? [
  join(directory, ".opencode/plugin/meshfleet.js"),
  {},
]
const store = await openStore(join(process.env["XDG_DATA_HOME"]!, "stand-in.db"))
let hooks: Hooks = {}
const loops = createLoops({
  store,
  hooks: () => hooks,
  directory,
  modelUrl: baseURL,
  silenceMs: chunkTimeout,
})
const { default: plugin } = (await import(file)) as {
  default: { server: (input: PluginInput, options: object) => Promise<Hooks> }
}
hooks = await plugin.server(
  { directory, worktree: directory, client: createClient(store, loops) } as unknown as PluginInput,
  options,
)

if (command === "serve") {
  const expected = `Basic ${Buffer.from(`opencode:${process.env["OPENCODE_SERVER_PASSWORD"]}`).toString("base64")}`
  createServer((request, response) => {
    response.statusCode = request.headers.authorization === expected ? 200 : 401
    response.end("[]")
  }).listen(Number(values.port), values.hostname)
} else {
  const session = store.createSession(values.title ?? "", undefined, [])
  loops.prompt(session, undefined, [{ text: prompt }])
  while (loops.isBusy(session)) await new Promise((resolve) => setTimeout(resolve, 20))
  console.log(store.messages(session).at(-1)?.parts.at(-1)?.text ?? "")
  await hooks.dispose?.()
  process.exit(0)
}
