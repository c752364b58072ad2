import { expect, test } from "bun:test"
import { bundle, catalogOf, file, inFolder } from "./folders.ts"

test("near names come from misspelling, containment and shared words", () => {
  inFolder({ ...bundle, "extra/p.md": file("Physics Tuner", "p") }, (root) => {
    const catalog = catalogOf(root, [{ path: "extra", source: "extra" }])
    expect(catalog.near("code-reviwer")).toEqual(["code-reviewer"])
    expect(catalog.near("Code Reviewers")).toEqual(["code-reviewer"])
    expect(catalog.near("dif-reader")).toEqual(["code-reviewer"])
    expect(catalog.near("tester")).toEqual(["api-tester"])
    expect(catalog.near("tuner of physics")).toEqual(["physics-tuner"])
    expect(catalog.near("code-reviwer", 0)).toEqual([])
    expect(catalog.near("ghost")).toEqual([])
    expect(catalog.near("")).toEqual([])
    expect(catalog.near("🎯")).toEqual([])
    expect(catalog.near("x".repeat(100_000))).toEqual([])
  })
})
