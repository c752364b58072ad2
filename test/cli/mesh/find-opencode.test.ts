import { expect, test } from "bun:test"
import { findOpenCode, type OpenCodeSearch } from "../../../plugin/cli/mesh/find-opencode.ts"

const find = (search: Partial<OpenCodeSearch>, ...programs: string[]) =>
  findOpenCode(
    {
      configured: undefined,
      packageRoot: "/pkg",
      directory: "/shop",
      path: "/usr/bin:bin::/opt/bin",
      running: undefined,
      ...search,
    },
    (path) => programs.includes(path),
  )

test("the package's own comes before the PATH's, and both are absolute", () => {
  expect(find({}, "/pkg/node_modules/.bin/opencode", "/usr/bin/opencode")).toBe(
    "/pkg/node_modules/.bin/opencode",
  )
  expect(find({}, "/opt/bin/opencode", "/shop/bin/opencode")).toBe("/shop/bin/opencode")
})

test("a configured one is taken at its word, and a name is looked up", () => {
  expect(find({ configured: "./tools/opencode" }, "/usr/bin/opencode")).toBe("/shop/tools/opencode")
  expect(find({ configured: "/nowhere/opencode" }, "/usr/bin/opencode")).toBe("/nowhere/opencode")
  expect(find({ configured: "opencode-next" }, "/opt/bin/opencode-next")).toBe(
    "/opt/bin/opencode-next",
  )
})

test("where nothing is found it is the OpenCode that runs this, else the bare name", () => {
  expect(find({ running: "/odd/opencode" })).toBe("/odd/opencode")
  expect(find({})).toBe("opencode")
})
