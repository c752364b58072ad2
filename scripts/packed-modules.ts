import { builtinModules } from "node:module"
import { dirname } from "node:path"
import { brotliCompressSync, constants } from "node:zlib"

/**
 * Packages that hardly any start needs, as compressed text inside the bundle: OpenCode parses the
 * whole bundle at every start, at 0.1 ms a KB, but reads past a string. Each is evaluated where the
 * code asks for it. Only packages that need nothing but Node's own modules can be packed.
 */
export const packModules = async (
  packages: readonly string[],
  /** Modules of ours that bring packages along, by the name that they are imported by. */
  ours: Readonly<Record<string, string>> = {},
): Promise<Bun.BunPlugin> => {
  // Before the bundle's own build: Bun 1.3.14 waits for ever when one build starts another.
  const contents = new Map<string, string>()
  for (const name of packages)
    contents.set(name, evaluating(await bundled(name, Bun.resolveSync(name, import.meta.dir))))
  for (const [name, path] of Object.entries(ours))
    contents.set(name, evaluating(await bundled(name, path)))
  const names = [...contents.keys()].map((name) => name.replaceAll(".", "\\."))
  return {
    name: "packed modules",
    setup(build) {
      const filter = new RegExp(`^(${names.join("|")})$`)
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: "packed" }))
      build.onLoad({ filter, namespace: "packed" }, ({ path }) => ({
        contents: contents.get(path)!,
        loader: "js",
      }))
    },
  }
}

/** For Node, bundlers take a package's CommonJS, of which nothing can be left out. */
const esModules: Bun.BunPlugin = {
  name: "OpenTelemetry as ES modules",
  setup(build) {
    build.onResolve({ filter: /^@opentelemetry\// }, async ({ path, importer }) => {
      const main = Bun.resolveSync(path, dirname(importer))
      const module = main.replace("/build/src/", "/build/esm/")
      return { path: (await Bun.file(module).exists()) ? module : main }
    })
  },
}

const bundled = async (name: string, path: string) => {
  const result = await Bun.build({
    entrypoints: [path],
    plugins: [esModules],
    format: "cjs",
    target: "node",
    minify: true,
    external: builtinModules.flatMap((each) => [each, `node:${each}`]),
  })
  if (!result.success) throw new Error(`${name} cannot be packed: ${result.logs.join("\n")}`)
  return result.outputs[0]!.text()
}

/** A string literal, compressed: a third of the size, and quicker to read past. */
export const pack = (content: string | Uint8Array<ArrayBuffer>) =>
  JSON.stringify(Buffer.from(Bun.gzipSync(content, { level: 9 })).toString("base64"))

/** Data that is read once at most, as base64: a fifth smaller than by gzip, for some 10 ms at that once. */
export const packData = (content: string | Uint8Array, quality = 9) =>
  brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).toString("base64")

// The path given to createRequire only has to be absolute: Node's own modules are found from anywhere.
const evaluating = (code: string) => `
const { gunzipSync } = require("node:zlib")
const { createRequire } = require("node:module")
const code = gunzipSync(Buffer.from(${pack(code)}, "base64")).toString("utf8")
new Function("module", "exports", "require", code)(module, exports, createRequire(process.execPath))
`
