import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createHttpEmbedder, cosineOf } from "../../../plugin/mesh/routing/embeddings/embedder.ts"
import { createRouter } from "../../../plugin/mesh/routing/router.ts"
import { createSemanticRouter } from "../../../plugin/mesh/routing/semantic-router.ts"
import { createVectorCache } from "../../../plugin/mesh/routing/embeddings/vector-cache.ts"
import { embedText, startEmbeddingServer } from "../../fixtures/embedding-server.ts"
import { agent, roster } from "./candidates.ts"

let folder = ""
let file = ""
const servers: { stop: () => unknown }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-vectors-"))
  file = join(folder, "cache", "vectors")
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

const start = (options?: Parameters<typeof startEmbeddingServer>[0]) => {
  const server = startEmbeddingServer(options)
  servers.push(server)
  return server
}
const createRouterFor = (url: string, more: { timeoutMs?: number; key_env?: string } = {}) =>
  createSemanticRouter({
    router: createRouter(),
    embedder: createHttpEmbedder(
      { url, model: "grams", ...(more.key_env === undefined ? {} : { key_env: more.key_env }) },
      { env: { EMBEDDING_KEY: "secret" } },
    ),
    cache: createVectorCache(file, "grams"),
    ...(more.timeoutMs === undefined ? {} : { timeoutMs: more.timeoutMs }),
  })
const byWords = (description: string) => createRouter().rank({ description, top: 3 }, roster)

describe("an endpoint that answers", () => {
  test("moves a candidate up whose vector is near", async () => {
    const description = "reactivity laying"
    const { matches, note } = await createRouterFor(start().url).rank(
      { description, top: 1 },
      roster,
    )
    expect(note).toBeUndefined()
    const words = byWords(description).find(({ id }) => id === "frontend-developer")
    expect(matches[0]?.id).toBe("frontend-developer")
    expect(matches[0]!.score).toBeGreaterThan(words?.score ?? 0)
  })

  test("is asked for the roster once, also by the next process", async () => {
    const server = start()
    await createRouterFor(server.url).rank({ description: "slow query", top: 1 }, roster)
    expect(server.texts()).toHaveLength(roster.length + 1)
    await createRouterFor(server.url).rank({ description: "another query", top: 1 }, roster)
    expect(server.texts()).toHaveLength(roster.length + 2)
  })

  test("is asked again for an agent whose skills changed, and for that one only", async () => {
    const server = start()
    const router = createRouterFor(server.url)
    const withSkills = (...skills: string[]) => [...roster, agent("a", "Helper", skills)]
    await router.rank({ description: "slow query", top: 1 }, withSkills("kafka"))
    const before = server.texts().length
    await router.rank({ description: "slow query", top: 1 }, withSkills("rabbitmq"))
    expect(server.texts().slice(before)).toEqual(["Helper\nrabbitmq", "slow query"])
  })

  test("gets the key that the environment holds", async () => {
    const { url } = start({ key: "secret" })
    const query = { description: "slow query", top: 1 }
    expect(
      await createRouterFor(url, { key_env: "EMBEDDING_KEY" }).rank(query, roster),
    ).not.toHaveProperty("note")
    expect((await createRouterFor(url).rank(query, roster)).note).toBe(
      "Ranked by words alone: the endpoint answered 401.",
    )
    expect((await createRouterFor(url, { key_env: "NO_SUCH_KEY" }).rank(query, roster)).note).toBe(
      "Ranked by words alone: the environment variable NO_SUCH_KEY is not set.",
    )
  })
})

describe("an endpoint that does not", () => {
  const query = { description: "the postgres query is slow", top: 3 }

  test("because nobody listens, leaves the ranking to the words, with a note", async () => {
    const { url, stop } = startEmbeddingServer()
    await stop()
    const { matches, note } = await createRouterFor(url).rank(query, roster)
    expect(matches).toEqual(byWords(query.description))
    expect(note).toMatch(/^Ranked by words alone: .+\.$/)
  })

  test("in time is not waited for", async () => {
    const { url } = start({ silent: true })
    const before = performance.now()
    const { matches, note } = await createRouterFor(url, { timeoutMs: 100 }).rank(query, roster)
    expect(performance.now() - before).toBeLessThan(2500)
    expect(matches).toEqual(byWords(query.description))
    expect(note).toBe("Ranked by words alone: no answer in 100 ms.")
  })

  test("make sense is not believed", async () => {
    for (const answer of [
      () => new Response("<html>"),
      () => Response.json({ data: [] }),
      () => Response.json({ data: [{ index: 0, embedding: ["x"] }] }),
      () => Response.json({ error: "no such model" }, { status: 404 }),
    ]) {
      const { matches, note } = await createRouterFor(start({ answer }).url).rank(query, roster)
      expect(matches).toEqual(byWords(query.description))
      expect(note).toStartWith("Ranked by words alone: ")
    }
  })

  test("matter, since the caller has left, ends with the caller's reason", async () => {
    const { url } = start({ silent: true })
    const controller = new AbortController()
    const answer = createRouterFor(url).rank(query, roster, undefined, controller.signal)
    controller.abort(new Error("the tool call was cancelled"))
    expect(answer).rejects.toThrow("the tool call was cancelled")
  })
})

describe("the kept vectors", () => {
  const vector = Float32Array.from([0.25, -1, 3])

  test("come back as they were, and are readable by their owner only", () => {
    createVectorCache(file, "grams").add([["text", vector]])
    expect(createVectorCache(file, "grams").get("text")).toEqual(vector)
    expect(createVectorCache(file, "grams").get("other text")).toBeUndefined()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, "cache"))).toEqual(["vectors"])
  })

  test("of another model are not used", () => {
    createVectorCache(file, "grams").add([["text", vector]])
    expect(createVectorCache(file, "another").get("text")).toBeUndefined()
  })

  test("in a damaged file are asked for anew", () => {
    createVectorCache(file, "grams").add([["text", vector]])
    writeFileSync(file, `${readFileSync(file, "utf8").slice(0, 60)}\ngarbage\n`)
    expect(createVectorCache(file, "grams").get("text")).toBeUndefined()
    writeFileSync(file, "not ours")
    expect(createVectorCache(file, "grams").get("text")).toBeUndefined()
  })

  test("that cannot be written are kept in memory", () => {
    const cache = createVectorCache(join(folder, "missing\u0000name"), "grams")
    cache.add([["text", vector]])
    expect(cache.get("text")).toEqual(vector)
  })
})

test("texts of many parts are sent in several requests, and vectors keep their order", async () => {
  const server = start()
  const embedder = createHttpEmbedder({ url: `${server.url}/`, model: "grams" })
  const texts = Array.from({ length: 150 }, (_, at) => `text number ${at}`)
  const vectors = await embedder.embed(texts, AbortSignal.timeout(5000))
  expect(server.requests.length).toBeGreaterThan(1)
  expect(embedder.dimensions).toBe(1024)
  texts.forEach((text, at) => {
    expect(cosineOf(vectors[at]!, Float32Array.from(embedText(text)))).toBeCloseTo(1, 5)
  })
})
