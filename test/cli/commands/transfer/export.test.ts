import { afterEach, beforeEach, expect, test } from "bun:test"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_shop", ["a1"])
  await shell.given("flt_cart", ["b1"])
})
afterEach(() => shell.end())

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { table?: string; row: { id: string } })
const fleetsIn = (text: string) =>
  linesOf(text).flatMap(({ table, row }) => (table === "fleets" ? [row.id] : []))

test("the whole ledger is written to stdout, and what was written told beside it", async () => {
  const { code, out, err } = await shell.run(["export"])
  expect(code).toBe(0)
  expect(fleetsIn(out)).toEqual(["flt_cart", "flt_shop"])
  expect(err).toContain("Exported 2 fleets, 6 rows.")
})

test("what steers a terminal comes out as it was, for whoever reads it back", async () => {
  const output = "\u001b[31mred\u001b[0m \u009b1A \u202e \u2028 \u007f \r\n 🛰️"
  await shell.set("a1-shop", { output })
  const { out } = await shell.run(["export"])
  const agents = linesOf(out).filter(({ table }) => table === "agents")
  expect(agents.map(({ row }) => row)).toContainEqual(
    expect.objectContaining({ id: "a1-shop", output }),
  )
})

test("one fleet is written alone", async () => {
  const { out } = await shell.run(["export", "--fleet", "flt_shop"])
  expect(fleetsIn(out)).toEqual(["flt_shop"])
  expect(linesOf(out)[0]).toMatchObject({ schema: "meshfleet.ledger", fleet_id: "flt_shop" })
})

test("a file is readable by its user alone, whole or not there, and takes the place of a former one", async () => {
  const file = join(shell.folder, "backup.jsonl")
  writeFileSync(file, "former\n", { mode: 0o644 })
  const { code, out } = await shell.run(["export", "--file", file])
  expect([code, out]).toEqual([0, ""])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(fleetsIn(readFileSync(file, "utf8"))).toHaveLength(2)
  const written = readFileSync(file, "utf8")
  const { code: failed, err } = await shell.run(["export", "--file", file, "--fleet", "flt_none"])
  expect(failed).toBe(1)
  expect(err).toContain("[UNKNOWN_FLEET]")
  expect(readFileSync(file, "utf8")).toBe(written)
  expect(readdirSync(shell.folder).filter((name) => name.startsWith("backup"))).toEqual([
    "backup.jsonl",
  ])
})

test("no agent exports what other projects do", async () => {
  const { code, out, err } = await shell.run(["export"], { insideAgent: true })
  expect([code, out]).toEqual([1, ""])
  expect(err).toContain("[NOT_ALLOWED]")
})
