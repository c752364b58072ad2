import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { repositoryPath } from "../../../plugin/system/worktrees/repository-paths.ts"

let folder: string
let shop: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-paths-")))
  shop = join(folder, "shop")
  mkdirSync(join(shop, ".git/worktrees/tree"), { recursive: true })
  mkdirSync(join(shop, "src"))
  mkdirSync(join(folder, "tree/src"), { recursive: true })
  writeFileSync(join(folder, "tree/.git"), `gitdir: ${join(shop, ".git/worktrees/tree")}\n`)
  writeFileSync(join(shop, ".git/worktrees/tree/commondir"), "../..\n")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (path: string, directory = shop) =>
  repositoryPath(path, { directory, project: join(shop, ".git") })

test("a file has one name in all trees of its repository, from wherever it is named", () => {
  for (const found of [
    at("src/a.ts"),
    at("./src/../src/a.ts"),
    at(join(shop, "src/a.ts")),
    at("a.ts", join(shop, "src")),
    at("../src/a.ts", join(shop, "src")),
    at("src/a.ts", join(folder, "tree")),
    at(join(folder, "tree/src/a.ts")),
  ])
    expect(found).toBe("src/a.ts")
})

test("links are followed, and what is not there yet has a name too", () => {
  symlinkSync(join(shop, "src"), join(shop, "link"))
  expect(at("link/new/b.ts")).toBe("src/new/b.ts")
  expect(at("link/**/*.ts")).toBe("src/**/*.ts")
})

test("globs keep their wildcards, and brackets are names", () => {
  expect(at("**/*.ts")).toBe("**/*.ts")
  expect(at("*.ts", join(shop, "src"))).toBe("src/*.ts")
  expect(at("src/[id]/page.tsx")).toBe("src/[id]/page.tsx")
  expect(at("src/")).toBe("src")
  expect(at(".")).toBe("")
})

test("what is of no tree of the repository has none", () => {
  mkdirSync(join(shop, "part/.git"), { recursive: true })
  for (const path of ["/etc/passwd", "../other.ts", "src/*/../../../x", ".git/config", "part/a.ts"])
    expect([path, at(path)]).toEqual([path, undefined])
})

test("without git the project is its folder", () => {
  const plain = join(folder, "plain")
  mkdirSync(join(plain, "a"), { recursive: true })
  const from = { directory: join(plain, "a"), project: plain }
  expect(repositoryPath("b.ts", from)).toBe("a/b.ts")
  expect(repositoryPath("../../b.ts", from)).toBeUndefined()
})
