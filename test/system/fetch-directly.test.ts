import { afterEach, expect, test } from "bun:test"
import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { join } from "node:path"
import { fetchDirectly } from "../../plugin/system/fetch-directly.ts"

let ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends) await end()
  ends = []
})

const listen = async (answer: (request: string, socket: Socket) => void) => {
  const server: Server = createServer((socket) => {
    socket.on("error", () => socket.destroy())
    socket.once("data", (data) => answer(data.toString(), socket))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  ends.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test("method, headers, body and a long answer arrive as with fetch", async () => {
  const text = "ü".repeat(300_000)
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const body = await request.text()
      return Response.json({ method: request.method, pathname, search, body, text })
    },
  })
  ends.push(() => server.stop(true))
  const url = `http://127.0.0.1:${server.port}/a?b=${encodeURIComponent("/ü")}`
  const answer = await fetchDirectly(new Request(url, { method: "POST", body: "käse" }))
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringContaining("application/json"),
  ])
  expect(await answer.json()).toEqual({
    method: "POST",
    pathname: "/a",
    search: `?b=${encodeURIComponent("/ü")}`,
    body: "käse",
    text,
  })
})

test("an answer in chunks is joined, from a server that keeps the connection", async () => {
  const url = await listen((_, socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    setTimeout(() => socket.write("2\r\nde\r\n0\r\n\r\n"), 20)
  })
  expect(await (await fetchDirectly(new Request(url))).text()).toBe("abcde")
})

test("an answer without a body is one, and an error status is no failure", async () => {
  const url = await listen((request, socket) =>
    socket.end(
      request.startsWith("GET /none ")
        ? "HTTP/1.1 204 No Content\r\n\r\n"
        : "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
    ),
  )
  expect((await fetchDirectly(new Request(`${url}/none`))).status).toBe(204)
  expect((await fetchDirectly(new Request(`${url}/other`))).status).toBe(404)
})

test.each([
  ["", "without an answer"],
  ["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc", "cut short"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc", "cut short"],
])("what breaks off is a failure: %j", async (bytes, problem) => {
  const url = await listen((_, socket) => socket.end(bytes))
  await expect(fetchDirectly(new Request(url))).rejects.toThrow(problem)
})

test("a request that is aborted fails with its reason, and one that nobody takes fails", async () => {
  const url = await listen(() => undefined)
  const signal = AbortSignal.timeout(50)
  await expect(fetchDirectly(new Request(url, { signal }))).rejects.toThrow("timed out")
  await expect(fetchDirectly(new Request("http://127.0.0.1:9/"))).rejects.toThrow()
})

test("a process with a proxy for everything asks a server on loopback itself", async () => {
  const url = await listen((_, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\ndirect"))
  const proxy = await listen((_, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nproxied"))
  const module = join(import.meta.dir, "../../plugin/system/fetch-directly.ts")
  const ask = (how: string) => {
    const script = `import { fetchDirectly } from ${JSON.stringify(module)}
      console.log(await (await ${how}(new Request(${JSON.stringify(url)}))).text())`
    const env = { PATH: process.env["PATH"], HTTP_PROXY: proxy, http_proxy: proxy }
    const child = Bun.spawn([process.execPath, "-e", script], { env, stdout: "pipe" })
    return new Response(child.stdout).text()
  }
  expect((await ask("fetchDirectly")).trim()).toBe("direct")
  // Were it otherwise, nothing would need fetchDirectly.
  expect((await ask("fetch")).trim()).toBe("proxied")
})
