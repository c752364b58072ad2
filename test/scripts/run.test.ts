import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "../support/run.ts"

const root = join(import.meta.dir, "../..")

test("every command of package.json is a task, and an unknown task names those there are", async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>
  }
  const { status, stderr } = await run("node", ["scripts/run.mjs", "nothing"], { cwd: root })
  expect(status).toBe(2)
  const known = stderr.trim().split("There are: ")[1]!.split(", ")
  for (const [name, command] of Object.entries(scripts)) {
    // What npm calls by itself before it packs is a task of ours by another name.
    const task = name === "prepack" ? "build" : name
    expect(command).toBe(`node scripts/run.mjs ${task}`)
    expect(known).toContain(task)
  }
})
