import { expect, test } from "bun:test"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createOpencodeClient } from "@opencode-ai/sdk"
import type { Config, PluginInput } from "@opencode-ai/plugin"
import { createPlugin } from "../../plugin/opencode/plugin.ts"

test("on Windows it is off, and says so in a toast and as /fleet", async () => {
  const toasted = Promise.withResolvers<string>()
  const server = createServer((request, response) => {
    let body = ""
    request.on("data", (data: Buffer) => (body += data))
    request.on("end", () => {
      toasted.resolve(`${request.url} ${body}`)
      response.setHeader("content-type", "application/json").end("true")
    })
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  try {
    const { port } = server.address() as AddressInfo
    const client = createOpencodeClient({ baseUrl: `http://127.0.0.1:${port}` })
    const hooks = await createPlugin(
      "meshfleet.js",
      "win32",
    )({
      client,
      directory: "C:\\project",
    } as unknown as PluginInput)
    expect(Object.keys(hooks)).toEqual(["config"])
    const settings: Config = {}
    await hooks.config!(settings)
    const why = "Meshfleet is off: fleets need Linux or macOS, because Windows "
    expect(settings.command!["fleet"]!.description).toStartWith(why)
    expect(settings.command!["fleet"]!.description).toEndWith("inside WSL 2 for fleets.")
    expect(settings.command!["fleet"]!.template).toContain(why)
    expect(await toasted.promise).toContain(why)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
