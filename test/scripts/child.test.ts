import { expect, test } from "bun:test"
import { join } from "node:path"

const scripts = join(import.meta.dir, "../../scripts")

/** Starts a Node that runs a program with runStep or runChild, and that prints what became of it. */
const start = (how: "runStep" | "runChild", program: string) => {
  const code = `
    const { ${how} } = await import("./child.mjs")
    const options = { stdio: ["ignore", "inherit", "inherit"] }
    try {
      const { code } = await ${how}(process.execPath, ["-e", ${JSON.stringify(program)}], options)
      console.log("code " + code)
    } catch (error) {
      console.log(error.message)
      process.exitCode = error.exitCode
    }`
  return Bun.spawn(["node", "--input-type=module", "-e", code], {
    cwd: scripts,
    stdout: "pipe",
    stderr: "pipe",
  })
}

const slowToEnd = `
  process.once("SIGTERM", () => setTimeout(() => { console.log("undone"); process.exit(0) }, 200))
  setTimeout(() => undefined, 10_000)
  console.log("up")`

/** Asks it to end as soon as the program inside is up, and returns all it said. */
const endWhenUp = async (outer: ReturnType<typeof start>) => {
  let said = ""
  const decoder = new TextDecoder()
  for await (const chunk of outer.stdout) {
    if (said === "") outer.kill("SIGTERM")
    said += decoder.decode(chunk)
  }
  return { said, code: await outer.exited }
}

test("a setup that is asked to end waits for its step, and fails whatever that step says", async () => {
  expect(await endWhenUp(start("runStep", slowToEnd))).toEqual({
    said: "up\nundone\nThe setup was ended by SIGTERM.\n",
    code: 143,
  })
})

test("a task that is asked to end has the exit code of what it runs", async () => {
  expect(await endWhenUp(start("runChild", slowToEnd))).toEqual({
    said: "up\nundone\ncode 0\n",
    code: 0,
  })
  expect(
    await endWhenUp(start("runChild", `console.log("up"); setTimeout(() => 0, 10_000)`)),
  ).toEqual({ said: "up\ncode 143\n", code: 0 })
})
