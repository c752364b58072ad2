import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { run } from "../test/support/run.ts"
import { packPackage } from "./pack-package.ts"

/**
 * What `npm publish` would send: small enough, complete, and found by whatever resolves it. Network is
 * not needed.
 */
const root = join(import.meta.dir, "..")

/** Packed; 3.2 MB when this was written. Pictures, training data and a second roster had made it 7.6. */
const mostBytes = 3_400_000

const wanted = [
  "dist/meshfleet.js",
  "dist/meshfleet-cli.js",
  "dist/meshfleet-tui.js",
  "types/plugin.d.ts",
  "types/tui.d.ts",
  "bin/meshfleet.mjs",
  "meshfleet.schema.json",
  "agents/code-reviewer.md",
  "templates/bug-investigation.yaml",
  "docs/architecture.md",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "NOTICE",
]
/** What a checkout needs and a user does not. */
const unwanted =
  /^(plugin|scripts|test|bench|demo|chaos|scripted-model)\/|\.(png|jsonl|bin|key|packed)$/

const folder = mkdtempSync(join(tmpdir(), "meshfleet-package-"))
const problems: string[] = []
try {
  const { file, files, size } = await packPackage(root, folder)
  for (const path of wanted) if (!files.includes(path)) problems.push(`${path} is missing`)
  for (const path of files) if (unwanted.test(path)) problems.push(`${path} is not for users`)
  if (size > mostBytes) problems.push(`${size} bytes packed are more than ${mostBytes}`)

  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    unknown
  >
  if (pkg["dependencies"]) problems.push("there are dependencies, though all is in the bundles")
  const tarball = await Bun.file(file).arrayBuffer()
  for (const message of (await publint({ pack: { tarball } })).messages)
    problems.push(`publint: ${formatMessage(message, pkg) ?? message.code}`)

  // Bundlers and Node load it as ESM only, as OpenCode does.
  const attw = await run(
    join(root, "node_modules/.bin/attw"),
    [file, "--profile", "esm-only", "--no-color", "--no-emoji"],
    { cwd: folder },
  )
  if (attw.status !== 0) problems.push(`attw:\n${attw.stdout}${attw.stderr}`)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`${files.length} files, ${(size / 1e6).toFixed(2)} MB packed, nothing to mend`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
