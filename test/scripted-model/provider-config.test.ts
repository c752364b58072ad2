import { expect, test } from "bun:test"
import { providerConfig } from "../../scripted-model/provider-config.ts"

test("the config talks to the scripted model with two models", () => {
  expect(providerConfig("http://127.0.0.1:1/v1")).toMatchObject({
    model: "fake/m1",
    small_model: "fake/m1",
    autoupdate: false,
    provider: {
      fake: {
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: "http://127.0.0.1:1/v1", apiKey: "x" },
        models: { m1: { tool_call: true }, m2: { tool_call: true } },
      },
    },
  })
})

test("more is merged, down to single keys", () => {
  const config = providerConfig("http://x/v1", {
    model: "fake/m2",
    permission: { bash: "ask" },
    provider: { fake: { options: { timeout: 5 } } },
  })
  expect(config).toMatchObject({
    model: "fake/m2",
    permission: { bash: "ask" },
    provider: { fake: { options: { baseURL: "http://x/v1", apiKey: "x", timeout: 5 } } },
  })
})
