import { connect } from "node:net"

/**
 * `fetch` for a server of our own, past every proxy. Bun's fetch, and its node:http with it, sends
 * requests to loopback to HTTP_PROXY unless NO_PROXY names them, whatever its `proxy` option says; only
 * a socket of one's own does not. http only, no redirects; the body is there when the promise resolves.
 */
export const fetchDirectly = async (request: Request): Promise<Response> => {
  const { hostname, port, pathname, search, host } = new URL(request.url)
  const body = Buffer.from(await request.arrayBuffer())
  const headers = new Headers(request.headers)
  headers.set("host", host)
  headers.set("connection", "close")
  headers.set("content-length", String(body.length))
  const head = [
    `${request.method} ${pathname}${search} HTTP/1.1`,
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
  ]
  const answer = await exchange(
    { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) },
    Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]),
    request.signal,
  )
  return parseResponse(answer)
}

/** Sends all and returns what comes until the answer is complete, or the other side closes. */
const exchange = (to: { host: string; port: number }, bytes: Buffer, signal: AbortSignal) =>
  new Promise<Buffer>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const received: Buffer[] = []
    const socket = connect(to, () => socket.write(bytes))
    const abort = () => socket.destroy(signal.reason as Error)
    signal.addEventListener("abort", abort)
    let length = 0
    let isOver: ReturnType<typeof endOf> | undefined
    socket.on("data", (data: Buffer) => {
      received.push(data)
      length += data.length
      isOver ??= endOf(Buffer.concat(received))
      // OpenCode's server closes late after a long answer.
      if (isOver?.(length, received)) socket.destroy()
    })
    socket.once("end", () => socket.end())
    socket.once("error", reject)
    socket.once("close", () => {
      signal.removeEventListener("abort", abort)
      resolve(Buffer.concat(received))
    })
  })

/** When the answer with this beginning is complete; nothing as long as its head is not there. */
const endOf = (bytes: Buffer) => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const head = bytes.toString("latin1", 0, end).toLowerCase()
  const body = /\r\ncontent-length: *(\d+)/.exec(head)?.[1]
  const isChunked = /\r\ntransfer-encoding:.*chunked/.test(head)
  return (length: number, received: readonly Buffer[]) =>
    body !== undefined
      ? length >= end + 4 + Number(body)
      : isChunked &&
        Buffer.concat(received.slice(-5)).subarray(-5).toString("latin1") === "0\r\n\r\n"
}

export const parseResponse = (bytes: Buffer): Response => {
  const end = bytes.indexOf("\r\n\r\n")
  const [first = "", ...lines] = bytes.toString("latin1", 0, Math.max(end, 0)).split("\r\n")
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (end < 0 || !status) throw new Error("the server closed the connection without an answer")
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
  const rest = bytes.subarray(end + 4)
  const body = headers.get("transfer-encoding")?.includes("chunked") ? joinChunks(rest) : rest
  const length = headers.get("content-length")
  if (length !== null && Number(length) !== body.length)
    throw new Error("the server's answer was cut short")
  // These have no body, not even an empty one.
  const isEmpty = [204, 205, 304].includes(status)
  return new Response(isEmpty ? null : new Uint8Array(body), { status, headers })
}

const joinChunks = (bytes: Buffer): Buffer => {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at)
    const size = Number.parseInt(bytes.toString("latin1", at, Math.max(lineEnd, at)), 16)
    const start = lineEnd + 2
    if (lineEnd < 0 || Number.isNaN(size) || start + size > bytes.length)
      throw new Error("the server's answer was cut short")
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}
