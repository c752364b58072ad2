type Config = Record<string, unknown>

const isConfig = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const merge = (base: Config, more: Config): Config =>
  Object.entries(more).reduce<Config>((merged, [key, value]) => {
    const before = merged[key]
    return { ...merged, [key]: isConfig(before) && isConfig(value) ? merge(before, value) : value }
  }, base)

const model = (name: string) => ({
  name,
  tool_call: true,
  limit: { context: 200_000, output: 8_192 },
})

/** The OpenCode config that talks to a scripted model and to nobody else. `more` is merged into it. */
export const providerConfig = (url: string, more: Config = {}): Config =>
  merge(
    {
      model: "fake/m1",
      small_model: "fake/m1",
      autoupdate: false,
      share: "disabled",
      snapshot: false,
      provider: {
        fake: {
          npm: "@ai-sdk/openai-compatible",
          options: { baseURL: url, apiKey: "x" },
          models: { m1: model("M1"), m2: model("M2") },
        },
      },
    },
    more,
  )
