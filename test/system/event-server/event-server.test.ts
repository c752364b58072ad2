import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { EventSource } from "eventsource"
import type { Ledger } from "../../../plugin/mesh/ledger/port.ts"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { curlFor } from "../../../plugin/mesh/streams/streams.ts"
import { eventually } from "../../support/eventually.ts"
import { freshDatabase, postgresOrTold } from "../../support/postgres.ts"
import { follow, read } from "./reader.ts"
import { createWorld, history, inboxOf, mail, tell, type World } from "./world.ts"

let world: World
beforeEach(async () => {
  world = await createWorld()
  await world.given("flt_1", ["mapper", "reviewer"])
})
afterEach(() => world.end())

const origin = (url: string) => new URL(url).origin

/** `.ci/run` installs it where it can; elsewhere the run lists these as skipped. */
const testWithCurl = test.skipIf(Bun.which("curl") === null)

/** The command that is handed out. It is a group of processes: curl is one of them. */
const startCurl = (url: string, tokenFile: string) => {
  const child = spawn("sh", ["-c", curlFor(url, tokenFile)], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  })
  let out = ""
  child.stdout.on("data", (data: Buffer) => void (out += data))
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  return {
    ended,
    signal(name: NodeJS.Signals) {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name)
    },
    out: () => out,
    until: (text: string) => eventually(() => out.includes(text)),
  }
}

describe("an inbox", () => {
  test("is streamed as it fills, whoever writes, each message in full with its cursor as id", async () => {
    await mail(world.ledger, "flt_1", ["mapper-1"], "before")
    const { url, token } = await world.start().serve(inboxOf("mapper-1"))
    const reading = await read(url, { token })
    expect(reading.status).toBe(200)
    expect(reading.headers["content-type"]).toBe("text/event-stream; charset=utf-8")
    const long = "Grüße\n".repeat(9000)
    const other = await world.other()
    await mail(other, "flt_1", ["reviewer-1"], "not for this reader")
    const id = await mail(other, "flt_1", ["mapper-1"], long)
    await reading.until(({ events }) => events.length > 0)
    reading.close()
    expect(reading.retryMs()).toBe(1000)
    expect(reading.named).toEqual([{ id: "1", event: "ready", data: { after: 1 } }])
    expect(reading.events).toEqual([
      {
        id: "3",
        event: "message",
        data: {
          id,
          from_agent_id: "lead",
          to_agent_id: "mapper-1",
          fleet_id: "flt_1",
          type: "handoff",
          payload: long,
          timestamp: expect.any(String),
          acknowledged: false,
        },
      },
    ])
  })

  test("of a lead is that of all fleets it leads", async () => {
    await world.given("flt_2", ["spy"])
    const { url, token } = await world.start().serve({ kind: "lead", session: "ses_lead" })
    const reading = await read(url, { token })
    await mail(world.ledger, "flt_1", ["lead:flt_1"], "one")
    await mail(world.ledger, "flt_2", ["lead:flt_2"], "two")
    await reading.until(({ events }) => events.length === 2)
    reading.close()
    expect(reading.events.map(({ data }) => data.payload)).toEqual(["one", "two"])
  })

  test("is read on from any id, by header or query; the header counts", async () => {
    for (const text of ["a", "b", "c"]) await mail(world.ledger, "flt_1", ["mapper-1"], text)
    const { url, token } = await world.start().serve(inboxOf("mapper-1"))
    let ends = 0
    const since = async (query: string, header?: string) => {
      const reading = await read(`${url.split("?")[0]}${query}`, {
        token,
        ...(header !== undefined && { headers: { "last-event-id": header } }),
      })
      const end = `-${++ends}`
      await mail(world.ledger, "flt_1", ["mapper-1"], end)
      await reading.until(({ events }) => events.at(-1)?.data.payload === end)
      reading.close()
      return reading.events.map(({ data }) => data.payload).join("")
    }
    expect(await since("?last_event_id=0")).toBe("abc-1")
    expect(await since("?last_event_id=0", "2")).toBe("c-1-2")
    expect(await since("", "3")).toBe("-1-2-3")
    expect(await since("?last_event_id=")).toBe("-4")
  })
})

