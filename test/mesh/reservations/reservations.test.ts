import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { reservationsOfFleet } from "../../../plugin/mesh/ledger/tables/files/reservations.ts"
import { createReservationGuard } from "../../../plugin/mesh/reservations/guard.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh, placeInShop } from "../support/mesh.ts"

let mesh: Mesh
let a1: Caller
let a2: Caller
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
  for (const name of ["a1", "a2", "a3"]) await mesh.set(name, { status: "running" })
  a1 = member(await mesh.agent("a1"))
  a2 = member(await mesh.agent("a2"))
})
afterEach(() => mesh.end())

const reserve = (caller: Caller, paths: string[], more: object = {}) =>
  mesh.reservations.reserve(caller, {
    ...{ paths, mode: "exclusive", reason: "new dates", minutes: 30 },
    ...more,
  })
const shared = { mode: "shared" }
const guard = () => createReservationGuard({ ...mesh, placeOf: placeInShop })
const refusalOf = async (name: string, path: string, directory = "/shop") =>
  (await guard().refusal((await mesh.agent(name)).id, directory, [path]))?.error.message
const held = async () =>
  (await mesh.ledger.read((db) => reservationsOfFleet(db, "flt_1"))).map(
    ({ agent_id, pattern }) => `${agent_id} ${pattern}`,
  )
const mailOf = async (name: string) =>
  (await mesh.ledger.read(async (db) => undelivered(db, (await mesh.agentIn(db, name)).id))).map(
    ({ payload, wake }) => ({ payload, wake }),
  )

describe("an edit of what another has reserved", () => {
  test("is refused with who, why, until when, and how to ask", async () => {
    expect(await reserve(a1, ["src/dates.ts", "docs/**"])).toEqual({
      reserved: ["src/dates.ts", "docs/**"],
      mode: "exclusive",
      until: "2026-01-01T00:30:00.000Z",
    })
    mesh.clock.advance(10 * 60_000)
    expect(await refusalOf("a2", "src/dates.ts")).toBe(
      "[RESERVED] `src/dates.ts` is reserved by a1 as `src/dates.ts` until 00:30 UTC (20 min): `new dates`.\nNext: Ask a1 for it with send_message, type request_help: it hands over with release_files. Until then do something else.",
    )
    expect(await refusalOf("a2", "docs/x/y.md")).toContain("as `docs/**`")
    expect(await refusalOf("a1", "src/dates.ts")).toBeUndefined()
    expect(await refusalOf("a2", "src/other.ts")).toBeUndefined()
    expect(await refusalOf("a2", "/elsewhere/src/dates.ts")).toBeUndefined()
  })

  test("is refused in every tree of the repository", async () => {
    await reserve(a1, ["src"])
    expect(await refusalOf("a2", "src/dates.ts", "/trees/a2")).toContain("RESERVED")
    expect(await refusalOf("a2", "/trees/a2/src/dates.ts")).toContain("RESERVED")
  })

  test("is free again once the time is over, without anybody's doing", async () => {
    await reserve(a1, ["src"], { minutes: 1 })
    mesh.clock.advance(60_000)
    expect(await refusalOf("a2", "src/dates.ts")).toBeUndefined()
    await reserve(a2, ["src"])
    expect(await mesh.events("reservation.ended")).toMatchObject([
      { agent: "a1-1", patterns: ["src"], cause: "its time is over" },
    ])
  })

  test("is written down", async () => {
    await reserve(a1, ["src"])
    const refusal = await guard().refusal("a2-1", "/shop", ["src/dates.ts"])
    await refusal!.note()
    expect(await mesh.events("reservation.refused")).toEqual([
      { event: "reservation.refused", agent: "a2-1", path: "src/dates.ts", holder: "a1-1" },
    ])
  })

  test("of another fleet of the project names that fleet, and of another project is nobody's", async () => {
    await mesh.given(["b1"])
    await mesh.given(["c1"], { fleet: { project: "/far/.git" } })
    await reserve(a1, ["src"])
    const refusal = async (id: string) => (await guard().refusal(id, "/shop", ["src/a"]))?.error
    expect((await refusal("b1-2"))?.message).toContain("a1 of fleet flt_1")
    expect((await refusal("b1-2"))?.next).toContain("tell your lead")
    expect(await refusal("c1-3")).toBeUndefined()
  })
})

test("what was changed by a command all the same is told to both, and undone by nobody", async () => {
  await reserve(a1, ["src"])
  expect(await guard().isWatched("a2-1")).toBe(true)
  expect(await guard().breached("a2-1", "/shop", ["/shop/src/a.ts", "/shop/b.ts"])).toEqual([
    "[meshfleet] `src/a.ts` changed while this command ran, and is reserved by a1 as `src` until 00:30 UTC (30 min): `new dates`. If that was you, tell a1.",
  ])
  expect(await mailOf("a1")).toEqual([
    {
      payload:
        "`src/a.ts`, which you have reserved, changed while a shell command of a2 ran: look at it before you go on.",
      wake: 0,
    },
  ])
  expect(await mesh.events("reservation.breached")).toMatchObject([{ holder: "a1-1" }])
})

