import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseQuestions, specialistCandidates } from "../plugin/mesh/routing/index/corpus.ts"
import { writeRoster } from "../plugin/mesh/routing/roster/roster-file.ts"
import { countRoster } from "../plugin/mesh/routing/roster/roster-index.ts"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"
import { readEmbeddedAgents } from "../plugin/mesh/specialists/embedded-agents.ts"
import { readLessons } from "./lead-texts.ts"
import {
  type EmbeddedTemplates,
  readTemplateFolder,
} from "../plugin/mesh/templates/bundled-templates.ts"
import { buildPage } from "./dashboard-page.ts"
import { type DataName, tagData } from "../plugin/opencode/process/packed-data.ts"
import { pack, packData, packModules } from "./packed-modules.ts"
import { trainClassifiers } from "./train-classifier.ts"
import { createSolidTransformPlugin } from "@opentui/solid/bun-plugin"

/**
 * Makes dist/meshfleet.js, the plugin: one file with nothing left to resolve, the roster inside;
 * dist/meshfleet-cli.js, the command line, which reads the roster from there; and dist/meshfleet-tui.js, what OpenCode's screen
 * shows, which resolves nothing but what OpenCode hands to it.
 */
const root = join(import.meta.dir, "..")

const agents = embedAgents(join(root, "agents"))
const questions = parseQuestions(readFileSync(join(root, "agents", "questions.jsonl"), "utf8"))
const lessons = readLessons(readFileSync(join(root, "scripts", "lead-phrases.txt"), "utf8"))
const candidates = specialistCandidates(readEmbeddedAgents(agents), questions)

/** Training takes seconds, so a roster that was counted the same way is not counted anew. */
const countedRoster = async () => {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify([candidates, lessons]))
  for (const path of [
    ...new Bun.Glob("plugin/mesh/routing/**/*.{ts,txt}").scanSync(root),
    "scripts/train-classifier.ts",
    "scripts/softmax.ts",
    "scripts/random.ts",
  ].toSorted())
    hash.update(readFileSync(join(root, path)))
  const key = Bun.file(join(root, "dist", "routing.key"))
  const packed = Bun.file(join(root, "dist", "routing.packed"))
  const wanted = hash.digest("hex")
  if ((await key.exists()) && (await packed.exists()) && (await key.text()) === wanted)
    return packed.text()
  const counted = new Uint8Array(writeRoster(countRoster(candidates, trainClassifiers, lessons)))
  // Five seconds at 10, and an eighth smaller than after one second at 9.
  const text = packData(counted, 10)
  // The roster first: what a build that was killed in between left is made again.
  // As it is also for a checkout that is run without the bundle.
  await Bun.write(join(root, "dist", "routing.bin"), counted)
  await Bun.write(packed, text)
  await Bun.write(key, wanted)
  return text
}
const routing = await countedRoster()
const templates: EmbeddedTemplates = {
  format: 1,
  templates: readTemplateFolder(join(root, "templates")),
}

// Before the other builds: one must not start another.
const page = JSON.stringify(await buildPage())
// Also for a checkout that is run without the bundle.
await Bun.write(join(root, "dist", "dashboard.json"), page)

const tagged = (name: DataName, packed: string) => JSON.stringify(tagData(name, packed))
const data = {
  MESHFLEET_AGENTS: tagged("agents", packData(JSON.stringify(agents))),
  MESHFLEET_ROUTING: tagged("routing", routing),
  MESHFLEET_TEMPLATES: tagged("templates", packData(JSON.stringify(templates))),
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

const packed = await packModules(["execa", "pg", "proper-lockfile", "yaml"], {
  "./otel.ts": join(root, "plugin/system/telemetry/otel.ts"),
})

const outputs = [
  { entry: "plugin/meshfleet.ts", name: "meshfleet.js", target: "bun", define: data },
  {
    entry: "plugin/cli/main.ts",
    name: "meshfleet-cli.js",
    // What is made for Node also runs in Bun; the command line meets both.
    target: "node",
    // It lies beside the plugin, which has the data; with two copies a package was twice as large.
    define: { MESHFLEET_PAGE: pack(page), MESHFLEET_DATA_IN: JSON.stringify("meshfleet.js") },
  },
  { entry: "plugin/tui/main.tsx", name: "meshfleet-tui.js", target: "bun", define: {} },
] as const

/** OpenCode's own copies: a second Solid would know nothing of the first one's signals. */
const handed = ["@opentui/core", "@opentui/solid", "solid-js"]

/**
 * OpenCode finds what it hands over by the text of our imports, and wants a space there, which the
 * minifier takes away (@opentui/core 0.4.5, runtime-plugin).
 */
const spaceImports = async (path: string) => {
  const imports = new RegExp(`\\bfrom"(${handed.join("|")})"`, "g")
  const file = Bun.file(path)
  await Bun.write(file, (await file.text()).replace(imports, 'from "$1"'))
}

for (const { entry, name, target, define } of outputs) {
  const result = await Bun.build({
    entrypoints: [join(root, entry)],
    outdir: join(root, "dist"),
    naming: name,
    target,
    // Half of a start's time is the parser's, which goes by the length of the text.
    minify: { syntax: true, whitespace: true, identifiers: true, keepNames: true },
    define,
    plugins: [jsoncParser, zodLocales, packed, createSolidTransformPlugin()],
    external: name === "meshfleet-tui.js" ? handed : [],
  })
  for (const message of result.logs) console.error(message)
  if (!result.success) process.exit(1)
  if (name === "meshfleet-tui.js") await spaceImports(join(root, "dist", name))
  console.log(`dist/${name}: ${(result.outputs[0]!.size / 1024 / 1024).toFixed(2)} MB`)
}
