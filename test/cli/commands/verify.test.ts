import { afterEach, beforeEach, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
let folder: string
beforeEach(async () => {
  shell = await createShell()
  folder = mkdtempSync(join(tmpdir(), "meshfleet-cli-"))
})
afterEach(async () => {
  await shell.end()
  rmSync(folder, { recursive: true, force: true })
})

const file = () => join(folder, "mesh.db")
/** A ledger in a file, with that done to it. */
const make = async (...sql: string[]) => {
  const ledger = await createLedgerStore(file()).open()
  await ledger.transact(async (tx) => {
    for (const statement of sql) await tx.run(statement)
  })
  await ledger.close()
}
const bytes = () =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]),
  )
const verify = (...args: string[]) => shell.run(["verify", ...args])

test("the shell's own ledger is looked at as it is", async () => {
  const { code, out } = await verify()
  expect(code).toBe(0)
  expect(out).toContain("Everything fits together. This finds what contradicts itself")
})

test("a file is told what is wrong in it, why, and what to do, and not a byte of it changes", async () => {
  await make("INSERT INTO inboxes (recipient, total, unacked) VALUES ('nobody', 3, 0)")
  const before = bytes()
  const { code, out } = await verify(file())
  expect(code).toBe(1)
  expect(out).toContain("error: inbox-total: an inbox counts more or fewer messages")
  expect(out).toContain("  nobody  3\n")
  expect(out).toContain("What to do: A delivery was added or taken away")
  expect(out).toContain("1 error, 0 warnings.")
  expect(bytes()).toEqual(before)
})

test("as JSON it is what verify_ledger answers", async () => {
  await make("INSERT INTO inboxes (recipient, total, unacked) VALUES ('nobody', 3, 0)")
  const { code, out } = await verify(file(), "--json")
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    errors: 1,
    findings: [{ severity: "error", check: "inbox-total", subject: "nobody", detail: "3" }],
  })
})

test("what is no ledger, is damaged or is not there cannot be read, and stays as it is", async () => {
  await make()
  const whole = readFileSync(file())
  const torn = Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 7)])
  for (const content of [torn, Buffer.from("no database"), Buffer.alloc(0x3000, 1)]) {
    writeFileSync(file(), content)
    const before = bytes()
    const { code, err } = await verify(file())
    expect(code).toBe(2)
    expect(err).toContain("The ledger cannot be read: ")
    expect(bytes()).toEqual(before)
  }
  expect((await verify(join(folder, "nothing.db"))).code).toBe(2)
})
