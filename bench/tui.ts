import { setTimeout as sleep } from "node:timers/promises"
import { openScreen, type Screen } from "../test/e2e/support/screen.ts"
import { tellFleet, type ToldFleet } from "../test/e2e/support/told-fleet.ts"
import { tuiFiles } from "../test/e2e/support/tui-files.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { readCost } from "./support/process-cost.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"
import { workLikeAFleet } from "./support/told-work.ts"

const agents = Array.from({ length: 64 }, (_, at) => `worker-${at + 1}`)
const windowMs = 10_000
const rounds = 3
const changes = 15
/** What was typed is drawn, and a first look taken. */
const settleMs = 4000

interface Pair {
  /** Percent of one core: OpenCode with the part, and without it in the same seconds. */
  on: number
  off: number
}

/** What the panel and /fleets cost OpenCode's screen, and how soon they show a change. */
export const tui: Measurement = {
  name: "tui",
  title: "OpenCode's screen",
  async run(): Promise<Findings> {
    const [on, off] = await Promise.all([
      createWorld({
        // The screen alone: no plugin of the server supervises a fleet that is rows.
        install: () => undefined,
        files: {
          ...tuiFiles(),
        },
      }),
      createWorld({ install: () => undefined }),
    ])
    const screens: Screen[] = []
    try {
      const sessions = [await sessionOf(on), await sessionOf(off)] as const
      const fleet = await tellFleet(on, agents, { lead: sessions[0] })
      for (const [at, world] of [on, off].entries())
        screens.push(await openScreen(world, { args: ["--session", sessions[at]!] }))
      const pair = screens as [Screen, Screen]
      await pair[0].until("parser-review")
      await pair[1].until("Ready.")
      return await measure(pair, fleet)
    } finally {
      for (const screen of screens) await screen.end()
      await Promise.all([on.end(), off.end()])
    }
  },
}

/** A session that has answered once, for a screen to open. */
const sessionOf = async (world: World) => {
  const window = await world.window()
  const lead = await window.lead("watcher")
  await lead.says("Ready.")
  await window.rest(lead)
  window.run.kill("SIGTERM")
  await window.run.ended
  return lead.sessionId
}

const measure = async (screens: [Screen, Screen], fleet: ToldFleet): Promise<Findings> => {
  const [on] = screens
  const pids = await Promise.all(screens.map((screen) => screen.pid()))
  const cost = async (): Promise<Pair> => {
    await sleep(settleMs)
    const seconds = () => pids.map((pid) => readCost(pid)!.cpuSeconds)
    const before = seconds()
    await sleep(windowMs)
    const [now, other] = seconds().map((after, at) => ((after - before[at]!) * 100_000) / windowMs)
    return { on: now!, off: other! }
  }
  const panel: Pair[] = []
  const view: Pair[] = []
  const closed: Pair[] = []
  const quiet = [await cost()]
  // The first is the one whose changes are timed.
  const work = workLikeAFleet(fleet, agents.slice(1))
  const late: Record<"panel" | "view", number[]> = { panel: [], view: [] }
  for (let round = 0; round < rounds; round++) {
    panel.push(await cost())
    late.panel.push(...(await lateness(on, fleet, "stands")))
    await openFleets(on)
    view.push(await cost())
    late.view.push(...(await lateness(on, fleet, "does")))
    await on.press("Escape")
    await on.until("Context")
  }
  for (const screen of screens) {
    await screen.type("/new")
    await screen.until("New session")
    await screen.press("Enter")
    await screen.until("Ask anything")
  }
  for (let round = 0; round < rounds; round++) closed.push(await cost())
  await work.end()
  return report({ quiet, panel, view, closed }, late, work.sent())
}

const openFleets = async (screen: Screen) => {
  await screen.type("/fleets")
  await screen.until("Watch and steer")
  await screen.press("Enter")
  await screen.until("choose")
}

/** From the commit to the screen, in ms; a look at the screen takes some 5 of them. */
const lateness = async (screen: Screen, fleet: ToldFleet, what: "does" | "stands") => {
  const taken: number[] = []
  for (let at = 0; at < changes / rounds; at++) {
    const word = Math.random().toString(36).slice(2, 8)
    await fleet.set(
      agents[0]!,
      what === "does"
        ? { activity: `step ${word}`, activity_at: Date.now() }
        : { status: "interrupted" as const, error_code: "HOST_LOST" as const, error_detail: word },
    )
    const began = performance.now()
    await screen.until(word)
    taken.push(performance.now() - began)
    await fleet.set(agents[0]!, { status: "running", error_code: null, error_detail: null })
    await sleep(1137)
  }
  return taken
}

const report = (
  costs: Record<"quiet" | "panel" | "view" | "closed", readonly Pair[]>,
  late: Record<"panel" | "view", number[]>,
  sent: number,
): Findings => {
  const more = (pairs: readonly Pair[]) => median(pairs.map(({ on, off }) => on - off))
  const row = (name: string, pairs: readonly Pair[]) => [
    name,
    median(pairs.map(({ on }) => on)),
    median(pairs.map(({ off }) => off)),
    more(pairs),
  ]
  return {
    method: `Two OpenCode in tmux (160 × 45), one with Meshfleet's part of the screen and one without it, each in a session that has answered once. A fleet of ${agents.length} agents is written to the ledger from outside: 20 messages a second, ${sent} in all, each with its sender's next step and tokens. CPU: user and system time of both over the same ${windowMs / 1000} s, in percent of one core, ${rounds} times each; the difference is what the part costs. From a commit to the screen: ${changes} changes under that load, of how an agent stands in the panel and of what it does in /fleets; the panel shows what an agent does within 5 s.`,
    tables: [
      {
        head: ["median", "with it %", "without it %", "difference %"],
        rows: [
          row("panel, nothing is written", costs.quiet),
          row("panel", costs.panel),
          row("/fleets", costs.view),
          row("neither is open", costs.closed),
        ],
      },
      {
        head: ["a change", "p50 ms", "worst ms"],
        rows: (["panel", "view"] as const).map((name) => [
          name === "panel" ? "panel" : "/fleets",
          median(late[name]),
          Math.max(...late[name]),
        ]),
      },
    ],
    targets: [
      atMost("CPU of the panel", more(costs.panel), 2, "%"),
      atMost("CPU of /fleets", more(costs.view), 2, "%"),
      atMost("CPU when neither is open", more(costs.closed), 0.2, "%"),
      atMost("slowest change until it shows", Math.max(...late.panel, ...late.view), 500, "ms"),
    ],
  }
}
