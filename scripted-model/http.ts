import { createServer, type AddressInfo, type Socket } from "node:net"

export interface HttpRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

const headOf = (status: number, headers: Record<string, string>) => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n`
}

const createReply = (socket: Socket, next: () => void) => {
  const write = (text: string) =>
    new Promise<void>((written) => socket.write(text, () => written()))
  let isOver = false
  let whenClosed = () => {}
  const closed = () => whenClosed()
  socket.once("close", closed)
  const over = (lastWords: string) => {
    isOver = true
    socket.off("close", closed)
    socket.write(lastWords)
    next()
  }
  return {
    /** Becomes true with the last word from this side; a connection that closes before was aborted. */
    isOver: () => isOver,
    onClose(listener: () => void) {
      whenClosed = listener
    },
    json(status: number, value: unknown, headers: Record<string, string> = {}) {
      const body = JSON.stringify(value)
      const length = String(Buffer.byteLength(body))
      const type = "application/json"
      over(headOf(status, { "content-type": type, "content-length": length, ...headers }) + body)
    },
    stream: () =>
      write(headOf(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" })),
    chunk: (text: string) => write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`),
    end() {
      over("0\r\n\r\n")
    },
    destroy() {
      isOver = true
      socket.destroy()
    },
  }
}

export type HttpReply = ReturnType<typeof createReply>

const parseHead = (text: string) => {
  const [first = "", ...lines] = text.split("\r\n")
  const [method = "", path = ""] = first.split(" ")
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { method, path: path.split("?")[0] ?? "", headers }
}

/**
 * The little of HTTP/1.1 that a model's client needs, one request after the other. In Bun 1.3.14 a
 * node:http server never hears that the client of a POST left (oven-sh/bun#29219), and Bun.serve ends
 * a failed stream as if it were complete; a scripted model must see the one and do the other.
 * Connections stay open: Bun's fetch uses one again that answered 404 with "connection: close".
 */
export const listenHttp = async (
  port: number,
  handle: (request: HttpRequest, reply: HttpReply) => void,
) => {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    // A reset is told by "close" too, and nobody could do more about it.
    socket.on("error", () => {})
    let received = Buffer.alloc(0)
    let isAnswering = false
    const next = () => {
      isAnswering = false
      const end = received.indexOf("\r\n\r\n")
      if (end < 0) return
      const head = parseHead(received.toString("latin1", 0, end))
      const length = Number(head.headers["content-length"] ?? 0)
      const body = received.subarray(end + 4, end + 4 + length)
      if (body.length < length) return
      isAnswering = true
      received = received.subarray(end + 4 + length)
      handle({ ...head, body: body.toString("utf8") }, createReply(socket, next))
    }
    // Reads on while it answers, or the end of the connection would never be seen.
    socket.on("data", (data: Buffer) => {
      received = Buffer.concat([received, data])
      if (!isAnswering) next()
    })
  })
  const listening = Promise.withResolvers<void>()
  server.once("error", listening.reject)
  server.listen(port, "127.0.0.1", listening.resolve)
  await listening.promise
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
