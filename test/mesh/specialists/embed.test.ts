import { expect, test } from "bun:test"
import { join } from "node:path"
import { createCatalog } from "../../../plugin/mesh/specialists/catalog.ts"
import { embedAgents } from "../../../plugin/mesh/specialists/embed.ts"
import { bundle, bundledDir, inFolder } from "./folders.ts"

test("an embedding names every file that does not parse", () => {
  const files = {
    ...bundle,
    "bundled/bad.md": "# Bad",
    "bundled/worse.md": "---\nmode: all: x\n---\n",
  }
  inFolder(files, (root) => {
    const named = (() => {
      try {
        embedAgents(join(root, "bundled"))
      } catch (error) {
        return (error as Error).message.split("\n").map((line) => line.split(":")[0])
      }
      return []
    })()
    expect([...new Set(named)]).toEqual(["agents/bad.md", "agents/worse.md"])
  })
})

test("the bundle holds what a checkout reads", () => {
  const fromFiles = createCatalog({ bundled: { dir: bundledDir }, folders: [] })
  const json = JSON.stringify(embedAgents(bundledDir))
  const embedded = createCatalog({ bundled: { embedded: () => JSON.parse(json) }, folders: [] })
  expect(fromFiles.problems()).toEqual([])
  // toEqual takes an undefined key for a missing one; only a checkout has files.
  const checkout = fromFiles.list().map((one) => ({ ...one, file: undefined }))
  expect(embedded.list() as unknown).toEqual(checkout)
})
