import { expect, test } from "bun:test"
import { join } from "node:path"
import { bundledFilesIn } from "../../../plugin/mesh/specialists/bundled-files.ts"
import { agentText } from "./agent-text.ts"
import { file, inFolder } from "./folders.ts"

test("files of ours where OpenCode would register them are named", () => {
  const files = {
    "agents/code-reviewer.md": agentText(),
    "agents/sub/api-tester.md": agentText("api-tester").replaceAll("\n", "\r\n"),
    "agents/mine.md": file("mine", "mentions mesh: in its text"),
    "agents/page.md": "mesh:\n",
  }
  inFolder(files, (root) => {
    expect(bundledFilesIn(join(root, "agents"))).toEqual(["code-reviewer.md", "sub/api-tester.md"])
    expect(bundledFilesIn(join(root, "none"))).toEqual([])
  })
})
