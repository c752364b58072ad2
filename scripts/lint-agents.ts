import { errorText } from "../plugin/mesh/model/errors.ts"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { Finding } from "../plugin/mesh/specialists/lint/finding.ts"
import { lintAgentFiles } from "../plugin/mesh/specialists/lint/lint-agent-files.ts"
import type { RosterEntry } from "../plugin/mesh/specialists/lint/lint-roster.ts"
import { parseAgentFile, type AgentFile } from "../plugin/mesh/specialists/file/parse-agent-file.ts"
import { findAlikePairs } from "../plugin/mesh/specialists/lint/similarity.ts"

const folder = join(import.meta.dirname, "..", "agents")
const pathOf = (slug: string) => `agents/${slug}.md`

const readAll = (slugs: readonly string[]) => {
  const files: AgentFile[] = []
  const findings: Finding[] = []
  for (const slug of slugs) {
    if (!existsSync(join(folder, `${slug}.md`))) {
      findings.push({ file: pathOf(slug), rule: "missing", detail: "there is no such file" })
      continue
    }
    try {
      files.push(parseAgentFile(pathOf(slug), readFileSync(join(folder, `${slug}.md`), "utf8")))
    } catch (error) {
      const details = errorText(error).split("\n")
      findings.push(...details.map((detail) => ({ file: pathOf(slug), rule: "parse", detail })))
    }
  }
  return { files, findings }
}

const roster = JSON.parse(readFileSync(join(folder, "roster.json"), "utf8")) as RosterEntry[]
const present = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .map((name) => name.slice(0, -".md".length))
  .toSorted()
const named = process.argv.slice(2).map((name) => name.replace(/^.*[/\\]|\.md$/g, ""))
const selected = named.length > 0 ? named : present

const { files, findings } = readAll([...new Set([...present, ...selected])])
// A writer's neighbours may not be written yet, so with names given the roster says who exists.
const slugs = named.length > 0 ? roster.map(({ agent }) => agent) : present
const byFile = Map.groupBy(
  [...findings, ...lintAgentFiles(files, slugs, roster)],
  ({ file }) => file,
)
const wordsOf = new Map(files.map(({ slug, words }) => [slug, words]))

let count = 0
for (const slug of selected) {
  const found = byFile.get(pathOf(slug)) ?? []
  count += found.length
  const size = wordsOf.has(slug) ? `${wordsOf.get(slug)} words` : "not read"
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${pathOf(slug)}  ${size}`)
  for (const { rule, detail } of found) console.log(`       ${rule}: ${detail}`)
}

const pairs = findAlikePairs(files).filter(
  ({ a, b }) => selected.includes(a) || selected.includes(b),
)
if (pairs.length > 0) console.log("\nmost alike:")
for (const { a, b, similarity } of pairs.slice(0, 5)) {
  console.log(`  ${(similarity * 100).toFixed(1).padStart(5)} %  ${a}  ${b}`)
}
console.log(`\n${selected.length} files, ${count} findings`)
process.exitCode = count > 0 ? 1 : 0
