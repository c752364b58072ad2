import { afterAll, beforeAll, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { commands } from "../../../../plugin/cli/registry.ts"
import { output } from "../../../support/run.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeAll(async () => void (shell = await createShell()))
afterAll(() => shell.end())

test("every shell's script knows every command and option of the registry", async () => {
  for (const name of ["bash", "zsh", "fish"]) {
    const { out } = await shell.run(["completion", name])
    for (const command of commands) {
      expect(out).toContain(command.name)
      for (const option of Object.keys(command.options)) expect(out).toContain(option)
    }
  }
  expect((await shell.run(["completion", "csh"])).code).toBe(2)
})

test("bash completes commands, options and words from it", async () => {
  const file = join(shell.folder, "completion.bash")
  writeFileSync(file, (await shell.run(["completion", "bash"])).out)
  const script = `. '${file}'; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _meshfleet; echo "\${COMPREPLY[@]}"`
  const complete = async (...words: string[]) =>
    (await output("bash", ["-c", script, "bash", ...words])).trim()
  expect(await complete("meshfleet", "ti")).toBe("timeline")
  expect(await complete("meshfleet", "logs", "--fo")).toBe("--follow")
  expect(await complete("meshfleet", "templates", "e")).toBe("export")
})
