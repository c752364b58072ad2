import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Answer, Handler, Sink } from "./http.ts"

export interface Listener {
  port: number
  /** Ends streams with what they have to say, then the connections. Idempotent. */
  close(): Promise<void>
}

const loopback = "127.0.0.1"

/** A reader that does not take the end of its answer for so long never will. */
const farewellMs = 5000

/** Of all answers: kept by nobody, taken for nothing else, and shown in no other page. */
const always = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close",
}

/** Listens on loopback, on the first of these ports that is free, else on any. */
export const listen = async (
  handler: Handler,
  ports: readonly number[],
  onError: (error: unknown) => void,
): Promise<Listener> => {
  // A bundle loads what it imports with its start, however late it is used.
  const { createServer } = await import("node:http")
  const closing = new AbortController()
  const server = createServer((request, response) => {
    response.on("error", () => undefined)
    answer(handler, request, response, closing.signal).catch((error: unknown) => {
      onError(error)
      response.destroy()
    })
  })
  const port = await firstFree(server, [...ports, 0])
  server.on("error", onError)
  // The process may end while nobody but us waits for something.
  server.unref()
  let closed: Promise<void> | undefined
  return {
    port,
    close: () =>
      (closed ??= new Promise((resolve) => {
        closing.abort()
        server.close(() => resolve())
        const force = () => {
          server.closeAllConnections()
          resolve()
        }
        setTimeout(force, closeMs).unref()
      })),
  }
}

/** Readers get so long to take the last event. */
const closeMs = 200

const firstFree = async (server: Server, ports: readonly number[]) => {
  for (const port of ports) if (await listensOn(server, port)) break
  const address = server.address()
  if (address === null || typeof address === "string")
    throw new Error("no port of loopback is free")
  return address.port
}

const listensOn = (server: Server, port: number) =>
  new Promise<boolean>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (port === 0 ? reject(error) : resolve(false))
    server.once("error", failed)
    server.listen(port, loopback, () => {
      server.off("error", failed)
      resolve(true)
    })
  })

const answer = async (
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
) => {
  const [path = "", query = ""] = splitOnce(request.url ?? "")
  const { status, headers, body }: Answer = await handler({
    method: request.method ?? "",
    path,
    query: new URLSearchParams(query),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(", ") : value
    },
    body: () => bodyOf(request),
  })
  response.writeHead(status, { ...always, ...headers })
  if (typeof body === "string") return void response.end(body)
  const { sink, end } = sinkOf(request, response, closing)
  await body(sink)
  end()
}

/** The longest message, each byte of it written as an escape. */
const longestBody = 6 * 65_536 + 4096

const bodyOf = async (request: IncomingMessage) => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    // Read to its end all the same: whoever is cut off in mid-sentence does not read the answer.
    if (length <= longestBody) parts.push(part)
  }
  return length > longestBody ? undefined : Buffer.concat(parts).toString("utf8")
}

const splitOnce = (url: string) => {
  const at = url.indexOf("?")
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}

/** A response with its backpressure: `write` is false while the reader takes nothing. */
const sinkOf = (
  { socket }: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): { sink: Sink; end(): void } => {
  const left = new AbortController()
  let full = false
  const waiting = new Set<(hasRoom: boolean) => void>()
  const settle = (hasRoom: boolean) => {
    full = !hasRoom
    for (const each of [...waiting]) each(hasRoom)
  }
  const onClosing = () => left.abort(closing.reason)
  response.on("drain", () => settle(true))
  // Bun 1.3 does not tell a response that its reader has left.
  socket.once("close", () => {
    closing.removeEventListener("abort", onClosing)
    left.abort()
    settle(false)
  })
  closing.addEventListener("abort", onClosing, { once: true })
  if (closing.aborted) onClosing()
  // It left while its answer was looked up.
  if (response.destroyed || socket.destroyed) left.abort()
  return {
    sink: {
      gone: left.signal,
      isFull: () => full,
      write(text) {
        if (response.destroyed || response.writableEnded) return false
        full = !response.write(text)
        return !full
      },
      drained: (patienceMs) =>
        new Promise((resolve) => {
          if (!full) return resolve(true)
          if (left.signal.aborted) return resolve(false)
          const done = (hasRoom: boolean) => {
            waiting.delete(done)
            clearTimeout(limit)
            left.signal.removeEventListener("abort", leave)
            resolve(hasRoom)
          }
          const leave = () => done(false)
          const limit = setTimeout(() => done(false), patienceMs)
          left.signal.addEventListener("abort", leave, { once: true })
          waiting.add(done)
        }),
    },
    end() {
      response.end()
      const limit = setTimeout(() => socket.destroy(), farewellMs)
      limit.unref()
      socket.once("close", () => clearTimeout(limit))
    },
  }
}
