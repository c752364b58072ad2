import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { embedAgents } from "../plugin/mesh/specialists/embed.ts"

// Usage: bun scripts/embed-agents.ts [file]; without a file the JSON goes to stdout.
const embedded = embedAgents(join(import.meta.dirname, "..", "agents"))
const json = JSON.stringify(embedded)
const [file] = process.argv.slice(2)
if (file === undefined) process.stdout.write(json)
else {
  writeFileSync(file, json)
  console.log(`${embedded.agents.length} agents, ${Math.round(json.length / 1024)} KB, in ${file}`)
}
