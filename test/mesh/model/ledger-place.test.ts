import { expect, test } from "bun:test"
import { isPostgresAddress } from "../../../plugin/mesh/model/ledger-place.ts"

test("an address is told from a path", () => {
  for (const address of ["postgres://h/d", "postgresql://h/d", "POSTGRES://h/d"])
    expect(isPostgresAddress(address)).toBe(true)
  for (const path of ["/data/mesh.db", "mesh.db", "postgres.db", "./postgres:/x"])
    expect(isPostgresAddress(path)).toBe(false)
})
