import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { MeshError } from "../mesh/model/errors.ts"
import type { Part } from "./config/config-places.ts"
import { isOwnPath, packageName } from "./config/own-spec.ts"

/** What the configuration names for each part. */
export type Source = Record<Part, string>

export const published: Source = { server: packageName, tui: packageName }

/** A bundle, a folder that holds the package, or its tarball, in place of what is published. */
export const sourceFrom = (directory: string, from: string): Source => {
  const path = resolve(directory, from)
  const fail = (why: string) =>
    new MeshError(
      "INVALID_ARGUMENT",
      `--from ${path} ${why}.`,
      "Name dist/meshfleet.js, a folder that holds the package, or its tarball (npm pack).",
    )
  if (!existsSync(path)) throw fail("is not there")
  if (statSync(path).isDirectory()) {
    if (!isOwnPath(path)) throw fail(`holds no package.json of ${packageName}`)
    if (!existsSync(join(path, "dist", "meshfleet.js")))
      throw fail("has no dist/meshfleet.js: it is not built")
    return { server: path, tui: path }
  }
  if (/\.(tgz|tar\.gz)$/.test(path)) {
    if (!isGzip(path)) throw fail("is no gzip file")
    // OpenCode hands it to its npm, which keeps a copy.
    const spec = `${packageName}@file:${path}`
    return { server: spec, tui: spec }
  }
  if (!isOwnPath(path)) throw fail("is no meshfleet.js")
  return { server: path, tui: join(dirname(path), "meshfleet-tui.js") }
}

const isGzip = (path: string) => {
  const file = openSync(path, "r")
  try {
    const head = Buffer.alloc(2)
    readSync(file, head)
    return head[0] === 0x1f && head[1] === 0x8b
  } finally {
    closeSync(file)
  }
}
