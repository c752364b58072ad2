import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { output } from "../../support/run.ts"

/** A registry with two versions of the package. */
export const startPackageRegistry = async () => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-registry-"))
  const tarballs: Record<string, Buffer> = {}
  for (const version of ["1.0.0", "1.1.0"]) {
    const source = join(folder, version, "package")
    mkdirSync(join(source, "dist"), { recursive: true })
    writeFileSync(
      join(source, "package.json"),
      JSON.stringify({ name: "opencode-meshfleet", version }),
    )
    writeFileSync(join(source, "dist/meshfleet.js"), version)
    const file = join(folder, `${version}.tgz`)
    await output("tar", ["-czf", file, "-C", dirname(source), "package"])
    tarballs[version] = readFileSync(file)
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ url }) {
      const { pathname, origin } = new URL(url)
      const version = /\/([\d.]+)\.tgz$/.exec(pathname)?.[1]
      if (version) return new Response(new Uint8Array(tarballs[version]!))
      const versions = Object.entries(tarballs).map(([each, bytes]) => [
        each,
        {
          name: "opencode-meshfleet",
          version: each,
          dist: {
            tarball: `${origin}/${each}.tgz`,
            integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
          },
        },
      ])
      return Response.json({
        name: "opencode-meshfleet",
        "dist-tags": { latest: "1.1.0" },
        versions: Object.fromEntries(versions),
      })
    },
  })
  return {
    /** What makes a fetch of packages ask here. */
    env: {
      // Bun alone: the same fetch wherever the tests run.
      PATH: dirname(process.execPath),
      npm_config_registry: `http://127.0.0.1:${server.port}`,
      NPM_CONFIG_REGISTRY: `http://127.0.0.1:${server.port}`,
    },
    async end() {
      await server.stop(true)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
