import { expect, test } from "bun:test"
import { findData, tagData } from "../../../plugin/opencode/process/packed-data.ts"

const data = "A+/z".repeat(40)

test("data is found in another bundle by its name, whatever code looks for that name", () => {
  const code = 'const tag=name=>"meshfleet:agents:"+name;"meshfleet:routing:"'
  const bundle = `${code};a("${tagData("routing", `${data}==`)}");b('${tagData("agents", data)}')`
  expect(findData(bundle, "agents", "meshfleet.js")).toBe(`meshfleet:agents:${data}`)
  expect(findData(bundle, "routing", "meshfleet.js")).toBe(`meshfleet:routing:${data}==`)
})

test("a bundle without it is named, with what to do", () => {
  expect(() => findData('"meshfleet:agents:"', "agents", "/x/meshfleet.js")).toThrow(
    "/x/meshfleet.js has no agents, so it is of another version or was changed. Next: Install opencode-meshfleet anew.",
  )
})
