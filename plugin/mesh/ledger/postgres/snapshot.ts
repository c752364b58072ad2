import type { Param, Query } from "../port.ts"
import type { Answer, Connection } from "./connection.ts"
import { isLost, translate } from "./failures.ts"
import type { Pool } from "./pool.ts"

/**
 * What is committed at one moment, that of the first statement. It travels together with the
 * beginning of its transaction, so a read of one statement is one round trip.
 */
export const openSnapshot = (pool: Pool, address: string) => {
  type Begun = Awaited<ReturnType<typeof begin>>
  let beginning: Promise<Begun> | undefined
  let over = false
  let lost = false

  const begin = (sql: string, params: readonly Param[]) =>
    pool.begin(async (connection) => {
      const opened = connection.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
      const asked = connection.query(sql, params)
      const [answer] = await Promise.allSettled([asked, opened])
      await opened
      if (answer.status === "rejected" && isLost(answer.reason)) throw answer.reason
      // A statement that fails by its own fault fails the read, and not the session.
      return answer
    })

  const ask = async (sql: string, params: readonly Param[]): Promise<Answer> => {
    if (over) throw new Error("A read was used after it had ended.")
    try {
      if (beginning) return await askOn((await beginning).connection, sql, params)
      beginning = begin(sql, params)
      const { begun } = await beginning
      if (begun.status === "rejected") throw begun.reason
      return begun.value
    } catch (error) {
      throw translate(error, address)
    }
  }

  const askOn = async (connection: Connection, sql: string, params: readonly Param[]) => {
    try {
      return await connection.query(sql, params)
    } catch (error) {
      if (isLost(error)) lost = true
      throw error
    }
  }

  return {
    query: {
      get: async <Row>(sql: string, ...params: Param[]) =>
        (await ask(sql, params)).rows[0] as Row | undefined,
      all: async <Row>(sql: string, ...params: Param[]) => (await ask(sql, params)).rows as Row[],
    } satisfies Query,
    /** Whether its moment went with its session, so that only another one can be read. */
    isLost: () => lost,
    /** Nobody waits for it: the session is free for the next at once, whose statements come after. */
    end() {
      over = true
      beginning?.then(
        ({ connection }) => {
          connection.script("COMMIT").catch(() => undefined)
          pool.give(connection)
        },
        () => undefined,
      )
    },
  }
}
