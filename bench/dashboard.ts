import { spawn, type ChildProcess } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Page } from "playwright-core"
import { openLedger } from "../plugin/mesh/ledger/ledger.ts"
import { pathsIn } from "../plugin/system/mesh-home.ts"
import { projectOf } from "../plugin/system/project.ts"
import { launch } from "../test/browser/chromium.ts"
import { manyNames } from "../test/web/support/stories.ts"
import { createBusyFleet } from "./support/busy-fleet.ts"
import { readCost } from "./support/process-cost.ts"
import { atLeast, atMost, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"

const agents = 64
const perSecond = 20
const windowMs = 8000
const rounds = 4
const root = join(import.meta.dir, "..")

/** Percent of one core by what used it. */
interface Sample {
  server: number
  page: number
  drawing: number
  rest: number
}

/** What it costs to look at a busy fleet. */
export const dashboard: Measurement = {
  name: "dashboard",
  title: "The dashboard of a busy fleet",
  async run(): Promise<Findings> {
    const folder = mkdtempSync(join(tmpdir(), "meshfleet-bench-"))
    const [home, directory] = [join(folder, "mesh"), join(folder, "project")]
    mkdirSync(home, { mode: 0o700 })
    mkdirSync(join(directory, ".git"), { recursive: true })
    // A bench has no terminal, and looks as the person all the same.
    writeFileSync(pathsIn(home).unattended, "")
    const ledger = await openLedger(pathsIn(home).ledger)
    const fleet = await createBusyFleet(ledger, projectOf(directory), manyNames(agents))
    for (let at = 0; at < 200; at++) await fleet.talk()
    const { server, link } = await serve(home, directory)
    const others = new Set(descendantsOf(process.pid))
    const browser = await launch()
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(link)
      await page.waitForSelector(".agent-button")
      const pids = { server: server.pid!, others }
      await sleep(3000)
      const idle: Sample[] = []
      const busy: Sample[] = []
      const during = async (act: () => Promise<unknown>) => sampleOf(page, pids, act)
      for (let round = 0; round < rounds; round++) {
        idle.push(await during(() => sleep(windowMs)))
        await fleet.talkFor(1000, perSecond)
        busy.push(await during(() => fleet.talkFor(windowMs, perSecond)))
        // What is still on its way arrives, and what is drawn late is drawn.
        await sleep(3000)
      }
      const [pictures] = await Promise.all([countPictures(page), fleet.talkFor(5000, perSecond)])
      await page.emulateMedia({ reducedMotion: "reduce" })
      await sleep(3000)
      const calm = [await during(() => fleet.talkFor(windowMs, perSecond))]
      await hide(page)
      await sleep(1000)
      const hidden = [await during(() => fleet.talkFor(windowMs, perSecond))]
      await page.close()
      await sleep(1000)
      const before = serverSeconds(server)
      await fleet.talkFor(windowMs, perSecond)
      const closed = ((serverSeconds(server) - before) / (windowMs / 1000)) * 100
      await moveOneDot(await browser.newPage({ viewport: { width: 1440, height: 900 } }))
      const dot = [await during(() => sleep(windowMs))]
      return report({ idle, busy, calm, hidden, dot, closed, pictures })
    } finally {
      await browser.close()
      server.kill("SIGKILL")
      fleet.end()
      await ledger.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** The command as its user has it, and its link. */
const serve = async (home: string, directory: string) => {
  const main = join(root, "plugin", "cli", "main.ts")
  const server = spawn(process.execPath, [main, "dashboard", "--no-open"], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: home, MESHFLEET_HOME: home, PWD: directory },
    stdio: ["ignore", "pipe", "inherit"],
  })
  let told = ""
  const link = await new Promise<string>((resolve, reject) => {
    server.once("exit", (code) => reject(new Error(`the dashboard ended with ${code}: ${told}`)))
    server.stdout!.on("data", (data: Buffer) => {
      told += data
      const found = /http:\S+/.exec(told)?.[0]
      if (found) resolve(found)
    })
  })
  return { server, link }
}

const serverSeconds = ({ pid }: ChildProcess) => readCost(pid!)!.cpuSeconds

const hide = (page: Page) =>
  page.evaluate(`
    Object.defineProperty(document, "hidden", { value: true, configurable: true })
    document.dispatchEvent(new Event("visibilitychange"))
  `)

/** The least that thirty pictures a second can cost here. */
const moveOneDot = async (page: Page) => {
  await page.setContent(`<i style="position: absolute; width: 7px; height: 7px; background: teal">`)
  await page.evaluate(`document.querySelector("i").animate(
    { transform: ["translate(0, 0)", "translate(400px, 500px)"] },
    { duration: 1200, iterations: Infinity, easing: "steps(36)" },
  )`)
  await sleep(1000)
}

/** In a window of its own: whoever looks at each picture costs more than the picture. */
const countPictures = async (page: Page) => {
  await sleep(1500)
  return page.evaluate<number>(`new Promise((resolve) => {
    const began = performance.now()
    let [last, moved] = ["", 0]
    const look = () => {
      const dots = [...document.querySelectorAll(".above i")]
      const places = dots.map((dot) => getComputedStyle(dot).transform).join()
      if (places !== last) moved++
      last = places
      if (performance.now() - began < 3000) requestAnimationFrame(look)
      else resolve(moved / 3)
    }
    requestAnimationFrame(look)
  })`)
}

const sampleOf = async (
  page: Page,
  pids: { server: number; others: ReadonlySet<number> },
  act: () => Promise<unknown>,
): Promise<Sample> => {
  const read = async () => ({
    server: readCost(pids.server)!.cpuSeconds,
    ...browserSeconds(pids.others),
    at: performance.now(),
  })
  const before = await read()
  await act()
  const after = await read()
  const seconds = (after.at - before.at) / 1000
  const share = (part: "server" | "page" | "drawing" | "rest") =>
    ((after[part] - before[part]) / seconds) * 100
  return {
    server: share("server"),
    page: share("page"),
    drawing: share("drawing"),
    rest: share("rest"),
  }
}

/** Seconds of all processes of a browser: those of pages, the one that draws, and all others. */
const browserSeconds = (others: ReadonlySet<number>) => {
  const sums = { page: 0, drawing: 0, rest: 0 }
  for (const each of descendantsOf(process.pid)) {
    const cost = others.has(each) ? undefined : readCost(each)
    if (!cost) continue
    const command = readFileSync(`/proc/${each}/cmdline`, "latin1")
    const part = command.includes("--type=renderer")
      ? "page"
      : command.includes("--type=gpu-process")
        ? "drawing"
        : "rest"
    sums[part] += cost.cpuSeconds
  }
  return sums
}

const descendantsOf = (pid: number): number[] => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1")
      .split(" ")
      .filter(Boolean)
      .map(Number)
    return children.flatMap((child) => [child, ...descendantsOf(child)])
  } catch {
    return []
  }
}

