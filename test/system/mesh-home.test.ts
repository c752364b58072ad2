import { expect, test } from "bun:test"
import { meshHome } from "../../plugin/system/mesh-home.ts"

test("the mesh lives where MESHFLEET_HOME says, else in the user's data", () => {
  expect(meshHome({ HOME: "/h" })).toBe("/h/.local/share/meshfleet")
  expect(meshHome({ HOME: "/h", XDG_DATA_HOME: "/d" })).toBe("/d/meshfleet")
  expect(meshHome({ HOME: "/h", XDG_DATA_HOME: "/d", MESHFLEET_HOME: "/m" })).toBe("/m")
})
