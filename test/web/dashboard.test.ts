import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { grantsOfProject } from "../../plugin/mesh/ledger/tables/grants.ts"
import { askPermission } from "../mesh/support/asked.ts"
import { guestOf, openLive } from "./support/open-live.ts"
import { sessionEntry } from "./support/session-entry.ts"
import { createTeller, tellSmall } from "./support/stories.ts"
import { createWorld, type World } from "./support/world.ts"
import { visitor } from "./support/visitor.ts"

let world: World
beforeEach(async () => void (world = await createWorld()))
afterEach(() => world.end())

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

describe("the link", () => {
  test("lets one browser in, by a cookie that no script reads and a key behind the #", async () => {
    const { status, headers } = await visitor(world).get(world.link)
    expect(status).toBe(303)
    expect(headers.get("set-cookie")).toMatch(
      new RegExp(`^meshfleet_${world.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    )
    expect(headers.get("location")).toMatch(/^\/#key=[\w-]{43}$/)
  })

  test("works once; whoever has the cookie is sent to the page by it", async () => {
    const first = visitor(world)
    await first.enter()
    const second = visitor(world)
    const refused = await second.get(world.link)
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([401, null])
    expect(await refused.text()).toContain("Run meshfleet dashboard again")
    const again = await first.get(world.link)
    expect([again.status, again.headers.get("location")]).toEqual([303, "/"])
  })

  test("with a wrong token lets nobody in and stays good", async () => {
    const guest = visitor(world)
    expect((await guest.get("/?token=guess")).status).toBe(401)
    expect((await guest.get("/?token=")).status).toBe(401)
    await guest.enter()
    expect((await guest.get("/")).status).toBe(200)
  })
})

describe("every route", () => {
  test.each(["/", "/app.js", "/app.css", "/project", "/live", "/agent/mapper-1"])(
    "%s is closed without the cookie, and to another port's",
    async (path) => {
      const guest = visitor(world)
      expect((await guest.get(path)).status).toBe(401)
      const cookie = `meshfleet_${world.port}=${"x".repeat(43)}; meshfleet_1=${"y".repeat(43)}`
      expect((await guest.get(path, { cookie })).status).toBe(401)
    },
  )

  test.each(["/", "/app.js", "/app.css", "/project"])(
    "%s is strict about what a browser may do with it",
    async (path) => {
      const guest = visitor(world)
      await guest.enter()
      const { status, headers } = await guest.get(path)
      expect(status).toBe(200)
      expect(headers.get("content-security-policy")).toBe(policy)
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("referrer-policy")).toBe("no-referrer")
      expect(headers.get("x-frame-options")).toBe("DENY")
      expect(headers.get("cache-control")).toBe("no-store")
    },
  )

  test("has its type", async () => {
    const guest = visitor(world)
    await guest.enter()
    const types = []
    for (const path of ["/", "/app.js", "/app.css", "/project"])
      types.push((await guest.get(path)).headers.get("content-type")!.split(";")[0])
    expect(types).toEqual(["text/html", "text/javascript", "text/css", "application/json"])
  })

  test("refuses another Host, another Origin, another site and another method", async () => {
    const guest = visitor(world)
    await guest.enter()
    const code = async (headers: Record<string, string>, method = "GET") =>
      (await (await guest.ask("/project", { method, headers })).json()).error.code
    expect(await code({ host: "evil.example" })).toBe("WRONG_HOST")
    expect(await code({ origin: "http://evil.example" })).toBe("FOREIGN_ORIGIN")
    expect(await code({ origin: `http://127.0.0.1:${world.port + 1}` })).toBe("FOREIGN_ORIGIN")
    expect(await code({ "sec-fetch-site": "cross-site" })).toBe("FOREIGN_ORIGIN")
    expect(await code({ "sec-fetch-site": "same-site" })).toBe("FOREIGN_ORIGIN")
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect(await code({}, method)).toBe("GET_ONLY")
    expect((await guest.get("/ghost")).status).toBe(404)
    expect((await guest.get("/__proto__")).status).toBe(404)
  })
})

describe("an action", () => {
  test("needs the cookie, the page's own origin, its key, POST and JSON", async () => {
    const { ask: id } = await tellSmall(world.mesh)
    const guest = visitor(world)
    const body = { question_id: id, words: ["once"] }
    const status = async (more: Parameters<typeof guest.act>[2]) =>
      (await guest.act("answer", body, more)).status
    expect(await status({})).toBe(401)
    await guest.enter()
    expect(await status({ origin: undefined })).toBe(403)
    expect(await status({ origin: "http://127.0.0.1:1" })).toBe(403)
    expect(await status({ origin: "null" })).toBe(403)
    expect(await status({ key: undefined })).toBe(403)
    expect(await status({ key: "guess" })).toBe(403)
    expect(await status({ type: "text/plain" })).toBe(415)
    expect(await status({ type: "application/x-www-form-urlencoded" })).toBe(415)
    expect(await status({ method: "GET" })).toBe(405)
    expect(await world.mesh.events("question.answered")).toEqual([])
    expect(await status({})).toBe(200)
    expect(await world.mesh.events("question.answered")).toMatchObject([{ answer: "once" }])
  })
})

test("an agent is shown with what it was told, said and was sent", async () => {
  await tellSmall(world.mesh)
  const guest = visitor(world)
  await guest.enter()
  const maker = await (await guest.get("/agent/maker-1")).json()
  expect(maker.transcript.map(({ kind }: { kind: string }) => kind)).toEqual([
    "task",
    "attempt",
    "mail-in",
    "mail-out",
    "mail-in",
    "event",
    "partial",
  ])
  expect(maker.mail[0]).toMatchObject({ from: "reviewer", to: ["maker"], type: "handoff" })
  const ghost = await guest.get("/agent/ghost")
  expect([ghost.status, (await ghost.json()).error.code]).toEqual([404, "UNKNOWN_AGENT"])
})

describe("an agent's session", () => {
  test("is read for whoever has come by the link, whole or the newest of it", async () => {
    await tellSmall(world.mesh)
    const guest = visitor(world)
    expect((await guest.get("/session/maker-1")).status).toBe(401)
    await guest.enter()
    expect(await (await guest.get("/session/maker-1")).json()).toEqual({
      from: null,
      missing: "it has no session yet",
      entries: [],
    })
    world.sessions.set("maker", [sessionEntry("prt_1", { text: "I edit total.ts." })])
    const found = await (await guest.get("/session/maker-1?part=newest")).json()
    expect(found).toMatchObject({ from: "host", entries: [{ text: "I edit total.ts." }] })
    expect(world.askedSessions).toEqual([
      ["maker", 300],
      ["maker", 12],
    ])
    expect((await guest.get("/session/ghost")).status).toBe(404)
  })
})

describe("another project of the ledger", () => {
  test("is shown when it is chosen, and what is done there is done in it", async () => {
    await tellSmall(world.mesh)
    const { id } = await world.mesh.given(["clerk"], { fleet: { project: "/bank/.git" } })
    const tell = createTeller(world.mesh, id)
    await tell.created(["clerk"])
    await tell.begin("clerk")
    const question = await tell.asks("clerk", askPermission("per_2", { always: ["git push *"] }))
    const own = await openLive(world)
    const first = await own.next()
    expect(first.shown).toEqual(["flt_1"])
    expect(first.projects!.map(({ project, questions }) => `${project} ${questions}`)).toEqual([
      "/bank/.git 1",
      "/shop/.git 1",
    ])
    await own.end()
    const bank = await openLive(world, "?project=%2Fbank%2F.git")
    const there = await bank.next()
    expect(there.agents!.map(({ name }) => name)).toEqual(["clerk"])
    expect(there.questions!.map(({ agent }) => agent)).toEqual(["clerk"])
    await bank.end()
    const all = await openLive(world, "?project=*")
    expect((await all.next()).agents!.map(({ name }) => name)).toContain("clerk")
    await all.end()

    const guest = await guestOf(world)
    expect((await guest.get("/agent/clerk-2")).status).toBe(200)
    const answered = await guest.act("answer", { question_id: question, words: ["always"] })
    expect(answered.status).toBe(200)
    const grants = await world.mesh.ledger.read((db) => grantsOfProject(db, "/bank/.git"))
    expect(grants).toMatchObject([{ project: "/bank/.git" }])
    const written = { fleet_id: id, to_agent_id: "clerk", type: "handoff", payload: "Go on." }
    expect((await guest.act("send", written)).status).toBe(200)
    expect((await guest.act("stop", { fleet_id: id, mode: "cancel" })).status).toBe(200)
    expect(await world.mesh.events("question.answered")).toMatchObject([{ answer: "always" }])
  })
})
