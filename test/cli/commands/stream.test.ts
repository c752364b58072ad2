import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { read } from "../../system/event-server/reader.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper", "reviewer"])
})
afterEach(() => shell.end())

const start = async (...args: string[]) => {
  const serving = shell.start(["stream", ...args, "--json"])
  await serving.until("\n")
  const { stream_url, token_file } = JSON.parse(serving.out())
  return { ...serving, url: stream_url, token: readFileSync(token_file, "utf8").trim() }
}

describe("stream", () => {
  test("serves an agent's mail until Ctrl-C", async () => {
    const serving = await start("mapper", "--fleet", "shop")
    const reading = await read(serving.url, { token: serving.token })
    await shell.mail("msg_1", "flt_1", "reviewer-1", "mapper-1", "MAP")
    await reading.until(({ events }) => events.length > 0)
    expect(reading.events[0]!.data).toMatchObject({ id: "msg_1", payload: "MAP" })
    serving.interrupt()
    expect(await serving.code).toBe(130)
    await reading.ended
    expect(reading.named.at(-1)!.data.code).toBe("SERVER_CLOSED")
  })

  test("serves the project's events, the same as events --follow --json prints, and again after its end", async () => {
    const first = await start()
    first.interrupt()
    await first.code
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP")
    const again = await start("lead")
    const reading = await read(first.url, {
      token: first.token,
      headers: { "last-event-id": "0" },
    })
    await reading.until(({ events }) => events.length === 2)
    again.interrupt()
    await again.code
    const { out } = await shell.run(["events", "--json"])
    expect(reading.events.map(({ data }) => data)).toEqual(JSON.parse(out).events)
  })

  test("tells a person how to read it, without the token", async () => {
    const serving = shell.start(["stream", "lead"])
    await serving.until("Ctrl-C")
    serving.interrupt()
    await serving.code
    expect(serving.out()).toMatch(/^stream {2}http:\/\/127\.0\.0\.1:\d+\/inbox\/lead%3Aflt_1\?/)
    const [, file] = /^token {3}(\S+) /m.exec(serving.out())!
    expect(serving.out()).not.toContain(readFileSync(file!, "utf8").trim())
  })

  test("is refused to an agent, and for what is not there", async () => {
    const inside = await shell.run(["stream"], { insideAgent: true })
    expect([inside.code, inside.err]).toEqual([1, expect.stringContaining("[NOT_ALLOWED]")])
    const unknown = await shell.run(["stream", "ghost"])
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("[UNKNOWN_AGENT]")])
  })
})
