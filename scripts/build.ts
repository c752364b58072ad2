import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"

/**
 * Makes dist/meshfleet.js, the plugin, and dist/meshfleet-cli.js, the command line: each one file
 * with nothing left to resolve, the roster inside.
 */
const root = join(import.meta.dir, "..")
const questions = join(root, "agents", "questions.jsonl")

/** A string literal of the text, compressed: a third of the size, and quicker to read past. */
const pack = (text: string) =>
  JSON.stringify(Buffer.from(Bun.gzipSync(text, { level: 9 })).toString("base64"))

const define = {
  MESHFLEET_AGENTS: pack(JSON.stringify(embedAgents(join(root, "agents")))),
  MESHFLEET_QUESTIONS: pack(existsSync(questions) ? readFileSync(questions, "utf8") : ""),
}

/** For Node, bundlers take its UMD build, whose inner imports they do not see. */
const jsoncParser: Bun.BunPlugin = {
  name: "jsonc-parser as a module",
  setup(build) {
    const path = join(root, "node_modules/jsonc-parser/lib/esm/main.js")
    build.onResolve({ filter: /^jsonc-parser$/ }, () => ({ path }))
  },
}

const outputs = [
  { entry: "plugin/meshfleet.ts", name: "meshfleet.js", target: "bun" },
  // What is made for Node also runs in Bun; the command line meets both.
  { entry: "plugin/cli/main.ts", name: "meshfleet-cli.js", target: "node" },
] as const

for (const { entry, name, target } of outputs) {
  const result = await Bun.build({
    entrypoints: [join(root, entry)],
    outdir: join(root, "dist"),
    naming: name,
    target,
    minify: { syntax: true, whitespace: true, identifiers: false },
    define,
    plugins: [jsoncParser],
  })
  for (const message of result.logs) console.error(message)
  if (!result.success) process.exit(1)
  console.log(`dist/${name}: ${(result.outputs[0]!.size / 1024 / 1024).toFixed(2)} MB`)
}
