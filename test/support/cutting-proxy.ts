import { createConnection, createServer, type Socket } from "node:net"

/** What is done about a message of a client in which the searched text stands. */
export type Cut = "before" | "after"

/**
 * A way to a server that can be cut at a given message: `before` keeps it from arriving, `after` only
 * keeps the answer from coming back. Silent ways lose what is sent and say nothing.
 */
export const startProxy = async (port: number) => {
  const sockets = new Set<Socket>()
  let armed: { text: string; cut: Cut | (() => Promise<void>) } | undefined
  let silent = false
  const listen = createServer((client) => {
    const server = createConnection(port, "127.0.0.1")
    let muted = false
    const end = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on("error", end)
      socket.on("close", end)
    }
    client.on("data", (data) => {
      if (silent) return
      if (armed && data.includes(armed.text)) {
        const { cut } = armed
        armed = undefined
        if (cut === "before") return end()
        if (cut !== "after") return void cut().finally(end)
        muted = true
        server.write(data)
        return
      }
      server.write(data)
    })
    server.on("data", (data) => {
      if (muted) end()
      else if (!silent) client.write(data)
    })
  })
  await new Promise<void>((resolve) => listen.listen(0, "127.0.0.1", resolve))
  return {
    port: (listen.address() as { port: number }).port,
    /** The next message with this text is the last of its connection; one that is held is cut afterwards. */
    cutAt(text: string, cut: Cut | (() => Promise<void>)) {
      armed = { text, cut }
    },
    goSilent(yes: boolean) {
      silent = yes
    },
    cutAll() {
      for (const socket of sockets) socket.destroy()
    },
    close() {
      listen.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