const report = ({
  idle,
  busy,
  calm,
  hidden,
  dot,
  closed,
  pictures,
}: {
  idle: readonly Sample[]
  busy: readonly Sample[]
  calm: readonly Sample[]
  hidden: readonly Sample[]
  dot: readonly Sample[]
  closed: number
  pictures: number
}): Findings => {
  const of = (samples: readonly Sample[], what: keyof Sample) =>
    median(samples.map((each) => each[what]))
  const sum = ({ server, page, drawing, rest }: Sample) => server + page + drawing + rest
  const all = (samples: readonly Sample[]) => median(samples.map(sum))
  const row = (name: string, samples: readonly Sample[]) => [
    name,
    of(samples, "server"),
    of(samples, "page"),
    of(samples, "drawing"),
    of(samples, "rest"),
    all(samples),
  ]
  return {
    method: `\`meshfleet dashboard\` over a fleet of ${agents} agents at work, in the system's Chromium without a GPU, at 1440 × 900. Busy: ${perSecond} times a second one agent writes to another, who acknowledges it, and then says that it goes on with something else. Idle: the same page while nothing is written. Both are measured in turn, ${rounds} windows of ${windowMs / 1000} s each: the medians, in percent of one core. Server: the command's process; page, drawing and rest: Chromium's processes of that kind. Calm: busy, where the system asks for less motion, so that no message is seen to travel. Hidden: busy, in a tab that nobody sees. One dot: an empty page on which one dot moves 30 times a second, while nothing is written. Closed: the command, busy, without a page.`,
    tables: [
      {
        head: ["CPU %", "server", "page", "drawing", "rest", "all"],
        rows: [
          row("idle", idle),
          row("busy", busy),
          row("calm", calm),
          row("hidden", hidden),
          row("one dot", dot),
        ],
      },
    ],
    targets: [
      atMost("CPU of a busy fleet beyond that of an idle one", all(busy) - all(idle), 10, "%"),
      atLeast("Pictures in which a message has moved", pictures, 30, "per s"),
      atMost("CPU of the command without a page, busy", closed, 1, "%"),
    ],
  }
}
