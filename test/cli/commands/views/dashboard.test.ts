import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { get } from "node:http"
import { existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { currentPage } from "../../../web/support/world.ts"
import { type AskingShell, createAskingShell } from "../../support/asking-shell.ts"

let shell: AskingShell
beforeEach(async () => {
  // From source the page is read where the build puts it.
  const built = join(import.meta.dir, "..", "..", "..", "..", "dist", "dashboard.json")
  mkdirSync(dirname(built), { recursive: true })
  if (!existsSync(built)) await Bun.write(built, JSON.stringify(await currentPage()))
  shell = await createAskingShell()
})
afterEach(() => shell.end())

const start = async (...args: string[]) => {
  const serving = shell.start(["dashboard", "--no-open", ...args])
  await serving.until("Ctrl-C")
  return { ...serving, link: /http:\S+/.exec(serving.out())![0] }
}
const statusOf = (url: string) =>
  new Promise<number>((resolve, reject) =>
    get(url, (answer) => {
      answer.resume()
      resolve(answer.statusCode!)
    }).on("error", reject),
  )

describe("dashboard", () => {
  test("serves its page until Ctrl-C", async () => {
    const { link, interrupt, code } = await start()
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
    expect(await statusOf(link)).toBe(303)
    interrupt()
    expect(await code).toBe(130)
    expect(statusOf(link)).rejects.toThrow()
  })

  test("takes the port that it is told, or says that it is taken", async () => {
    const first = await start()
    const port = new URL(first.link).port
    const second = await shell.run(["dashboard", "--no-open", "--port", port])
    expect([second.code, second.err]).toEqual([
      1,
      expect.stringContaining(`Port ${port} of 127.0.0.1 is not free.`),
    ])
    first.interrupt()
    await first.code
    const third = await start("--port", port)
    expect(new URL(third.link).port).toBe(port)
    third.interrupt()
    await third.code
  })

  test("is refused where answer is: in an agent, in OpenCode, and without a terminal", async () => {
    const lead = await shell.leadingOpenCode()
    for (const options of [{ insideAgent: true }, { ancestors: [lead] }, { unattended: true }]) {
      const { code, err, out } = await shell.run(["dashboard", "--no-open"], options)
      expect([code, out]).toEqual([1, ""])
      expect(err).toStartWith("[NOT_ALLOWED] ")
    }
  })
})
