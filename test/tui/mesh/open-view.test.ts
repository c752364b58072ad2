import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { writeCoolDown } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { openView } from "../../../plugin/tui/mesh/open-view.ts"
import { tellFleet } from "../../e2e/support/told-fleet.ts"
import { askPermission } from "../../mesh/support/asked.ts"
import { expectFailure } from "../../mesh/support/errors.ts"
import { freshDatabase, postgresOrTold } from "../../support/postgres.ts"
import { git } from "../../support/run.ts"

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A fleet in a ledger at this place, or in the file of a home of its own, and the screen's view of it. */
const open = async (place?: string) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-view-"))
  folders.push(folder)
  const [home, project] = [join(folder, "mesh"), join(folder, "project")]
  mkdirSync(home, { mode: 0o700 })
  mkdirSync(project)
  await git(project, "init", "-q")
  const fleet = await tellFleet({ home, project }, ["mapper", "pusher"], {
    ...(place && { place }),
  })
  let isModels = false
  const view = openView({
    directory: project,
    env: { MESHFLEET_HOME: home, ...(place && { MESHFLEET_LEDGER: place }) },
    isModels: async () => isModels,
  })
  return {
    fleet,
    view,
    modelTypes: () => (isModels = true),
    async end() {
      await view.close()
      await fleet.end()
    },
  }
}

const holds = (where: string, at: () => Promise<{ address?: string; drop(): Promise<unknown> }>) =>
  describe(`with the ledger in ${where}`, () => {
    test("the screen tells what stands there, hears of a change, and writes as the person", async () => {
      const { address, drop } = await at()
      const { fleet, view, modelTypes, end } = await open(address)
      try {
        await view.snapshot()
        let looks = 0
        const { promise: first, resolve: begun } = Promise.withResolvers<void>()
        const { promise: changed, resolve: heard } = Promise.withResolvers<void>()
        view.refresher.watch(async () => (++looks === 1 ? begun() : heard()))
        await first
        const id = await fleet.asks("pusher", askPermission("per_1", { patterns: ["git push"] }))
        await changed
        const shown = await view.snapshot("ses_lead")
        expect(shown.questions).toMatchObject([{ question_id: id, agent: "pusher" }])
        expect(shown.fleets[0]!.agents.map(({ name, unread }) => [name, unread])).toEqual([
          ["mapper", 0],
          ["pusher", 0],
        ])
        expect((await view.snapshot("ses_other")).fleets).toEqual([])
        expect((await view.snapshot()).fleets).toHaveLength(1)

        await view.answer(id, { words: ["reject"], reason: "not now" })
        expect(await fleet.ledger.read((db) => questionById(db, id))).toMatchObject({
          state: "answered",
          reason: "not now",
        })
        await view.send(fleet.fleetId, "mapper-told", "Look at the lexer.")
        expect(await fleet.ledger.read((db) => undelivered(db, "mapper-told"))).toMatchObject([
          { payload: "Look at the lexer." },
        ])
        expect((await view.results(fleet.fleetId, ["mapper-told"])).results).toHaveLength(1)

        modelTypes()
        await expectFailure(
          () => view.send(fleet.fleetId, "mapper-told", "x"),
          "NOT_ALLOWED",
          "inside another one",
        )
      } finally {
        await end()
        await drop()
      }
    })
  })

holds("a file", async () => ({ drop: async () => undefined }))
const server = await postgresOrTold(import.meta.path)
if (server) holds("Postgres", () => freshDatabase(server))

test("how somebody stands and who asks is urgent; steps, tokens and mail are not", async () => {
  const { fleet, view, end } = await open()
  const urgency = () => view.urgency("ses_lead")
  try {
    const before = await urgency()
    await fleet.set("mapper", { activity: "reads b.ts", activity_at: 1, tokens: 99, turns: 9 })
    await view.send(fleet.fleetId, "mapper-told", "Look at the lexer.")
    expect(await urgency()).toBe(before)
    const seen = [before]
    const changed = async () => {
      const now = await urgency()
      expect(seen).not.toContain(now)
      seen.push(now)
    }
    await fleet.set("mapper", { status: "interrupted", error_code: "HOST_LOST" })
    await changed()
    await fleet.set("mapper", { stalled_at: 1 })
    await changed()
    await fleet.set("pusher", { blocked_on: "permission: bash git push" })
    await changed()
    await fleet.asks("pusher", askPermission("per_1", { patterns: ["git push"] }))
    await changed()
    await fleet.ledger.transact((tx) =>
      writeCoolDown(tx, { provider: "scripted", since: 1, until: 2, reason: "429" }),
    )
    await changed()
    expect(await view.urgency("ses_other")).not.toBe(await urgency())
  } finally {
    await end()
  }
})

test("a fleet that has ended is not read again with every look", async () => {
  const { fleet, view, end } = await open()
  try {
    await fleet.ledger.transact(async (tx) => {
      await tx.run("UPDATE agents SET status = 'complete', ended_at = ?", tx.at)
      await tx.run("UPDATE fleets SET status = 'complete', ended_at = ?", tx.at)
    })
    const [first] = (await view.snapshot()).fleets
    expect((await view.snapshot()).fleets[0]).toBe(first!)
    await fleet.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'running', ended_at = NULL"),
    )
    expect((await view.snapshot()).fleets[0]!.fleet.status).toBe("running")
  } finally {
    await end()
  }
})
