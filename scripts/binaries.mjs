import { chmodSync, copyFileSync, linkSync, renameSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { bunPackages, opencodePackages, thisMachine } from "../bin/platform-packages.mjs"

/**
 * Bun and OpenCode come as packages per platform. Their install scripts put the right binary in one
 * known place; where npm runs no install scripts we do the same, so that place is good everywhere.
 */
export const ensureBinaries = (root) => {
  const machine = thisMachine()
  return {
    bun: place(root, "bun/bin/bun.exe", "bun", bunPackages(machine)),
    opencode: place(root, "opencode-ai/bin/opencode.exe", "opencode", opencodePackages(machine)),
  }
}

const place = (root, target, name, packages) => {
  const modules = join(root, "node_modules")
  const path = join(modules, target)
  if (isBinary(path)) return path
  const file = process.platform === "win32" ? `${name}.exe` : name
  const source = packages.map((each) => join(modules, each, "bin", file)).find(isBinary)
  if (!source)
    throw new Error(
      `There is no ${name} for this machine: none of ${packages.join(", ")} is installed.\n` +
        "Next: Remove node_modules and run this command again; npm must be allowed to install optional packages.",
    )
  const fresh = `${path}.${process.pid}`
  try {
    linkSync(source, fresh)
  } catch {
    copyFileSync(source, fresh)
  }
  chmodSync(fresh, 0o755)
  renameSync(fresh, path)
  rmSync(fresh, { force: true })
  return path
}

/** Without their install scripts the packages hold a placeholder of a few hundred bytes. */
const isBinary = (path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000
