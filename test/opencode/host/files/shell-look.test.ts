import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  createShellLook,
  pathsOfStatus,
} from "../../../../plugin/opencode/host/files/shell-look.ts"
import { versionOf } from "../../../../plugin/opencode/host/files/file-look.ts"
import type { FileEdit } from "../../../../plugin/mesh/worktrees/file-marks.ts"

let folder: string
let versions: Map<string, string>
let edited: readonly FileEdit[]
let dirty: readonly string[] | undefined
let breached: readonly string[]
let isWatched: boolean
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-shell-")))
  versions = new Map()
  edited = []
  breached = []
  dirty = []
  isWatched = false
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const place = (name: string) => join(folder, name)
const write = (name: string, text: string) => writeFileSync(place(name), text)
const know = async (name: string) => versions.set(place(name), await versionOf(place(name)))

const look = (beganAt: number, hasGuard = true) =>
  createShellLook({
    marks: {
      known: async () => ({ watched: [...versions.keys()], versions }),
      edited: async (_, edits, by) => {
        edited = edits
        return [`edited by ${by}`]
      },
    },
    guard: hasGuard
      ? {
          isWatched: async () => isWatched,
          breached: async (_, __, paths) => {
            breached = paths
            return ["breached"]
          },
        }
      : undefined,
    changedIn: async () => dirty,
    directory: folder,
  })("a1", beganAt)

test("a file that others know is found changed, once its content is another", async () => {
  for (const name of ["a.ts", "b.ts", "c.ts"]) {
    write(name, "one")
    await know(name)
  }
  const began = Date.now()
  write("a.ts", "two")
  // Touched, and as it was.
  write("b.ts", "one")
  rmSync(place("c.ts"))
  expect(await look(began)).toEqual(["edited by command"])
  expect(edited.map(({ shown, version }) => [shown, version === "none"])).toEqual([
    ["a.ts", false],
    ["c.ts", true],
  ])
  expect(edited[0]!.before).toBe(versions.get(place("a.ts"))!)
  expect(breached).toEqual([])
})

test("what was changed before the command began is nobody's now", async () => {
  write("a.ts", "one")
  await know("a.ts")
  write("a.ts", "two")
  expect(await look(Date.now() + 60_000)).toEqual([])
  expect(edited).toEqual([])
})

test("what git finds changed counts while files are reserved, and where it takes too long nothing does", async () => {
  const began = Date.now()
  write("new.ts", "one")
  dirty = [place("new.ts")]
  expect(await look(began)).toEqual([])
  isWatched = true
  expect(await look(began)).toEqual(["edited by command", "breached"])
  expect(breached).toEqual([place("new.ts")])
  dirty = undefined
  expect(await look(began)).toEqual([])
  dirty = [place("new.ts")]
  expect(await look(began, false)).toEqual([])
})

test("git's answer is read by its paths; a folder that it does not know is none", () => {
  expect(pathsOfStatus("/shop", " M src/a b.ts\0?? new.ts\0?? dir/\0D  gone.ts\0")).toEqual([
    "/shop/src/a b.ts",
    "/shop/new.ts",
    "/shop/gone.ts",
  ])
  expect(pathsOfStatus("/shop", "")).toEqual([])
})
