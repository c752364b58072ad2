import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { FileEdit, FileLook } from "../../../../plugin/mesh/worktrees/file-marks.ts"
import { createEditWatch } from "../../../../plugin/opencode/host/files/edit-watch.ts"
import { filesOf } from "../../../../plugin/opencode/api/tool-files.ts"

let folder: string
let edited: { agentId: string; edits: readonly FileEdit[] }[]
let seen: { agentId: string; files: readonly FileLook[]; at: number }[]
let answer: () => Promise<string[]>
let errors: unknown[]
let time: number
let calls: number
let found: Promise<unknown>
let late: (told: readonly string[]) => void
let closed: ((paths: readonly string[]) => Promise<unknown>) | undefined

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-edits-")))
  edited = []
  seen = []
  errors = []
  time = 1000
  calls = 0
  closed = undefined
  found = Promise.resolve()
  late = () => undefined
  answer = async () => []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const createOne = () =>
  createEditWatch({
    marks: {
      tellLate: async (_: string, told: readonly string[]) => late(told),
      seen: async (agentId, files, at) => void seen.push({ agentId, files, at }),
      edited: (agentId, edits) => {
        edited.push({ agentId, edits })
        return answer()
      },
    },
    guard: {
      refusal: async (_: string, __: string, paths: readonly string[]) =>
        (await closed?.(paths)) as undefined,
    },
    shell: async (agentId: string, beganAt: number) => {
      await found
      return [`${agentId} since ${beganAt}`]
    },
    agentOf: async (session) => (session === "ses_1" ? "a1" : undefined),
    directory: folder,
    now: () => time,
    onError: (error) => void errors.push(error),
    patienceMs: 20,
  })
let watch: ReturnType<typeof createOne>
beforeEach(() => (watch = createOne()))

/** A tool call as OpenCode makes it. What it answers is what the model reads. */
const call = async (tool: string, args: object, act = () => {}, sessionID = "ses_1") => {
  const of = { tool, sessionID, callID: `call_${++calls}` }
  await watch.before(of, filesOf(of.tool, args))
  time += 10
  act()
  const output = { output: "Done." }
  await watch.after(of, output)
  return output.output
}
const write = (path: string, text: string) => writeFileSync(join(folder, path), text)

describe("the files of a call", () => {
  test("are what OpenCode's tools name them by", () => {
    expect(filesOf("read", { filePath: "a.ts" })).toEqual(["a.ts"])
    expect(filesOf("edit", { filePath: "/a.ts", oldString: "a" })).toEqual(["/a.ts"])
    expect(filesOf("write", { filePath: "a.ts" })).toEqual(["a.ts"])
    const patch = [
      "*** Begin Patch",
      "*** Update File: a.ts",
      "*** Move to: sub/b c.ts",
      "@@",
      "+*** Add File: no.ts",
      "*** Add File: new.ts",
      "*** Delete File: old.ts",
      "*** End Patch",
    ].join("\n")
    expect(filesOf("apply_patch", { patchText: patch })).toEqual([
      "a.ts",
      "sub/b c.ts",
      "new.ts",
      "old.ts",
    ])
  })

  test("are none for other tools, and for arguments nobody expects", () => {
    expect(filesOf("bash", { filePath: "a.ts" })).toEqual([])
    for (const args of [undefined, null, "x", { filePath: 7 }])
      expect(filesOf("edit", args)).toEqual([])
  })
})

test("an edit is noted with what the file was before and after, by its real path", async () => {
  mkdirSync(join(folder, "src"))
  symlinkSync(join(folder, "src"), join(folder, "link"))
  write("src/a.ts", "one")
  answer = async () => ["[meshfleet] a2 changed it"]
  const said = await call("edit", { filePath: "link/a.ts" }, () => write("src/a.ts", "two"))
  expect(said).toBe("Done.\n\n[meshfleet] a2 changed it")
  const [{ agentId, edits }] = edited as [(typeof edited)[0]]
  expect(agentId).toBe("a1")
  expect(edits).toMatchObject([
    { path: join(folder, "src/a.ts"), shown: "src/a.ts", beganAt: 1000 },
  ])
  expect(edits[0]!.before).not.toBe(edits[0]!.version)
})

