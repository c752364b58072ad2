import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"

/** Makes dist/meshfleet.js: one file with nothing left to resolve, the roster inside. */
const root = join(import.meta.dir, "..")
const questions = join(root, "agents", "questions.jsonl")

/** A string literal of the text, compressed: a third of the size, and quicker to read past. */
const pack = (text: string) => JSON.stringify(Buffer.from(Bun.gzipSync(text, { level: 9 })).toString("base64"))

const result = await Bun.build({
  entrypoints: [join(root, "plugin", "meshfleet.ts")],
  outdir: join(root, "dist"),
  naming: "meshfleet.js",
  target: "bun",
  minify: { syntax: true, whitespace: true, identifiers: false },
  define: {
    MESHFLEET_AGENTS: pack(JSON.stringify(embedAgents(join(root, "agents")))),
    MESHFLEET_QUESTIONS: pack(existsSync(questions) ? readFileSync(questions, "utf8") : ""),
  },
})
for (const message of result.logs) console.error(message)
if (!result.success) process.exit(1)
const bytes = result.outputs[0]!.size
console.log(`dist/meshfleet.js: ${(bytes / 1024 / 1024).toFixed(2)} MB`)
