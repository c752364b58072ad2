import { join } from "node:path"
import { agentCost } from "./agent-cost.ts"
import { dashboard } from "./dashboard.ts"
import { delivery } from "./delivery.ts"
import { idleHost } from "./idle-host.ts"
import { inboxGrowth } from "./inbox-growth.ts"
import { wakePaces } from "./paces.ts"
import { paired } from "./paired.ts"
import { promptBytes } from "./prompt-bytes.ts"
import { sends } from "./sends.ts"
import { sharedHost } from "./shared-host.ts"
import { startUp } from "./start-up.ts"
import { talkCost } from "./talk-cost.ts"
import { telemetryOff } from "./telemetry-off.ts"
import { tui } from "./tui.ts"
import { watchCost } from "./watch-cost.ts"
import { year } from "./year.ts"
import { commit, describeMachine, load } from "./support/machine.ts"
import { type Measurement, renderFindings } from "./support/report.ts"
import { type Section, updateResults } from "./support/results-file.ts"

/** `bench/main.ts [name…]` takes all measurements, or those named, and writes bench/RESULTS.md. */
const usual: readonly Measurement[] = [
  sends,
  inboxGrowth,
  delivery,
  wakePaces,
  agentCost,
  idleHost,
  sharedHost,
  startUp,
  telemetryOff,
  promptBytes,
  talkCost,
  watchCost,
]
/**
 * Taken only when they are named: one needs another commit to compare with, one Chromium, one tmux, one
 * some minutes.
 */
const all = [...usual, dashboard, tui, paired, year]

const names = process.argv.slice(2)
const unknown = names.filter((name) => !all.some((each) => each.name === name))
if (unknown.length > 0) {
  console.error(
    `No measurement "${unknown.join(", ")}". There are: ${all.map((each) => each.name).join(", ")}`,
  )
  process.exit(2)
}
const wanted = names.length > 0 ? all.filter((each) => names.includes(each.name)) : usual

const machine = describeMachine()
console.log(machine)
const sections: Section[] = []
let failed = 0
let missed = 0
for (const measurement of wanted) {
  console.log(`\n## ${measurement.title}\n`)
  const loadBefore = load()
  try {
    const findings = await measurement.run()
    missed += findings.targets.filter((target) => !target.met).length
    const note = `Taken ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC with \`npm run bench -- ${measurement.name}\`; commit ${await commit()}; load before ${loadBefore}, after ${load()}.`
    const text = `${renderFindings(findings)}\n\n${note}`
    console.log(text)
    sections.push({ title: measurement.title, text })
  } catch (error) {
    failed++
    console.error(error)
  }
}
if (sections.length > 0)
  updateResults(
    join(import.meta.dir, "RESULTS.md"),
    machine,
    sections,
    all.map((each) => each.title),
  )
console.log(`\n${sections.length} measured, ${failed} failed to measure, ${missed} targets missed.`)
process.exit(failed > 0 ? 1 : 0)
