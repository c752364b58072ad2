import { applicationId } from "../../ledger/migrations.ts"
import { openConnection } from "../../ledger/sqlite/connection.ts"
import { queryOver } from "../../ledger/sqlite/readers.ts"
import { pragma } from "../../ledger/sqlite/sqlite-schema.ts"
import { MeshError } from "../../model/errors.ts"
import { wordsOf } from "../line.ts"
import type { AgentMesh } from "./format.ts"
import { readTables } from "./read.ts"

/** Its SQLite file: give a copy, since SQLite writes beside what it reads. */
export const readFile = async (copy: string): Promise<AgentMesh> => {
  const db = await openConnection(copy)
  try {
    if (pragma(db, "application_id") === applicationId)
      throw new MeshError(
        "INVALID_ARGUMENT",
        "The file is a ledger of Meshfleet itself.",
        "Write it with meshfleet export and import that; or set MESHFLEET_HOME to its folder.",
      )
    return await readTables(queryOver(db))
  } catch (error) {
    if (error instanceof MeshError) throw error
    throw new MeshError(
      "INVALID_ARGUMENT",
      `The file is a SQLite database that cannot be read: ${wordsOf(error)}.`,
      "Close agent-mesh, then import it again; nothing was imported.",
    )
  } finally {
    db.close()
  }
}
