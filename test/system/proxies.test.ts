import { expect, test } from "bun:test"
import { hasProxy, withoutProxyFor } from "../../plugin/system/proxies.ts"

const own = "127.0.0.1:4100,localhost:4100,[::1]:4100"

test("without a proxy nothing is added", () => {
  expect(withoutProxyFor(4100, { NO_PROXY: "a.example", HTTP_PROXY: "" })).toEqual({})
})

test.each(["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])(
  "%s is a proxy, and only the port of our own is kept from it",
  (name) => {
    const env = { [name]: "http://proxy.example" }
    expect(hasProxy(env)).toBe(true)
    expect(withoutProxyFor(4100, env)).toEqual({ NO_PROXY: own, no_proxy: own })
  },
)

test("the user's exceptions stay, also for programs that read the other name first", () => {
  const proxy = { HTTP_PROXY: "http://proxy.example" }
  const both = `a.example,${own}`
  for (const env of [{ NO_PROXY: "a.example" }, { no_proxy: "a.example", NO_PROXY: "" }])
    expect(withoutProxyFor(4100, { ...proxy, ...env })).toEqual({ NO_PROXY: both, no_proxy: both })
  expect(withoutProxyFor(4100, { ...proxy, NO_PROXY: "b.example", no_proxy: "a.example" })).toEqual(
    { NO_PROXY: `b.example,${own}`, no_proxy: both },
  )
})

test("an exception for everything stays as it is", () => {
  expect(withoutProxyFor(4100, { all_proxy: "x", NO_PROXY: "*" })).toEqual({
    NO_PROXY: "*",
    no_proxy: "*",
  })
})
