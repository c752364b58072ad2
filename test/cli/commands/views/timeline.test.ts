import { afterEach, beforeEach, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper", "writer"])
})
afterEach(() => shell.end())

const hostile = "</script><script>alert(1)</script><!-- $& \u001b[2J\u202e"

test("who talked to whom is told in order, oldest first", async () => {
  await shell.mail("msg_1", "flt_1", "mapper-1", "writer-1", "the map")
  const { out } = await shell.run(["timeline", "shop"])
  expect(out.split("\n").slice(1)).toEqual([
    "+0.0s    fleet.created",
    "+0.0s    mapper → writer  handoff (unread): the map",
    "",
  ])
  const told = JSON.parse((await shell.run(["timeline", "flt_1", "--json"])).out)
  expect(told.entries.at(-1)).toEqual({
    at: "2026-01-01T00:00:00.000Z",
    kind: "message",
    type: "handoff",
    from: "mapper",
    to: ["writer"],
    message_id: "msg_1",
    text: "the map",
    acknowledged: false,
  })
})

test("--html writes one page that asks nothing of elsewhere, runs one script, and holds texts as data", async () => {
  await shell.mail("msg_1", "flt_1", "mapper-1", "writer-1", hostile)
  const file = join(shell.folder, "fleet.html")
  expect((await shell.run(["timeline", "shop", "--html", file])).code).toBe(0)
  const page = readFileSync(file, "utf8")
  const scripts = [...page.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, text]) => text!)
  expect(scripts).toHaveLength(2)
  const [data, code] = scripts as [string, string]
  expect(JSON.parse(data).entries.at(-1).text).toBe(hostile)
  const hash = createHash("sha256").update(code).digest("base64")
  expect(page).toContain(
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`,
  )
  expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
    /https?:|\/\/[a-z]+\.|src=|url\(|@import/,
  )
  expect(code).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval/)
})

test("--html overwrites nothing", async () => {
  const file = join(shell.folder, "fleet.html")
  await shell.run(["timeline", "shop", "--html", file])
  const again = await shell.run(["timeline", "shop", "--html", file])
  expect(again).toMatchObject({ code: 2, out: "" })
  expect(again.err).toContain("cannot be written")
})
