import { readFileSync } from "node:fs"
import { cpus, loadavg, release, totalmem, type } from "node:os"
import { join } from "node:path"
import { git } from "../../test/support/run.ts"

const root = join(import.meta.dir, "../..")

/** What the figures were taken on. Two results compare only if this is the same. */
export const describeMachine = (): string =>
  [
    `- Machine: ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB memory, ${type()} ${release()}`,
    `- Versions: opencode-meshfleet ${versionOf(root)}, OpenCode ${versionOf(join(root, "node_modules/opencode-ai"))}, Bun ${process.versions["bun"]}`,
  ].join("\n")

/** Processes that wanted a core during the last minute: above the number of cores, times are too long. */
export const load = () => loadavg()[0]!.toFixed(1)

const versionOf = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version

/** What was measured, as far as git knows: dist/ is as old as the last build. */
export const commit = async () => {
  const head = await git(root, "rev-parse", "--short", "HEAD")
  return (await git(root, "status", "--porcelain", "plugin")) === "" ? head : `${head} and changes`
}
