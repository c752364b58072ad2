import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"

/** Makes dist/meshfleet.js: one file with nothing left to resolve, the roster inside. */
const root = join(import.meta.dir, "..")
const questions = join(root, "agents", "questions.jsonl")

const result = await Bun.build({
  entrypoints: [join(root, "plugin", "meshfleet.ts")],
  outdir: join(root, "dist"),
  naming: "meshfleet.js",
  target: "bun",
  minify: { syntax: true, whitespace: true, identifiers: false },
  define: {
    MESHFLEET_AGENTS: JSON.stringify(JSON.stringify(embedAgents(join(root, "agents")))),
    MESHFLEET_QUESTIONS: JSON.stringify(existsSync(questions) ? readFileSync(questions, "utf8") : ""),
  },
})
for (const message of result.logs) console.error(message)
if (!result.success) process.exit(1)
const bytes = result.outputs[0]!.size
console.log(`dist/meshfleet.js: ${(bytes / 1024 / 1024).toFixed(2)} MB`)
