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
  const server = createServer((client) => {
    keep(client)
    client.once("data", (head) => {
      const text = head.toString("latin1")
      const line = text.slice(0, text.indexOf("\r\n"))
      seen.push(line)
      const [method, url = "", version] = line.split(" ")
      if (!url.startsWith(`http://${host}/`))
        return client.end("HTTP/1.1 403 Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
      const { hostname, port } = new URL(target())
      const model = connect(Number(port), hostname)
      keep(model)
      const path = url.slice(`http://${host}`.length)
      const rest = text.slice(line.length).replace(/\r\nproxy-connection:[^\r]*/i, "")
      model.write(`${method} ${path} ${version}${rest}`, "latin1")
      client.pipe(model).pipe(client)
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
