import type { Connection, ConnectionEvents } from "./connection.ts"
import { connectPatiently } from "./pool.ts"
import { schemaName } from "./startup-options.ts"

export interface ListenerDeps {
  connect: (events: ConnectionEvents) => Promise<Connection>
  /** Who wrote. */
  onCommit: (by: string) => void
  /** The session was lost for a while: something may have been committed unheard. */
  onGap: () => void
}

const firstPauseMs = 100
const longestPauseMs = 3000

/** A way to the server that is cut without a word is found out by asking. */
const pulseMs = 15_000

/** Hears of every commit, on a session of its own that is opened anew whenever it is lost. */
export const createListener = ({ connect, onCommit, onGap }: ListenerDeps) => {
  let closed = false
  let current: Connection | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const listen = async () => {
    const connection: Connection = await connect({
      onNotification: onCommit,
      onEnd: () => {
        if (current === connection) comeBack(firstPauseMs)
      },
    })
    try {
      await connection.script(`LISTEN ${schemaName}`)
    } catch (error) {
      connection.end()
      throw error
    }
    connection.keepAlive(false)
    if (closed) return void connection.end()
    current = connection
    // It may have been lost before we looked.
    if (!connection.isOpen()) return comeBack(firstPauseMs)
    wait(pulseMs, pulse)
  }

  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(then, ms)
    timer.unref?.()
  }

  const pulse = () => {
    // A failure ends the session, which brings it back.
    current?.script("SELECT 1").then(
      () => wait(pulseMs, pulse),
      () => undefined,
    )
  }

  const comeBack = (pauseMs: number) => {
    current = undefined
    wait(pauseMs, () => {
      listen().then(onGap, () => comeBack(Math.min(pauseMs * 2, longestPauseMs)))
    })
  }

  return {
    /** Resolves once no commit from now on is missed. */
    start: () => connectPatiently(listen),
    close() {
      closed = true
      clearTimeout(timer)
      const connection = current
      current = undefined
      connection?.end()
    },
  }
}
