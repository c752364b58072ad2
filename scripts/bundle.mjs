import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { runStep } from "./child.mjs"

const outputs = ["dist/meshfleet.js", "dist/meshfleet-cli.js", "dist/meshfleet-tui.js"]
const inputs = [
  "plugin",
  "agents",
  "templates",
  "scripts/build.ts",
  "scripts/dashboard-page.ts",
  "scripts/lead-phrases.txt",
  "scripts/lead-texts.ts",
  "scripts/train-classifier.ts",
  "scripts/softmax.ts",
  "scripts/random.ts",
  "package-lock.json",
]

export const build = async (root, bun) => {
  // stdout belongs to the task that comes after.
  const options = { cwd: root, stdio: ["ignore", 2, 2] }
  const { code } = await runStep(bun, ["scripts/build.ts"], options)
  if (code !== 0) throw new Error("The build failed; what it said is above.")
}

export const ensureBundle = async (root, bun) => {
  const built = Math.min(...outputs.map((output) => changedAt(join(root, output))))
  if (inputs.some((input) => newestIn(join(root, input)) > built)) await build(root, bun)
}

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** A folder's own time tells of files that were removed. */
const newestIn = (path) => {
  const entry = statSync(path, { throwIfNoEntry: false })
  if (!entry) return 0
  if (!entry.isDirectory()) return entry.mtimeMs
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
