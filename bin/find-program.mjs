import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { delimiter, dirname, join } from "node:path"
import { bunPackages, opencodePackages, thisMachine } from "./platform-packages.mjs"

const packagesOf = { bun: bunPackages, opencode: opencodePackages }

/**
 * Bun or OpenCode, wherever npm, pnpm or their own installers put it: beside the package in `from` or in
 * a project above it, on the PATH, in the home folder. Not where the command is called: what lies in a
 * repository that somebody looks at must not run for that.
 */
export const findProgram = (name, { from, env }) => {
  const file = process.platform === "win32" ? `${name}.exe` : name
  for (const folder of foldersFor(from, env)) {
    const found = programAt(join(folder, file), name)
    if (found) return found
  }
  return undefined
}

const foldersFor = (from, env) => [
  ...binFolders(from),
  ...(env.PATH ?? "").split(delimiter).filter(Boolean),
  ...(env.HOME ? [join(env.HOME, ".opencode", "bin"), join(env.HOME, ".bun", "bin")] : []),
]

/** `node_modules/.bin` of a folder and of all above it. */
const binFolders = (start) => {
  const folders = []
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(join(folder, "node_modules", ".bin"))
    if (dirname(folder) === folder) return folders
  }
}

/** Scripts and placeholders are smaller, binaries are thousands of times as large. */
const scriptBytes = 8192

/** What to start for this path: itself, or the binary for which a placeholder or a script stands. */
const programAt = (path, name) => {
  try {
    const file = statSync(path)
    if (!file.isFile()) return undefined
    if (file.size >= scriptBytes) return isExecutable(path) ? path : undefined
    const real = realpathSync(path)
    const target = scriptTarget(real)
    if (target) return programAt(target, name)
    // Somebody's own script.
    if (!real.includes("node_modules")) return isExecutable(path) ? path : undefined
    // Where npm ran no install scripts, the package holds a placeholder of a few hundred bytes.
    return packageBinary(dirname(dirname(real)), name)
  } catch {
    return undefined
  }
}

const isExecutable = (path) => {
  accessSync(path, constants.X_OK)
  return true
}

/** pnpm starts a package's command by a script that names it by its place. */
const scriptTarget = (path) => {
  const place = readFileSync(path, "utf8").match(/"\$basedir\/([^"]+node_modules\/[^"]+)"/)?.[1]
  return place && join(dirname(path), place)
}

/** The binary of the package for this machine, which is installed as a dependency of `folder`. */
const packageBinary = (folder, name) => {
  const resolve = createRequire(join(folder, "package.json")).resolve
  for (const each of packagesOf[name](thisMachine())) {
    try {
      const binary = join(dirname(resolve(`${each}/package.json`)), "bin", name)
      if (statSync(binary).size >= scriptBytes && isExecutable(binary)) return binary
    } catch {
      // Not for this machine, or not installed.
    }
  }
  return undefined
}