test("a read is noted as of its beginning, and adds nothing to the answer", async () => {
  write("a.ts", "one")
  const versions = [
    await call("read", { filePath: "a.ts" }),
    await call("read", { filePath: "a.ts" }),
  ]
  expect(versions).toEqual(["Done.", "Done."])
  expect(seen.map(({ at }) => at)).toEqual([1000, 1010])
  expect(seen[0]!.files).toEqual(seen[1]!.files)
})

test("a file that is new, and one that is too large to hash, are told apart all the same", async () => {
  await call("write", { filePath: "new/b.ts" }, () => {
    mkdirSync(join(folder, "new"))
    write("new/b.ts", "b")
  })
  await call("write", { filePath: "c.bin" }, () => write("c.bin", "c".repeat(2 << 20)))
  expect(edited.map(({ edits }) => edits[0]!.path)).toEqual([
    join(folder, "new/b.ts"),
    join(folder, "c.bin"),
  ])
})

test("an edit that changed nothing, and a session that is no agent's, are not noted", async () => {
  write("a.ts", "one")
  await call("edit", { filePath: "a.ts" })
  await call("edit", { filePath: "a.ts" }, () => write("a.ts", "two"), "ses_other")
  expect([edited, seen]).toEqual([[], []])
})

test("a ledger that does not answer keeps no tool's answer back, and one that fails goes to the log", async () => {
  answer = () => new Promise(() => {})
  expect(await call("write", { filePath: "a.ts" }, () => write("a.ts", "x"))).toBe("Done.")
  watch = createOne()
  answer = async () => {
    throw new Error("LEDGER_BUSY")
  }
  const busy = call("write", { filePath: "a.ts" }, () => write("a.ts", "y"))
  await expect(busy).rejects.toThrow("LEDGER_BUSY")
  expect(errors.map(String)).toEqual(["Error: LEDGER_BUSY"])
})

describe("an edit of what is reserved", () => {
  const of = (tool: string, sessionID = "ses_1") => ({ tool, sessionID, callID: "call" })
  const refused = new Error("[RESERVED] a.ts")
  let noted: number
  beforeEach(() => {
    noted = 0
    closed = async () => ({ error: refused, note: async () => void noted++ })
  })

  test("is refused by a throw, and noted", async () => {
    for (const tool of ["edit", "write", "apply_patch"])
      await expect(watch.refuse(of(tool), ["a.ts"])).rejects.toBe(refused)
    expect(noted).toBe(3)
  })

  test("is nobody's matter for a read, a command, and a session that is no agent's", async () => {
    await watch.refuse(of("read"), ["a.ts"])
    await watch.refuse(of("bash"), [])
    await watch.refuse(of("edit", "ses_other"), ["a.ts"])
    expect(noted).toBe(0)
  })

  test("goes through where the ledger fails or does not answer", async () => {
    closed = () => new Promise(() => {})
    await watch.refuse(of("edit"), ["a.ts"])
    closed = async () => {
      throw new Error("LEDGER_BUSY")
    }
    await watch.refuse(of("edit"), ["a.ts"])
    expect(errors.map(String)).toEqual(["Error: LEDGER_BUSY"])
  })
})

test("a command's answer tells what it has changed", async () => {
  const of = { tool: "bash", sessionID: "ses_1", callID: "call" }
  watch.beforeShell(of)
  const output = { output: "ok" }
  await watch.after(of, output)
  expect(output.output).toBe("ok\n\na1 since 1000")
})

test("what is found after a command has answered is told all the same", async () => {
  let find = () => {}
  found = new Promise<void>((go) => (find = go))
  const told = new Promise<readonly string[]>((go) => (late = go))
  const of = { tool: "bash", sessionID: "ses_1", callID: "call" }
  watch.beforeShell(of)
  const output = { output: "ok" }
  await watch.after(of, output)
  expect(output.output).toBe("ok")
  find()
  expect(await told).toEqual(["a1 since 1000"])
})
