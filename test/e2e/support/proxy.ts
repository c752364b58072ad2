import { connect, createServer, type AddressInfo, type Socket } from "node:net"

/**
 * A forward proxy on loopback. It notes the first line of each request and passes on to `target` what
 * is for `host`; everything else, loopback above all, it refuses.
 */
export const startProxy = async (host: string, target: () => string) => {
  const seen: string[] = []
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
  }
  /** What the host is to receive of a request's head, or nothing for what is refused. */
  const passOn = (head: string) => {
    const line = head.slice(0, head.indexOf("\r\n"))
    seen.push(line)
    const [method, url = "", version] = line.split(" ")
    if (!url.startsWith(`http://${host}/`)) return
    const rest = head.slice(line.length).replace(/\r\nproxy-connection:[^\r]*/i, "")
    return `${method} ${url.slice(`http://${host}`.length)} ${version}${rest}`
  }
  const server = createServer((client) => {
    keep(client)
    let upstream: Socket | undefined
    const toUpstream = () => {
      if (upstream) return upstream
      const { hostname, port } = new URL(target())
      upstream = connect(Number(port), hostname)
      keep(upstream)
      upstream.pipe(client)
      client.once("close", () => upstream?.end())
      return upstream
    }
    let waiting: Buffer = Buffer.alloc(0)
    let bodyLeft = 0
    // A connection carries one request after the other, each with a head of its own.
    client.on("data", (data: Buffer) => {
      waiting = Buffer.concat([waiting, data])
      while (waiting.length > 0) {
        if (bodyLeft > 0) {
          const part = waiting.subarray(0, bodyLeft)
          toUpstream().write(part)
          bodyLeft -= part.length
          waiting = waiting.subarray(part.length)
          continue
        }
        const end = waiting.indexOf("\r\n\r\n")
        if (end < 0) return
        const head = waiting.toString("latin1", 0, end + 4)
        waiting = waiting.subarray(end + 4)
        const passed = passOn(head)
        if (passed === undefined)
          return client.end(
            "HTTP/1.1 403 Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
          )
        bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
        toUpstream().write(passed, "latin1")
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    /** As people set it, by all the names programs look for. */
    environment: Object.fromEntries(
      ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [
        [name, url],
        [name.toLowerCase(), url],
      ]),
    ),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

export type Proxy = Awaited<ReturnType<typeof startProxy>>
