import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  conflictsOf,
  createFileMarks,
  type FileMarks,
} from "../../../plugin/mesh/worktrees/file-marks.ts"
import { insertWorktree } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let marks: FileMarks
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  marks = createFileMarks(mesh)
  mesh.clock.advance(1000)
})
afterEach(() => mesh.end())

const file = { path: "/shop/src/a.ts", shown: "src/a.ts" }
const read = async (name: string, version: string, fleetId = "flt_1") =>
  marks.seen((await mesh.agent(name, fleetId)).id, [{ ...file, version }], mesh.now())
/** An edit that takes 100 ms. */
const edit = async (name: string, before: string, version: string, fleetId = "flt_1") => {
  const beganAt = mesh.now()
  mesh.clock.advance(100)
  return marks.edited((await mesh.agent(name, fleetId)).id, [{ ...file, before, version, beganAt }])
}
const mailOf = async (name: string) =>
  (await mesh.ledger.read(async (db) => undelivered(db, (await mesh.agentIn(db, name)).id))).map(
    ({ payload, wake }) => ({ payload, wake }),
  )

describe("an edit over a change of a peer", () => {
  beforeEach(async () => {
    await read("a1", "v0")
    await read("a2", "v0")
    mesh.clock.advance(1000)
    await edit("a2", "v0", "v1")
    mesh.clock.advance(40_000)
  })

  test("is told to whoever made it, to the peer by mail that wakes nobody, and as an event", async () => {
    expect(await edit("a1", "v1", "v2")).toEqual([
      "[meshfleet] a2 changed `src/a.ts` 40 s ago, after you last read it: read it again before you go on.",
    ])
    expect(await mailOf("a2")).toEqual([
      {
        payload:
          "a1 edited `src/a.ts` without having read what you changed in it 40 s ago: see whether your change is still there.",
        wake: 0,
      },
    ])
    expect(await mesh.events("file.conflict")).toEqual([
      {
        event: "file.conflict",
        agent: "a1-1",
        path: "/shop/src/a.ts",
        peer: "a2-1",
        changed_ms_ago: 40_100,
      },
    ])
  })

  test("is told once: the next edit of the same agent knows of it", async () => {
    await edit("a1", "v1", "v2")
    expect(await edit("a1", "v2", "v3")).toEqual([])
    expect(await mailOf("a2")).toHaveLength(1)
  })

  test("is none once the file was read again", async () => {
    await read("a1", "v1")
    expect(await edit("a1", "v1", "v2")).toEqual([])
    expect(await mesh.events("file.conflict")).toEqual([])
  })

  test("is none when the change was taken back", async () => {
    expect(await edit("a1", "v0", "v2")).toEqual([])
  })

  test("reaches a peer that has ended without waking it, and none that was cancelled", async () => {
    await mesh.set("a2", { status: "cancelled" })
    expect(await edit("a1", "v1", "v2")).toHaveLength(1)
    expect(await mailOf("a2")).toEqual([])
  })
})

test("a file never read counts as read when its agent was added", async () => {
  await edit("a2", "v0", "v1")
  mesh.clock.advance(120_000)
  expect(await edit("a1", "v1", "v2")).toEqual([
    "[meshfleet] a2 changed `src/a.ts` 2 min ago, and you have not read it since: read it again before you go on.",
  ])
})

test("what changed while a command ran is told as that, and known afterwards as it is now", async () => {
  await read("a1", "v0")
  await edit("a2", "v0", "v1")
  mesh.clock.advance(40_000)
  expect(await marks.known("a1-1", 10)).toEqual({
    watched: [file.path],
    versions: new Map([[file.path, "v1"]]),
  })
  const change = { ...file, before: "v1", version: "v2", beganAt: mesh.now() }
  expect(await marks.edited("a1-1", [change], "command")).toEqual([
    "[meshfleet] `src/a.ts`, which a2 changed 40 s ago, changed while this command ran: see whether that was you, and read it again.",
  ])
  expect((await mailOf("a2"))[0]!.payload).toBe(
    "`src/a.ts`, which you changed 40 s ago, changed while a shell command of a1 ran: see whether your change is still there.",
  )
  expect((await marks.known("a2-1", 10)).versions.get(file.path)).toBe("v2")
  await marks.tellLate("a1-1", ["[meshfleet] one", "[meshfleet] two"])
  expect(await mailOf("a1")).toEqual([{ payload: "one two", wake: 0 }])
})

test("files that nobody else has met are not looked at after a command", async () => {
  await read("a1", "v0")
  expect((await marks.known("a1-1", 10)).watched).toEqual([])
  expect((await marks.known("a2-1", 10)).watched).toEqual([file.path])
})

test("nor are files in a worktree of somebody else, which a command run elsewhere does not change", async () => {
  await mesh.given(["b1", "b2", "b3"])
  const tree = { fleet_id: "flt_2", repository: "/shop/.git", branch: "meshfleet/b1", base: "c0" }
  await mesh.ledger.transact((tx) =>
    insertWorktree(tx, { ...tree, agent_id: "b1-2", path: "/trees/b1" }),
  )
  await mesh.set("b1", { directory: "/trees/b1" }, "flt_2")
  await mesh.set("b3", { directory: "/trees/b1/docs" }, "flt_2")
  const [own, beside] = ["/trees/b1/src/a.ts", "/trees/b12/src/a.ts"] as const
  const looks = [own, beside].map((path) => ({ path, shown: path, version: "v0" }))
  await marks.seen("b1-2", looks, mesh.now())
  await marks.seen("b2-2", looks, mesh.now())
  const watched = async (id: string) => (await marks.known(id, 10)).watched.toSorted()
  expect(await watched("b2-2")).toEqual([beside])
  expect(await watched("b1-2")).toEqual([own, beside])
  // Who was put there works in it, too.
  expect(await watched("b3-2")).toEqual([own, beside])
})

test("own changes, and changes by no agent, are no conflict", async () => {
  await read("a1", "v0")
  await edit("a1", "v0", "v1")
  expect(await edit("a1", "by a person", "v2")).toEqual([])
})

test("an edit that a peer's edit overlaps is a conflict, though both began from what they had read", async () => {
  await read("a1", "v0")
  await read("a2", "v0")
  mesh.clock.advance(1000)
  const beganAt = mesh.now()
  mesh.clock.advance(10)
  await edit("a2", "v0", "v1")
  const overlapping = { ...file, before: "v0", version: "v2", beganAt }
  expect(await marks.edited("a1-1", [overlapping])).toHaveLength(1)
  const peers = [{ changed_at: 5 }]
  expect(conflictsOf({ seen_version: "v" }, peers, { before: "v", beganAt: 6 })).toEqual([])
  expect(conflictsOf({ seen_version: "v" }, peers, { before: "v", beganAt: 5 })).toEqual(peers)
})

describe("another fleet's agent", () => {
  const withFleet = async (fleet: Record<string, unknown>) => {
    await mesh.given(["b1"], { fleet })
    await edit("b1", "v0", "v1", "flt_2")
    mesh.clock.advance(1000)
    return edit("a1", "v1", "v2")
  }

  test("of the same project is named with its fleet, while that runs", async () => {
    expect(await withFleet({})).toEqual([
      "[meshfleet] b1 of fleet flt_2 changed `src/a.ts` 1 s ago, and you have not read it since: read it again before you go on.",
    ])
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_2'"),
    )
    await edit("b1", "v2", "v3", "flt_2")
    expect(await edit("a1", "v3", "v4")).toEqual([])
  })

  test("of another project is not compared", async () => {
    expect(await withFleet({ project: "/other/.git" })).toEqual([])
  })
})
