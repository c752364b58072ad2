import { request } from "node:http"

export interface ReadEvent {
  id: string
  event: string
  data: any
}

export interface Reading {
  status: number
  headers: Record<string, unknown>
  /** Of the events that clients show as messages. */
  events: ReadEvent[]
  named: ReadEvent[]
  text: () => string
  retryMs: () => number
  ended: Promise<void>
  /** Resolves once it holds; rejects when the stream has ended without. */
  until(holds: (reading: Reading) => boolean): Promise<void>
  pause(): void
  resume(): void
  close(): void
}

export interface ReadOptions {
  token?: string
  headers?: Record<string, string>
  method?: string
  onEvent?: (event: ReadEvent) => void
}

/** A client that takes events apart and nothing else. */
export const read = (
  url: string,
  { token, headers = {}, method = "GET", onEvent }: ReadOptions = {},
): Promise<Reading> =>
  new Promise((resolve, reject) => {
    const asked = request(url, {
      method,
      agent: false,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
    })
    asked.once("error", reject)
    asked.once("response", (response) => {
      let text = ""
      let seen = 0
      let retryMs = 0
      let isOver = false
      const listeners = new Set<() => void>()
      const look = () => [...listeners].forEach((each) => each())
      const reading: Reading = {
        status: response.statusCode!,
        headers: response.headers,
        events: [],
        named: [],
        text: () => text,
        retryMs: () => retryMs,
        ended: new Promise((done) => {
          const end = () => {
            isOver = true
            done()
            look()
          }
          response.once("close", end)
          response.once("end", end)
        }),
        until: (holds) =>
          new Promise((done, failed) => {
            const check = () => {
              if (holds(reading)) done()
              else if (isOver) failed(new Error(`the stream has ended: ${text.slice(-500)}`))
              else return
              listeners.delete(check)
            }
            listeners.add(check)
            check()
          }),
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => asked.destroy(),
      }
      response.setEncoding("utf8")
      response.on("error", () => undefined)
      response.on("data", (chunk: string) => {
        text += chunk
        for (;;) {
          const end = text.indexOf("\n\n", seen)
          if (end < 0) break
          const fields = new Map(
            text
              .slice(seen, end)
              .split("\n")
              .map((line) => [line.split(":")[0]!, line.slice(line.indexOf(":") + 1).trim()]),
          )
          seen = end + 2
          if (fields.has("retry")) retryMs = Number(fields.get("retry"))
          if (!fields.has("data")) continue
          const event = {
            id: fields.get("id") ?? "",
            event: fields.get("event") ?? "message",
            data: JSON.parse(fields.get("data")!) as unknown,
          }
          ;(event.event === "message" ? reading.events : reading.named).push(event)
          onEvent?.(event)
        }
        look()
      })
      asked.on("error", () => undefined)
      resolve(reading)
    })
    asked.end()
  })

/** Reads on after each end, from the last event it has, as every client of such streams does. */
export const follow = (url: string, token: string) => {
  const events: ReadEvent[] = []
  const listeners = new Set<() => void>()
  let lastId: string | undefined
  const closed = new AbortController()
  let connections = 0
  let current: Reading | undefined
  const onEvent = (event: ReadEvent) => {
    if (event.id) lastId = event.id
    if (event.event === "message") events.push(event)
    listeners.forEach((each) => each())
  }
  const run = async () => {
    while (!closed.signal.aborted) {
      try {
        current = await read(url, {
          token,
          onEvent,
          headers: lastId === undefined ? {} : { "last-event-id": lastId },
        })
        if (current.status !== 200) throw new Error(`status ${current.status}: ${current.text()}`)
        connections++
        await current.ended
      } catch (error) {
        if (!/ECONN|socket|Unable to connect/i.test(String(error))) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const running = run()
  return {
    events,
    connections: () => connections,
    until: (holds: () => boolean) =>
      Promise.race([
        running.then(() => undefined),
        new Promise<void>((resolve) => {
          const check = () => {
            if (!holds()) return
            listeners.delete(check)
            resolve()
          }
          listeners.add(check)
          check()
        }),
      ]),
    async close() {
      closed.abort()
      current?.close()
      await running
    },
  }
}
