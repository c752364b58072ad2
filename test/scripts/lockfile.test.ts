import { afterAll, describe, expect, test } from "bun:test"
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../support/run.ts"

const root = join(import.meta.dir, "../..")
// Plain JavaScript for Node: it carries no types.
const { complete, missingFrom, platformOf } = await import(join(root, "scripts", "lockfile.mjs"))

type Entry = Record<string, any>
const packages = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
  .packages as Record<string, Entry>
const nowhere = () => undefined

describe("package-lock.json", () => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-lockfile-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(root, file), join(folder, file))

  /** What npm ci would install; it needs neither network nor cache to say so. */
  const wouldInstall = async (os: string, cpu: string, libc?: string) => {
    const platform = [`--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : [])]
    const rest = ["--dry-run", "--offline", "--include=dev", `--cache=${join(folder, "cache")}`]
    const result = await run("npm", ["ci", ...rest, ...platform], { cwd: folder })
    expect(`${result.status} ${result.stderr}`).toStartWith("0 ")
    return [...result.stdout.matchAll(/^add (\S+)/gm)].map(([, name]) => name!)
  }

  test("has an entry, in its version, for every optional package that a dependency names", () => {
    const named = Object.values(packages).flatMap((each) =>
      Object.entries<string>(each.optionalDependencies ?? {}),
    )
    expect(named.length).toBeGreaterThan(100)
    const without = named.filter(
      ([name, range]) =>
        !Object.entries(packages).some(
          ([path, each]) =>
            path.endsWith(`node_modules/${name}`) &&
            each.optional &&
            Bun.semver.satisfies(each.version, range),
        ),
    )
    expect(without).toEqual([])
  })

  test("has no addresses, so it can be used with every registry", () => {
    expect(Object.keys(packages).filter((path) => "resolved" in packages[path]!)).toEqual([])
  })

  test("gives every platform its own packages in npm ci", async () => {
    const mac = await wouldInstall("darwin", "arm64")
    expect(mac).toContain("opencode-darwin-arm64")
    expect(mac).toContain("@oven/bun-darwin-aarch64")
    expect(mac).not.toContain("opencode-linux-x64")
    expect(await wouldInstall("win32", "x64")).toContain("opencode-windows-x64")
    const glibc = await wouldInstall("linux", "x64", "glibc")
    expect(glibc).toContain("@oxlint/binding-linux-x64-gnu")
    expect(glibc).not.toContain("opencode-linux-x64-musl")
    const musl = await wouldInstall("linux", "x64", "musl")
    expect(musl).toContain("opencode-linux-x64-musl")
    expect(musl).not.toContain("@oxlint/binding-linux-x64-gnu")
  })

  test("says of the platforms of packages what their names say", () => {
    const known = Object.entries(packages).filter(([path]) =>
      platformOf(path.replace("node_modules/", "")),
    )
    expect(known.length).toBeGreaterThan(100)
    for (const [path, { os, cpu }] of known)
      expect({ path, os, cpu }).toEqual({ path, ...pick(platformOf(path)) })
  })
})

const pick = ({ os, cpu }: Entry) => ({ os, cpu })

describe("completing a lockfile", () => {
  const tool = {
    version: "2.0.0",
    dev: true,
    optionalDependencies: { "@tool/linux-x64-musl": "2.0.0" },
  }
  const before: Record<string, Entry> = {
    "": { devDependencies: { tool: "2.0.0" } },
    "node_modules/tool": tool,
  }

  test("takes from the registry what it has", () => {
    const manifest = {
      version: "2.0.0",
      dist: { integrity: "sha512-m", tarball: "https://registry.example/m.tgz" },
      os: ["linux"],
      cpu: ["x64"],
      scripts: { postinstall: "node install.js" },
    }
    const { packages: after, unhashed } = complete(before, () => manifest)
    expect(after["node_modules/@tool/linux-x64-musl"]).toEqual({
      version: "2.0.0",
      integrity: "sha512-m",
      cpu: ["x64"],
      dev: true,
      hasInstallScript: true,
      optional: true,
      os: ["linux"],
    })
    expect(unhashed).toEqual([])
    expect(missingFrom(after)).toEqual([])
  })

  test("takes from the name what the registry does not have, until it has it", () => {
    const { packages: after, unhashed } = complete(before, nowhere)
    const path = "node_modules/@tool/linux-x64-musl"
    expect(Object.keys(after)).toEqual(["", path, "node_modules/tool"])
    expect(after[path]).toEqual({
      version: "2.0.0",
      cpu: ["x64"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    })
    expect(unhashed).toEqual([path])
    const later = complete(after, () => ({ version: "2.0.0", dist: { integrity: "sha512-m" } }))
    expect(later.packages[path]).toMatchObject({ integrity: "sha512-m" })
    expect(later.unhashed).toEqual([])
  })

  test("adds what an added package needs, and puts a second version beside its parent", () => {
    const other = { version: "1.0.0", optionalDependencies: { "@tool/linux-x64-musl": "1.0.0" } }
    const { packages: after } = complete(
      { ...before, "node_modules/other": other },
      (name: string, range: string) => ({
        version: range.replace("^", ""),
        dist: { integrity: "sha512-any" },
        ...(name.startsWith("@tool/") && { dependencies: { helper: "^3.0.0" } }),
      }),
    )
    const versions = Object.entries(after).map(([path, each]) => [path, (each as Entry).version])
    expect(Object.fromEntries(versions)).toMatchObject({
      "node_modules/@tool/linux-x64-musl": "2.0.0",
      "node_modules/other/node_modules/@tool/linux-x64-musl": "1.0.0",
      "node_modules/helper": "3.0.0",
    })
  })

  test("adds what two of them need only once", () => {
    const optionalDependencies = { "@tool/linux-x64": "2.0.0", "@tool/linux-arm64": "2.0.0" }
    const { packages: after } = complete(
      { "node_modules/tool": { version: "2.0.0", optionalDependencies } },
      (name: string) => ({
        version: "2.0.0",
        dist: { integrity: "sha512-any" },
        ...(name !== "helper" && { dependencies: { helper: "^2.0.0" } }),
      }),
    )
    expect(Object.keys(after).filter((path) => path.endsWith("helper"))).toEqual([
      "node_modules/helper",
    ])
  })

  test("a package of which neither registry nor name say enough is named, with a next step", () => {
    const odd = {
      "node_modules/tool": { ...tool, optionalDependencies: { "tool-native": "2.0.0" } },
    }
    expect(() => complete(odd, nowhere)).toThrow(/no tool-native@2\.0\.0[^]*Next: /)
  })
})
