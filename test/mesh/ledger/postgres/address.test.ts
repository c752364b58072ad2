import { expect, test } from "bun:test"
import {
  checkAddress,
  shownAddress,
  withoutPassword,
} from "../../../../plugin/mesh/ledger/postgres/address.ts"
import { startupOptions } from "../../../../plugin/mesh/ledger/postgres/startup-options.ts"
import { expectFailure } from "../../support/errors.ts"

test("an address is shown without its password, wherever that stands", () => {
  expect(shownAddress("postgres://me:s%40cret@db.example:5433/mesh?sslmode=require")).toBe(
    "postgres://me@db.example:5433/mesh?sslmode=require",
  )
  expect(shownAddress("postgres://db.example/mesh?user=me&password=secret")).toBe(
    "postgres://db.example/mesh?user=me",
  )
  expect(shownAddress("postgres://me:sec ret@:x/")).not.toContain("sec")
})

test("no text keeps the password, as it was written or decoded", () => {
  const address = "postgres://me:s%40cret@h/d"
  expect(withoutPassword(`failed: ${address}; s@cret, s%40cret`, address)).toBe(
    "failed: ***; ***, ***",
  )
})

test("an address that is none is refused without being told", async () => {
  const error = await expectFailure(
    () => checkAddress("postgres://me:secret@[h/d"),
    "LEDGER_UNAVAILABLE",
  )
  expect(`${error.message} ${String(error.cause)}`).not.toContain("secret")
})

test("a session has its own schema and a limit for silent reads, beside what the address asks", () => {
  expect(startupOptions("postgres://me@h/d?options=-c%20work_mem%3D8MB&sslmode=require")).toEqual({
    connectionString: "postgres://me@h/d?sslmode=require&uselibpqcompat=true",
    options:
      "-c work_mem=8MB -c search_path=meshfleet -c idle_in_transaction_session_timeout=60000",
    application_name: "meshfleet",
  })
})
