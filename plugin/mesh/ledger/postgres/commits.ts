import type { Connection } from "./connection.ts"
import { beginAlone } from "./begin-alone.ts"

/** A commit whose answer was lost is asked for within seconds, or once a suspended process goes on. */
const keptDays = 7

const now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

/**
 * Which of its transactions a process has committed last, written with that transaction. The number
 * that the server gives a transaction tells less: a server that was killed gives those whose beginning
 * it had not written down to others.
 */
export const markCommit = (writer: string, number: number) => `
  INSERT INTO commits (writer, number, at) VALUES ('${writer}', ${number}, ${now})
  ON CONFLICT (writer) DO UPDATE SET number = excluded.number, at = excluded.at;
  ${number === 1 ? `DELETE FROM commits WHERE at < ${now} - ${keptDays * 86_400_000};` : ""}`

/**
 * Whether that one is committed. It held the writers' lock until it was over, so whoever holds the lock
 * knows that it is.
 */
export const isMarked = async (
  session: Connection,
  writer: string,
  number: number,
  patienceMs: number,
) => {
  const sql = `${beginAlone(patienceMs)};
    SELECT count(*) AS n FROM commits WHERE writer = '${writer}' AND number = ${number}; COMMIT`
  const answers = await session.script(sql, patienceMs * 2)
  return answers.at(-2)!.rows[0]!["n"] === 1
}
