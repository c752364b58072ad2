import { describe, expect, test } from "bun:test"
import { type HostExtras, extrasBytes, limitExtras } from "../../plugin/opencode/host-extras.ts"

const user = (): HostExtras => ({
  mcp: {
    tickets: { type: "local" },
    docs: { type: "remote" },
    old: { type: "local", enabled: false },
  },
  lsp: true,
})
const limited = (
  settings: HostExtras,
  host_mcp: "inherit" | "none" | string[],
  host_lsp = host_mcp,
) => {
  limitExtras(settings, { host_mcp, host_lsp })
  return settings
}

describe("a host's configuration", () => {
  test("is the user's by default", () => {
    expect(limited(user(), "inherit")).toEqual(user())
  })

  test("starts no server with none", () => {
    const { mcp, lsp } = limited(user(), "none")
    expect(Object.values(mcp!).map((server) => server!.enabled)).toEqual([false, false, false])
    expect(lsp).toBe(false)
  })

  test("starts only what is named, and nothing that the user has off", () => {
    const { mcp, lsp } = limited(user(), ["tickets", "old", "gopls"])
    expect([mcp!["tickets"]!.enabled, mcp!["docs"]!.enabled, mcp!["old"]!.enabled]).toEqual([
      undefined,
      false,
      false,
    ])
    expect(lsp).toMatchObject({ typescript: { disabled: true } })
    expect(lsp).not.toHaveProperty("gopls")
  })

  test("has no language servers that the user has not turned on", () => {
    expect(limited({}, ["gopls"])).toEqual({})
  })
})

test("what a host takes beyond itself counts local servers, languages and plugins", () => {
  const both = (choice: "inherit" | "none") => ({ host_mcp: choice, host_lsp: choice })
  const mebibytes = (settings: HostExtras, choice: "inherit" | "none" = "inherit") =>
    extrasBytes(settings, both(choice)) / 1024 / 1024
  expect(mebibytes({})).toBe(0)
  expect(mebibytes(user())).toBe(380)
  expect(mebibytes({ ...user(), plugin: ["a", "b"] })).toBe(400)
  expect(mebibytes(user(), "none")).toBe(0)
})
