import { randomBytes } from "node:crypto"
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { userHome } from "../system/mesh-home.ts"
import { type Env, filesIn } from "./config/config-places.ts"
import { packageName, versionAt, versionIn } from "./config/own-spec.ts"

export interface CachedPackage {
  /** `opencode-meshfleet@latest`, or another version, tag or tarball. */
  spec: string
  /** The folder that OpenCode has made for it, and where the package lies in it. */
  folder: string
  package: string
  /** Undefined when there is a folder, but no whole package in it. */
  version: string | undefined
}

const inFolder = (folder: string) => join(folder, "node_modules", packageName)

/**
 * Where OpenCode 1.18.33 keeps plugins of npm: a folder for each entry as it is written, `@latest` for
 * one without a version. What is there once is never looked for again, not even a newer version.
 */
export const createPackageCache = (env: Env) => {
  const root = join(env["XDG_CACHE_HOME"] || join(userHome(env), ".cache"), "opencode", "packages")
  const at = (folder: string): CachedPackage => ({
    spec: folder.slice(root.length + 1),
    folder,
    package: inFolder(folder),
    version: existsSync(join(inFolder(folder), "dist", "meshfleet.js"))
      ? versionAt(inFolder(folder))
      : undefined,
  })
  const folderOf = (spec: string) =>
    join(root, versionIn(spec) === undefined ? `${packageName}@latest` : spec)

  return {
    root,
    /** What an entry is loaded from; undefined when OpenCode has still to install it. */
    find(spec: string): CachedPackage | undefined {
      const found = at(folderOf(spec))
      return existsSync(found.folder) ? found : undefined
    },

    /** Where the package of an entry lies, or is to lie. */
    placeOf: (spec: string) => inFolder(folderOf(spec)),

    /** All that OpenCode has of us. */
    all: (): CachedPackage[] =>
      filesIn(root)
        .filter((path) => path.startsWith(join(root, `${packageName}@`)))
        .flatMap((path) => (path.endsWith("@file:") ? tarballs(path) : [path]))
        .map(at),

    /** An empty folder beside those of the packages, so that it can become one in one step. */
    makeBeside() {
      const folder = join(root, `.meshfleet-${randomBytes(6).toString("hex")}`)
      mkdirSync(folder, { recursive: true })
      return folder
    },

    /** Another one with the same in it. */
    copy(made: string) {
      const folder = this.makeBeside()
      cpSync(made, folder, { recursive: true })
      return folder
    },

    /**
     * Puts what was made there in the place of an entry's package. Between its two renames OpenCode may
     * look and install by itself; then that is what stays.
     */
    replace(spec: string, made: string) {
      const folder = folderOf(spec)
      const old = `${made}.old`
      if (existsSync(folder)) renameSync(folder, old)
      try {
        renameSync(made, folder)
      } catch (error) {
        if (!existsSync(inFolder(folder))) {
          if (existsSync(old)) renameSync(old, folder)
          throw error
        }
      }
      for (const left of [made, old]) rmSync(left, { recursive: true, force: true })
      return at(folder)
    },

    remove(spec: string) {
      rmSync(join(root, spec), { recursive: true, force: true })
      // What a tarball's path has left of folders.
      if (spec.includes("@file:")) removeEmptyUp(dirname(join(root, spec)), root)
    },
  }
}

export type PackageCache = ReturnType<typeof createPackageCache>

/** The path of a tarball becomes folders; the package is where they end. */
const tarballs = (folder: string): string[] => {
  if (/\.(tgz|tar\.gz)$/.test(folder)) return [folder]
  return filesIn(folder)
    .filter((path) => !path.endsWith("node_modules"))
    .flatMap(tarballs)
}

const removeEmptyUp = (folder: string, root: string) => {
  if (folder === root || filesIn(folder).length > 0) return
  rmSync(folder, { recursive: true, force: true })
  removeEmptyUp(dirname(folder), root)
}