test("a project's history is what meshfleet events --json tells, without other projects", async () => {
  await world.given("flt_far", ["spy"], "/elsewhere/.git")
  const { url, token } = await world.start().serve(history)
  const reading = await read(url, { token })
  await tell(world.ledger, "flt_far", "spy-far")
  await tell(await world.other(), "flt_1", "mapper-1")
  await reading.until(({ events }) => events.length > 0)
  reading.close()
  expect(reading.events).toEqual([
    {
      id: "2",
      event: "message",
      data: {
        seq: 2,
        at: expect.any(String),
        type: "agent.woken",
        fleet_id: "flt_1",
        agent_id: "mapper-1",
        agent: "mapper",
        data: {},
      },
    },
  ])
})

describe("a token", () => {
  test("lies in a folder and files of the user alone, and in no URL or answer", async () => {
    const served = await world.start().serve(history)
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect(mode(join(world.folder, "streams"))).toBe("700")
    for (const name of readdirSync(join(world.folder, "streams")))
      expect(mode(join(world.folder, "streams", name))).toBe("600")
    expect(served.token.length).toBeGreaterThan(50)
    expect(served.url).not.toContain(served.token)
    expect(readFileSync(served.stateFile, "utf8")).not.toContain(served.token)
  })

  test("works in the query too, for clients that send no headers", async () => {
    const { url, token } = await world.start().serve(history)
    const reading = await read(`${url}&token=${token}`)
    expect(reading.status).toBe(200)
    reading.close()
  })

  test("is the same for the same scope until half of its life is over", async () => {
    const server = world.start({ lifetimeMs: 1000 })
    const first = await server.serve(history)
    world.clock.at += 400
    expect((await server.serve(history)).token).toBe(first.token)
    expect((await server.serve(inboxOf("mapper-1"))).token).not.toBe(first.token)
    world.clock.at += 200
    const second = await server.serve(history)
    expect(second.token).not.toBe(first.token)
    expect((await read(second.url, { token: first.token })).status).toBe(200)
  })

  test("that is none, another's or removed is refused, and one that expired says so", async () => {
    const server = world.start({ lifetimeMs: 1000 })
    const { url, token, tokenFile } = await server.serve(inboxOf("mapper-1"))
    const others = await server.serve(inboxOf("reviewer-1"))
    const refused = async (at: string, given?: string) => {
      const answer = await read(at, given === undefined ? {} : { token: given })
      await answer.ended
      return [answer.status, JSON.parse(answer.text()).error.code]
    }
    expect(await refused(url)).toEqual([401, "UNAUTHORIZED"])
    const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`
    for (const given of [wrong, token.slice(0, -1), `${token}A`, "x", "../mesh.db", "000000000000"])
      expect(await refused(url, given)).toEqual([401, "UNAUTHORIZED"])
    expect(await refused(url, others.token)).toEqual([403, "OTHER_STREAM"])
    expect(await refused(`${origin(url)}/events`, token)).toEqual([403, "OTHER_STREAM"])
    const elsewhere = await world.start({ place: "another.db" }).serve(inboxOf("mapper-1"))
    expect(await refused(elsewhere.url, token)).toEqual([401, "UNAUTHORIZED"])
    world.clock.at += 1001
    expect(await refused(url, token)).toEqual([401, "TOKEN_EXPIRED"])
    rmSync(tokenFile)
    expect(await refused(url, token)).toEqual([401, "UNAUTHORIZED"])
  })

  test("ends its streams when it expires, and is forgotten a day later", async () => {
    const server = world.start({ lifetimeMs: 40 })
    const { url, token } = await server.serve(history)
    const reading = await read(url, { token })
    await reading.ended
    expect(reading.named.at(-1)).toMatchObject({ event: "end", data: { code: "TOKEN_EXPIRED" } })
    expect(readdirSync(join(world.folder, "streams"))).toHaveLength(2)
    world.clock.at += 24 * 3_600_000 + 100
    await server.serve(inboxOf("mapper-1"))
    expect(readdirSync(join(world.folder, "streams"))).toHaveLength(2)
  })
})

describe("what is no request for a stream", () => {
  const refusals: [string, Parameters<typeof read>[1], string, number, string][] = [
    ["another name in Host", { headers: { host: "evil.example:80" } }, "", 403, "WRONG_HOST"],
    ["Host without the port", { headers: { host: "127.0.0.1" } }, "", 403, "WRONG_HOST"],
    ["a web page", { headers: { origin: "https://evil.example" } }, "", 403, "FOREIGN_ORIGIN"],
    ["a sandboxed page", { headers: { origin: "null" } }, "", 403, "FOREIGN_ORIGIN"],
    [
      "a page of another port of this machine",
      { headers: { origin: "http://127.0.0.1:1" } },
      "",
      403,
      "FOREIGN_ORIGIN",
    ],
    [
      "what a page of another site embeds",
      { headers: { "sec-fetch-site": "cross-site" } },
      "",
      403,
      "FOREIGN_ORIGIN",
    ],
    ["POST", { method: "POST" }, "", 405, "GET_ONLY"],
    ["OPTIONS", { method: "OPTIONS" }, "", 405, "GET_ONLY"],
    ["HEAD", { method: "HEAD" }, "", 405, ""],
    ["another path", {}, "/files", 404, "NOT_FOUND"],
    ["a path that is no text", {}, "/inbox/%ff", 404, "NOT_FOUND"],
    ["a property of every object", {}, "/constructor", 404, "NOT_FOUND"],
    ["an id that is none", { headers: { "last-event-id": "x" } }, "", 400, "BAD_LAST_EVENT_ID"],
    ["an id below zero", { headers: { "last-event-id": "-1" } }, "", 400, "BAD_LAST_EVENT_ID"],
    ["a huge id", { headers: { "last-event-id": "9".repeat(99) } }, "", 400, "BAD_LAST_EVENT_ID"],
    ["an id of the future", { headers: { "last-event-id": "2" } }, "", 400, "LAST_EVENT_ID_AHEAD"],
  ]
  for (const [what, options, path, status, code] of refusals)
    test(`${what} is refused with ${status} and says why`, async () => {
      await tell(world.ledger, "flt_1", "mapper-1")
      const { url, token } = await world.start().serve(history)
      const answer = await read(path ? origin(url) + path : url, { token, ...options })
      await answer.ended
      expect(answer.status).toBe(status)
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined()
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8")
      if (status === 405) expect(answer.headers["allow"]).toBe("GET")
      if (!code) return
      const { error } = JSON.parse(answer.text())
      expect(error).toEqual({ code, detail: expect.any(String), next: expect.any(String) })
    })

  test("the own origin of the server, and localhost, are fine", async () => {
    const { url, token } = await world.start().serve(history)
    const headers = { origin: origin(url), "sec-fetch-site": "same-origin" }
    const reading = await read(url, { token, headers })
    const named = await read(url, { token, headers: { host: `localhost:${new URL(url).port}` } })
    expect([reading.status, named.status]).toEqual([200, 200])
    reading.close()
    named.close()
  })

  test("nobody is served beyond loopback", async () => {
    const { url } = await world.start().serve(history)
    expect(new URL(url).hostname).toBe("127.0.0.1")
    const failed = await new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.2")
      socket.once("error", () => resolve(true))
      socket.once("connect", () => resolve(false))
    })
    expect(failed).toBe(true)
  })
})

describe("a server", () => {
  test("has as many subscribers as it may, and a place again when one has left", async () => {
    const { url, token } = await world.start({ mostSubscribers: 2 }).serve(history)
    const [first] = [await read(url, { token }), await read(url, { token })]
    const third = await read(url, { token })
    await third.ended
    expect([third.status, third.headers["retry-after"]]).toEqual([503, "5"])
    expect(JSON.parse(third.text()).error.code).toBe("TOO_MANY_SUBSCRIBERS")
    first.close()
    await eventually(async () => {
      const again = await read(url, { token })
      again.close()
      return again.status === 200
    })
  })

  test("keeps a silent connection alive", async () => {
    const { url, token } = await world.start({ pace: { keepAliveMs: 5 } }).serve(history)
    const reading = await read(url, { token })
    await reading.until(({ text }) => text().includes("\n\n:\n\n:\n\n"))
    reading.close()
  })

  test("says why it ends a stream, and serves the same tokens on the same port after a restart", async () => {
    const first = world.start()
    const { url, token, stateFile } = await first.serve(inboxOf("mapper-1"))
    const reading = await read(url, { token })
    await first.close()
    await reading.ended
    expect(reading.named.at(-1)).toMatchObject({ event: "end", data: { code: "SERVER_CLOSED" } })
    await mail(world.ledger, "flt_1", ["mapper-1"], "while nobody served")
    // Whoever asks for whichever stream starts it again.
    await world.start().serve(history)
    const again = await read(url, { token, headers: { "last-event-id": "0" } })
    await again.until(({ events }) => events.length > 0)
    again.close()
    expect(JSON.parse(readFileSync(stateFile, "utf8")).stream_url).toBe(url.split("?")[0]!)
  })

  test("whose port is taken, after a death, is found by the file beside the token", async () => {
    const dead = { pid: 2 ** 22 + 1, process_start: "1" }
    const first = world.start({ self: dead })
    const { url, token, stateFile } = await first.serve(inboxOf("mapper-1"))
    // As if it had died: nobody closes its records.
    const state = readFileSync(stateFile, "utf8")
    await first.close()
    await Bun.write(stateFile, state)
    const squatter = createServer().listen(Number(new URL(url).port), "127.0.0.1")
    await new Promise((resolve) => squatter.once("listening", resolve))
    try {
      await world.start().serve(history)
      const found = JSON.parse(readFileSync(stateFile, "utf8")).stream_url
      expect(new URL(found).port).not.toBe(new URL(url).port)
      const reading = await read(found, { token })
      expect(reading.status).toBe(200)
      reading.close()
    } finally {
      squatter.close()
    }
  })

  test("that runs takes over the tokens of one that has ended when it is asked the next time", async () => {
    const [first, second] = [world.start(), world.start()]
    const { token, stateFile } = await first.serve(inboxOf("mapper-1"))
    const { url } = await second.serve(history)
    await first.close()
    await second.serve(history)
    const found = JSON.parse(readFileSync(stateFile, "utf8")).stream_url
    expect(origin(found)).toBe(origin(url))
    const reading = await read(found, { token })
    expect(reading.status).toBe(200)
    reading.close()
  })

  testWithCurl(
    "ends a stream with the reason when its ledger cannot be read, and lives on",
    async () => {
      let isLost = false
      const read_: Ledger["read"] = (query) =>
        isLost
          ? Promise.reject(new MeshError("LEDGER_UNAVAILABLE", "It is gone.", "Wait."))
          : world.ledger.read(query)
      const { url, token } = await world.start({ ledger: { read: read_ } }).serve(history)
      const reading = await read(url, { token })
      isLost = true
      await tell(world.ledger, "flt_1", "mapper-1")
      await reading.ended
      expect(reading.named.at(-1)).toMatchObject({
        event: "end",
        data: { code: "LEDGER_UNAVAILABLE" },
      })
      const refused = await read(url, { token })
      await refused.ended
      expect(refused.status).toBe(503)
      isLost = false
      const again = await read(url, { token, headers: { "last-event-id": "0" } })
      await again.until(({ events }) => events.length === 1)
      again.close()
    },
  )
})

testWithCurl(
  "a reader that stops reading is ended with a last event, nobody else waits, and it resumes",
  async () => {
    const server = world.start({ pace: { patienceMs: 300 }, mostSubscribers: 2 })
    const { url, token, tokenFile } = await server.serve(inboxOf("mapper-1"))
    const slow = startCurl(url, tokenFile)
    try {
      await slow.until("event: ready")
      slow.signal("SIGSTOP")
      const quick = await read(url, { token })
      // More than the system keeps of a connection whose reader does not read.
      const payload = "x".repeat(65_000)
      const count = 200
      for (let at = 0; at < count; at++) await mail(world.ledger, "flt_1", ["mapper-1"], payload)
      await quick.until(({ events }) => events.length === count)
      // There is room for a second one beside it once the slow one was ended.
      await eventually(async () => {
        const other = await read(url, { token })
        other.close()
        return other.status === 200
      })
      quick.close()
      slow.signal("SIGCONT")
      await slow.until('"code":"TOO_SLOW"')
      expect(await slow.ended).toBe(0)
      const got = [...slow.out().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)).slice(1)
      expect(got.length).toBeLessThan(count)
      // The server may still count those that have just left.
      const headers = { "last-event-id": String(got.at(-1) ?? 0) }
      let rest = await read(url, { token, headers })
      await eventually(async () => {
        if (rest.status !== 200) rest = await read(url, { token, headers })
        return rest.status === 200
      })
      await rest.until(({ events }) => events.length === count - got.length)
      rest.close()
      expect([...got, ...rest.events.map(({ id }) => Number(id))]).toEqual(
        Array.from({ length: count }, (_, at) => at + 1),
      )
    } finally {
      slow.signal("SIGKILL")
    }
  },
)

describe("standard clients", () => {
  testWithCurl("curl -N reads a stream with the command that is handed out", async () => {
    const { url, token, tokenFile } = await world.start().serve(inboxOf("mapper-1"))
    expect(curlFor(url, tokenFile)).not.toContain(token)
    const curl = startCurl(url, tokenFile)
    try {
      await curl.until("event: ready")
      await mail(world.ledger, "flt_1", ["mapper-1"], "hello")
      await curl.until('"payload":"hello"')
      expect(curl.out()).toContain("id: 1\n")
    } finally {
      curl.signal("SIGKILL")
    }
  })

  test("the eventsource package reads it, and goes on by itself after a restart of the server", async () => {
    const pace = { retryMs: 10 }
    const first = world.start({ pace })
    const { url, token } = await first.serve(inboxOf("mapper-1"))
    const source = new EventSource(url, {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    })
    try {
      const got: string[] = []
      source.addEventListener("message", ({ data }) => void got.push(JSON.parse(data).payload))
      let ready = 0
      source.addEventListener("ready", () => void ready++)
      await eventually(() => ready === 1)
      await mail(world.ledger, "flt_1", ["mapper-1"], "one")
      await eventually(() => got.length === 1)
      await first.close()
      await mail(world.ledger, "flt_1", ["mapper-1"], "two")
      await world.start({ pace }).serve(history)
      await eventually(() => got.length === 2)
      await mail(world.ledger, "flt_1", ["mapper-1"], "three")
      await eventually(() => got.length === 3)
      expect(got).toEqual(["one", "two", "three"])
    } finally {
      source.close()
    }
  })
})

const fifty = async (of: World, writer: Ledger) => {
  const names = Array.from({ length: 64 }, (_, at) => `a${at}`)
  await of.given("flt_64", names)
  const pace = { retryMs: 1 }
  const first = of.start({ pace })
  const watched = names.slice(0, 10).map((name) => `${name}-64`)
  const streams = await Promise.all([
    ...Array.from({ length: 40 }, () => first.serve(history)),
    ...watched.map((recipient) => first.serve(inboxOf(recipient))),
  ])
  const readers = streams.map(({ url, token }) => follow(url, token))
  const write = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (const name of names.slice(10)) await tell(writer, "flt_64", `${name}-64`)
      await mail(writer, "flt_64", watched, `round ${round}`)
    }
  }
  try {
    await eventually(() => readers.every((each) => each.connections() > 0))
    await write(2)
    const writing = write(4)
    await first.close()
    const second = of.start({ pace })
    await second.serve(history)
    await writing
    const total = 6
    await Promise.all(
      readers.map((each, at) =>
        each.until(() => each.events.length >= (at < 40 ? total * 55 : total)),
      ),
    )
    const ids = (events: { id: string }[]) => events.map(({ id }) => Number(id))
    const all = ids(readers[0]!.events)
    expect(all).toEqual(Array.from({ length: total * 55 }, (_, at) => at + 1))
    for (const each of readers.slice(1, 40)) expect(ids(each.events)).toEqual(all)
    for (const each of readers.slice(40)) expect(ids(each.events)).toEqual([1, 2, 3, 4, 5, 6])
    expect(readers.every((each) => each.connections() > 1)).toBe(true)
  } finally {
    await Promise.all(readers.map((each) => each.close()))
  }
}

describe("50 subscribers on a fleet of 64 miss and repeat nothing across a restart", () => {
  test("over SQLite", async () => fifty(world, await world.other()))

  test("over Postgres", async () => {
    const server = await postgresOrTold(import.meta.path)
    if (server === undefined) return
    const database = await freshDatabase(server)
    const there = await createWorld(database.address)
    try {
      await fifty(there, await there.other())
    } finally {
      await there.end()
      await database.drop()
    }
  })
})
