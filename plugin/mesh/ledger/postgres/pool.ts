import type { Connection } from "./connection.ts"
import { busy, isLost, mayConnectSoon } from "./failures.ts"
import { createGate } from "./gate.ts"

export interface PoolOptions {
  connect: () => Promise<Connection>
  /** How long to wait for a session while all are in use, in ms. */
  patienceMs: number
}

/** Of each process: one writes, the others read. A server has a hundred for everybody by default. */
const mostSessions = 4

/** A process at work uses its sessions again within a second; an idle one need not keep them. */
const idleMs = 10_000

/** A server that is restarted is back by then; one that is not there is told of while one waits. */
const connectPatienceMs = 5000
const connectPauseMs = 200

/** The sessions of a process, opened at need. One that was lost while it lay idle is never given out. */
export const createPool = ({ connect, patienceMs }: PoolOptions) => {
  const gate = createGate(mostSessions)
  const idle: { connection: Connection; expiry: ReturnType<typeof setTimeout> }[] = []
  let closed = false

  const takeIdle = () => {
    for (let last = idle.pop(); last; last = idle.pop()) {
      clearTimeout(last.expiry)
      if (!last.connection.isOpen()) continue
      last.connection.keepAlive(true)
      return last.connection
    }
    return undefined
  }

  /** Whoever takes one gives it back, lost or not. */
  const take = async (): Promise<Connection> => {
    if (!(await gate.enter(patienceMs))) throw busy(patienceMs)
    try {
      return takeIdle() ?? (await connectPatiently(connect))
    } catch (error) {
      gate.leave()
      throw error
    }
  }

  const give = (connection: Connection) => {
    if (closed) connection.end()
    else if (connection.isOpen()) {
      connection.keepAlive(false)
      const expiry = setTimeout(() => {
        idle.splice(
          idle.findIndex((each) => each.connection === connection),
          1,
        )
        connection.end()
      }, idleMs)
      expiry.unref?.()
      idle.push({ connection, expiry })
    }
    gate.leave()
  }

  return {
    take,
    give,
    /**
     * Begins something in a session. What was begun in one that turns out to be lost is begun again
     * in another, so `begin` must do nothing that counts twice.
     */
    async begin<T>(begin: (connection: Connection) => Promise<T>) {
      for (let tries = 0; ; tries++) {
        const connection = await take()
        try {
          return { connection, begun: await begin(connection) }
        } catch (error) {
          give(connection)
          if (!isLost(error) || tries > mostSessions) throw error
        }
      }
    },
    close() {
      closed = true
      for (const { connection, expiry } of idle.splice(0)) {
        clearTimeout(expiry)
        connection.end()
      }
    },
  }
}

export type Pool = ReturnType<typeof createPool>

/** Waits for a server that starts or is full; any other refusal is final. */
export const connectPatiently = async <T>(connect: () => Promise<T>): Promise<T> => {
  const giveUpAt = performance.now() + connectPatienceMs
  for (;;) {
    try {
      return await connect()
    } catch (error) {
      if (!mayConnectSoon(error) || performance.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, connectPauseMs))
    }
  }
}
