import { pathsIn } from "../plugin/system/mesh-home.ts"
import { openLedger } from "../plugin/mesh/ledger/ledger.ts"
import { providerConfig } from "../scripted-model/provider-config.ts"
import { type ScriptedModel, startScriptedModel } from "../scripted-model/server.ts"
import { checkAll } from "./checks.ts"
import { gatherEvidence } from "./evidence.ts"
import { follow, type Timeline } from "./follow.ts"
import { type Killed, killInMidWork } from "./kill.ts"
import { leadPrompt } from "./prompts.ts"
import { renderReport } from "./report.ts"
import { scripts } from "./scripts.ts"
import { tellingTools } from "./tell-tools.ts"
import { createWorld, type World } from "./world.ts"

export interface DemoOptions {
  /** The user's own, as provider/model; scripts answer without one. */
  model: string | undefined
  keep: boolean
  colour: boolean
}

// A scripted run takes under a minute on two cores; a real model thinks as long as it likes.
const scriptedMs = 240_000
const modelMs = 45 * 60_000
/** What is promised: this long after the lead has ended nothing of the fleet is alive. */
const leaveMs = 20_000

const print = (text: string) => console.log(text)

/** Runs the demo to its end. Resolves with whether all of it happened; leaves no process behind. */
export const demonstrate = async (options: DemoOptions, stop: AbortSignal): Promise<boolean> => {
  const model = options.model ? undefined : await startScriptedModel()
  const world = await createWorld(model && providerConfig(model.url))
  let ok = false
  try {
    print(`A copy of this repository: ${world.project}`)
    print(`The real OpenCode leads; ${options.model ?? "a scripted model"} answers.\n`)
    ok = await play({ options, model, world, stop })
  } finally {
    // What failed is worth looking at; what was interrupted is not.
    const keep = options.keep || (!ok && !stop.aborted)
    await world.end({ keep })
    await model?.close()
    if (stop.aborted) print("\nInterrupted; everything that was started has been ended.")
    if (keep)
      print(`\nKept: ${world.folder} (project: meshfleet/, ledger: mesh/mesh.db, logs: mesh/logs/)`)
  }
  return ok
}

interface Play {
  options: DemoOptions
  model: ScriptedModel | undefined
  world: World
  stop: AbortSignal
}

const play = async ({ options, model, world, stop }: Play): Promise<boolean> => {
  const startedAt = Date.now()
  const ledger = await openLedger(pathsIn(world.home).ledger)
  const timeline = follow({ ledger, startedAt, colour: options.colour, withTools: !model, print })
  const told = model && tellingTools(scripts, (name, moment) => void timeline.tell(name, moment))
  for (const [agent, steps] of Object.entries(told ?? {})) model?.script(agent, steps)

  const over = new AbortController()
  const patience = AbortSignal.timeout(model ? scriptedMs : modelMs)
  const ending = AbortSignal.any([over.signal, stop, patience])
  const lead = world.runLead(leadPrompt, options.model)
  const killing = model && killInMidWork({ ledger, project: world.project, agent: "maker" }, ending)
  void killing?.then((killed) => tellOfKill(timeline, killed))
  const leadExit = await Promise.race([lead.ended, aborted(ending)])
  const endedAt = Date.now()
  over.abort()
  if (!stop.aborted) await untilGone(world, stop)
  await timeline.close()
  if (stop.aborted) return false

  const killed = await killing
  const evidence = await gatherEvidence({
    ledger,
    world,
    model,
    moments: timeline.past,
    leadExit,
    killed,
  })
  const checks = checkAll(evidence)
  const times = { untilLeadEnded: endedAt - startedAt, untilNothingLeft: Date.now() - endedAt }
  print(
    await renderReport({ ledger, lead, checks, times, logs: world.logs, colour: options.colour }),
  )
  await ledger.close()
  return checks.every((check) => check.ok)
}

const tellOfKill = async (timeline: Timeline, killed: Killed | undefined) => {
  if (!killed) return
  const why = `maker was in run ${killed.runs + 1} of its test`
  await timeline.tell("demo", { type: "demo.kill", data: { pid: killed.pid, why } })
}

const aborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    const end = () => resolve("it did not end in time")
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
  })

const untilGone = async (world: World, stop: AbortSignal) => {
  const giveUpAt = Date.now() + leaveMs
  while (world.processes().length > 0 && Date.now() < giveUpAt && !stop.aborted)
    await new Promise((resolve) => setTimeout(resolve, 100))
}
