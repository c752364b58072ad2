import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = mkdtempSync(join(tmpdir(), "meshfleet-lock-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const child = join(import.meta.dir, "../fixtures/children/hold-setup-lock.mjs")
const hold = async (end: "leave" | "die") => {
  const started = Bun.spawn(["node", child, "/a/checkout", join(folder, "inside"), end], {
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, err] = await Promise.all([
    new Response(started.stdout).text(),
    new Response(started.stderr).text(),
  ])
  await started.exited
  return { held: out === "held\n", fault: /Error: .*/.exec(err)?.[0], signal: started.signalCode }
}

test("a lock whose holders die again and again is held by one waiter at a time", async () => {
  const ends = Array.from({ length: 12 }, (_, n) => (n % 3 === 2 ? "leave" : "die"))
  const all = await Promise.all(ends.map(hold))
  expect(all).toEqual(
    ends.map((end) => ({
      held: true,
      fault: undefined,
      signal: end === "die" ? "SIGKILL" : null,
    })),
  )
})

test("a lock that was left leaves nothing behind", async () => {
  await hold("leave")
  expect(readdirSync(folder)).toEqual([])
})

test("a lock without a holder, as a release that was cut short leaves it, is free", async () => {
  await hold("die")
  const [lock] = readdirSync(folder)
  const [holder] = readdirSync(join(folder, lock!))
  rmSync(join(folder, lock!, holder!))
  expect(await hold("leave")).toMatchObject({ held: true })
  expect(readdirSync(folder)).toEqual([])
})