describe("reserving", () => {
  test("is refused for what overlaps, all of it or none", async () => {
    await reserve(a1, ["src/dates.ts"])
    await expectFailure(() => reserve(a2, ["docs", "src/*.ts"]), "RESERVED", "src/*.ts", "by a1")
    expect(await held()).toEqual(["a1-1 src/dates.ts"])
    await reserve(a1, ["src/dates.ts"], { minutes: 60 })
    expect(await held()).toHaveLength(1)
  })

  test("as shared is for all who do so, and keeps others out", async () => {
    await reserve(a1, ["src"], shared)
    await reserve(a2, ["src/a.ts"], shared)
    expect(await refusalOf("a1", "src/a.ts")).toBeUndefined()
    expect(await refusalOf("a2", "src/a.ts")).toBeUndefined()
    expect(await refusalOf("a2", "src/b.ts")).toContain("shared")
    expect(await refusalOf("a3", "src/a.ts")).toContain("shared")
    const a3 = member(await mesh.agent("a3"))
    await expectFailure(() => reserve(a3, ["src/b.ts"]), "RESERVED", "a1")
  })

  test("is for members alone, within the repository, and not for all of it", async () => {
    await expectFailure(() => reserve(lead, ["src"]), "NOT_ALLOWED", "lead")
    await expectFailure(() => reserve(delegate(a1), ["src"]), "NOT_ALLOWED", "reserve files")
    await expectFailure(() => reserve(a1, ["/etc/passwd"]), "INVALID_ARGUMENT", "/etc/passwd")
    await expectFailure(() => reserve(a1, ["**"]), "INVALID_ARGUMENT", "all of the repository")
    await mesh.set("a1", { status: "complete" })
    await expectFailure(() => reserve(a1, ["src"]), "AGENT_ENDED", "complete")
  })

  test("has a limit", async () => {
    const paths = (from: number) => Array.from({ length: 26 }, (_, at) => `src/${from + at}.ts`)
    await reserve(a1, paths(0))
    await expectFailure(() => reserve(a1, paths(26)), "LIMIT_REACHED", "52", "50")
  })
})

describe("a reservation ends", () => {
  test.each(["complete", "failed", "cancelled"] as const)("with its holder: %s", async (status) => {
    await reserve(a1, ["src", "docs"])
    const { endAgent } = await import("../../../plugin/mesh/lifecycle/outcome.ts")
    const failure = { code: "TIMEOUT", detail: "too slow" } as const
    await mesh.ledger.transact(async (tx) =>
      endAgent(
        tx,
        await mesh.agentIn(tx, "a1"),
        status === "complete" ? { status, output: "x" } : { status, failure },
      ),
    )
    expect(await held()).toEqual([])
    expect(await mesh.events("reservation.ended")).toMatchObject([
      { patterns: ["docs", "src"], cause: `its holder has ended: ${status}` },
    ])
  })

  test("not while its holder is only interrupted", async () => {
    await reserve(a1, ["src"])
    await mesh.set("a1", { status: "interrupted" })
    expect(await refusalOf("a2", "src/a.ts")).toContain("RESERVED")
  })

  test("with its fleet", async () => {
    await mesh.given(["b1"])
    await reserve(a1, ["src"])
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_1'"),
    )
    expect(await guard().refusal("b1-2", "/shop", ["src/a.ts"])).toBeUndefined()
  })

  test("when it is released: all, or what is named, or what lies below that", async () => {
    await reserve(a1, ["src/a.ts", "src/b.ts", "docs"])
    expect(await mesh.reservations.release(a1, { paths: ["src"] })).toEqual({
      released: ["src/a.ts", "src/b.ts"],
    })
    await expectFailure(
      () => mesh.reservations.release(a1, { paths: ["src"] }),
      "INVALID_ARGUMENT",
      "you have `docs`",
    )
    expect(await mesh.reservations.release(a1, {})).toEqual({ released: ["docs"] })
    expect(await mesh.reservations.release(a1, {})).toEqual({ released: [] })
  })

  test("by a person or the lead, whoever has it; not by another agent", async () => {
    await reserve(a1, ["src"])
    expect(await mesh.reservations.release(a2, {})).toEqual({ released: [] })
    await expectFailure(() => mesh.reservations.release(delegate(a1), {}), "NOT_ALLOWED")
    const person = session("human:1", { human: true })
    expect(await mesh.reservations.release(person, { fleet_id: "flt_1" })).toEqual({
      released: ["src"],
    })
    await reserve(a1, ["src"])
    expect(await mesh.reservations.release(lead, { to: "a2" })).toMatchObject({ to: "a2" })
    expect(await held()).toEqual(["a2-1 src"])
  })
})

test("what is handed over is the other's at once, which is woken by the message", async () => {
  await reserve(a1, ["src/a.ts"])
  await mesh.complete("a2")
  expect(await mesh.reservations.release(a1, { to: "a2" })).toEqual({
    released: ["src/a.ts"],
    to: "a2",
  })
  expect(await held()).toEqual(["a2-1 src/a.ts"])
  expect(await refusalOf("a1", "src/a.ts")).toContain("`handed over by a1`")
  expect(await refusalOf("a2", "src/a.ts")).toBeUndefined()
  expect(await mailOf("a2")).toEqual([
    {
      payload:
        "a1 has handed `src/a.ts` over to you, until 00:30 UTC (30 min): read it again before you edit, and release it with release_files once you are done.",
      wake: 1,
    },
  ])
  expect(await mesh.events("reservation.ended")).toMatchObject([
    { agent: "a1-1", cause: "handed over", to: "a2-1" },
  ])
  const findings = (await mesh.ledger.read(auditLedger)).findings
  expect(findings.filter(({ check }) => check.startsWith("reservation"))).toEqual([])
  await mesh.set("a3", { status: "cancelled" })
  await expectFailure(() => mesh.reservations.release(a2, { to: "a3" }), "AGENT_ENDED", "a3")
})
