import { expect, test } from "bun:test"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { bundle, catalogOf, file, inFolder, namesIn } from "./folders.ts"

test("links are followed, and one that leads back to itself comes to an end", () => {
  inFolder({ ...bundle, "shared/linked.md": file("linked", "l") }, (root) => {
    mkdirSync(join(root, ".opencode/agents"), { recursive: true })
    symlinkSync(join(root, "shared"), join(root, ".opencode/agents/team"))
    symlinkSync(join(root, "nowhere.md"), join(root, ".opencode/agents/broken.md"))
    symlinkSync(join(root, ".opencode/agents"), join(root, ".opencode/agents/loop"))
    const catalog = catalogOf(root, [{ path: ".opencode", source: "project" }])
    expect(catalog.find("linked")?.source).toBe("project")
    expect(namesIn(catalog)).toEqual(["api-tester", "code-reviewer", "linked"])
  })
})
