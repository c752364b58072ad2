import { expect, test } from "bun:test"
import { renderTable } from "../../../plugin/cli/render/render-table.ts"

test("columns are aligned also with wide characters, and nothing trails", () => {
  const columns = [{ title: "NAME" }, { title: "N", right: true as const }, { title: "NOTE" }]
  const rows = [
    ["日本", "1", ""],
    ["a", "100", "two\nlines"],
  ]
  expect(renderTable(columns, rows)).toEqual([
    "NAME    N  NOTE",
    "日本    1",
    "a     100  two lines",
  ])
  expect(renderTable(columns, rows, 14)).toEqual(["NAME    N  NO…", "日本    1", "a     100  tw…"])
})
