import { expect, test } from "bun:test"
import { bundle, catalogOf, file, inFolder } from "./folders.ts"

test("a search wants all words, takes any when nobody has all, and puts names first", () => {
  const files = {
    ...bundle,
    "extra/game/a.md": file("Level Builder", "Builds levels in R for a code reviewer"),
    "extra/game/b.md": file("Sound Mixer", "Mixes sound"),
    "extra/design/c.md": file("Painter", "Paints a level"),
  }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [{ path: "extra", source: "extra" }])
    const search = (query?: string, division?: string, limit = 10) => {
      const { total, agents } = catalog.search(query, division, limit)
      return [total, ...agents.map(({ agent }) => agent)]
    }
    expect(search("level")).toEqual([2, "level-builder", "painter"])
    expect(search("sound level")).toEqual([3, "level-builder", "sound-mixer", "painter"])
    expect(search("paints level")).toEqual([1, "painter"])
    expect(search("Code Reviewer")).toEqual([2, "code-reviewer", "level-builder"])
    expect(search("r")).toEqual([1, "level-builder"])
    expect(search("プルリクエスト")).toEqual([0])
    expect(search("査読")).toEqual([2, "api-tester", "code-reviewer"])
    expect(search(undefined, "Game")).toEqual([2, "level-builder", "sound-mixer"])
    expect(search("level", "design")).toEqual([1, "painter"])
    expect(search(undefined, undefined, 2)).toEqual([5, "api-tester", "code-reviewer"])
    expect(search("  ", undefined, 0)).toEqual([5])
    expect(search("🎯")).toEqual([0])
    expect(search("constructor")).toEqual([0])
  })
})
