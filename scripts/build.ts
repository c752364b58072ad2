import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseQuestions, specialistCandidates } from "../plugin/mesh/routing/index/corpus.ts"
import { writeRoster } from "../plugin/mesh/routing/roster/roster-file.ts"
import { countRoster } from "../plugin/mesh/routing/roster/roster-index.ts"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"
import { readEmbeddedAgents } from "../plugin/mesh/specialists/embedded-agents.ts"
import { pack, packModules } from "./packed-modules.ts"
import { trainClassifier } from "./train-classifier.ts"

/**
 * Makes dist/meshfleet.js, the plugin, and dist/meshfleet-cli.js, the command line: each one file
 * with nothing left to resolve, the roster inside.
 */
const root = join(import.meta.dir, "..")

const agents = embedAgents(join(root, "agents"))
const questions = parseQuestions(readFileSync(join(root, "agents", "questions.jsonl"), "utf8"))
const candidates = specialistCandidates(readEmbeddedAgents(agents), questions)

/** Training takes seconds, so a roster that was counted the same way is not counted anew. */
const countedRoster = async () => {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify(candidates))
  for (const path of [
    ...new Bun.Glob("plugin/mesh/routing/**/*.{ts,txt}").scanSync(root),
    "scripts/train-classifier.ts",
  ].toSorted())
    hash.update(readFileSync(join(root, path)))
  const key = Bun.file(join(root, "dist", "routing.key"))
  const file = Bun.file(join(root, "dist", "routing.bin"))
  const wanted = hash.digest("hex")
  if ((await key.exists()) && (await file.exists()) && (await key.text()) === wanted)
    return new Uint8Array(await file.arrayBuffer())
  const counted = new Uint8Array(writeRoster(countRoster(candidates, trainClassifier)))
  // The roster first: what a build that was killed in between left is made again.
  await Bun.write(file, counted)
  await Bun.write(key, wanted)
  return counted
}
const routing = await countedRoster()

const define = {
  MESHFLEET_AGENTS: pack(JSON.stringify(agents)),
  MESHFLEET_ROUTING: pack(routing),
}

/** For Node, bundlers take its UMD build, whose inner imports they do not see. */
const jsoncParser: Bun.BunPlugin = {
  name: "jsonc-parser as a module",
  setup(build) {
    const path = join(root, "node_modules/jsonc-parser/lib/esm/main.js")
    build.onResolve({ filter: /^jsonc-parser$/ }, () => ({ path }))
  },
}

/** zod brings its messages in 50 languages; ours are English, which it imports by itself. */
const zodLocales: Bun.BunPlugin = {
  name: "zod without its other languages",
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export {}",
      loader: "js",
    }))
  },
}

const packed = await packModules(["execa", "pg", "proper-lockfile", "yaml"])

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
    // Half of a start's time is the parser's, which goes by the length of the text.
    minify: { syntax: true, whitespace: true, identifiers: true, keepNames: true },
    define,
    plugins: [jsoncParser, zodLocales, packed],
  })
  for (const message of result.logs) console.error(message)
  if (!result.success) process.exit(1)
  console.log(`dist/${name}: ${(result.outputs[0]!.size / 1024 / 1024).toFixed(2)} MB`)
}

// Also for a checkout that is run without the bundle.
console.log(`dist/routing.bin: ${(routing.length / 1024 / 1024).toFixed(2)} MB`)
