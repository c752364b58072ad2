import { expect, test } from "bun:test"
import { createHandler, type Route } from "../../../plugin/system/event-server/handler.ts"
import type { Asked } from "../../../plugin/system/event-server/http.ts"

const say =
  (text: string): Route =>
  async (_, rest) => ({ status: 200, body: `${text} ${rest}` })
const handler = createHandler({
  routes: { "": say("home"), look: say("look") },
  acts: { do: say("did") },
  port: () => 4000,
  onError: () => undefined,
})
const ask = async (method: string, path: string) => {
  const headers: Record<string, string> = { host: "127.0.0.1:4000" }
  const asked: Asked = {
    method,
    path,
    query: new URLSearchParams(),
    header: (name) => headers[name],
    body: async () => "",
  }
  const { status, body } = await handler(asked)
  return `${status} ${String(body).trim()}`
}

test("routes are asked by GET, acts by POST, and each by nothing else", async () => {
  expect(await ask("GET", "/")).toBe("200 home")
  expect(await ask("GET", "/look/at%20it")).toBe("200 look at it")
  expect(await ask("POST", "/do/it")).toBe("200 did it")
  expect(await ask("GET", "/do/it")).toStartWith("405 ")
  expect(await ask("POST", "/look")).toStartWith("405 ")
  expect(await ask("POST", "/nothing")).toStartWith("405 ")
  expect(await ask("GET", "/nothing")).toStartWith("404 ")
})
