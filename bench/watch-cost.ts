import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createFleet } from "../test/under-tmux/support/fleet.ts"
import { openTmux } from "../test/under-tmux/support/tmux.ts"
import { output } from "../test/support/run.ts"
import { readCost } from "./support/process-cost.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"

const agentCount = 64
const perSecond = 20
const windowMs = 20_000
const rounds = 3

/** What `meshfleet watch` costs while a large fleet talks all the time, and while it is silent. */
export const watchCost: Measurement = {
  name: "watch",
  title: "meshfleet watch",
  async run(): Promise<Findings> {
    if (!Bun.which("tmux")) throw new Error("there is no tmux")
    const names = Array.from({ length: agentCount }, (_, index) => `agent-${index}`)
    const fleet = await createFleet(names)
    const tmux = openTmux(join(fleet.folder, "tmux.sock"))
    try {
      await tmux.start(["watch", "crew"], {
        cwd: fleet.project,
        env: fleet.env,
        columns: 150,
        rows: 50,
      })
      await tmux.until("Nobody is stuck", 30_000)
      const pid = await watchPid(await tmux.pid())
      const cpuOf = async (act: () => Promise<void>) => {
        const [before, began] = [readCost(pid)!.cpuSeconds, performance.now()]
        await act()
        const seconds = (performance.now() - began) / 1000
        return (100 * (readCost(pid)!.cpuSeconds - before)) / seconds
      }
      let sent = 0
      const talk = async () => {
        const [began, first] = [performance.now(), sent]
        while (performance.now() - began < windowMs) {
          const [from, to] = [names[sent % agentCount]!, names[(sent + 1) % agentCount]!]
          await fleet.mail(`msg_${sent++}`, "flt_2", `${from}-2`, `${to}-2`, "The parser is done.")
          await sleep(
            Math.max(0, ((sent - first) * 1000) / perSecond - (performance.now() - began)),
          )
        }
      }
      // What is compiled once is no cost of watching.
      await talk()
      const talking: number[] = []
      const silent: number[] = []
      for (let round = 0; round < rounds; round++) {
        talking.push(await cpuOf(talk))
        silent.push(await cpuOf(() => sleep(windowMs)))
      }
      const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length
      return {
        method: `A fleet of ${agentCount} running agents in a terminal of 150 columns and 50 rows; the measuring process sends ${perSecond} messages a second, then none, in turns of ${windowMs / 1000} s, ${rounds} times. Counted is the CPU time of the one process that watches.`,
        tables: [
          {
            head: ["fleet", ...talking.map((_, round) => `round ${round + 1}`), "mean"],
            rows: [
              [`${perSecond} messages a second`, ...talking, mean(talking)],
              ["silent", ...silent, mean(silent)],
            ],
          },
        ],
        targets: [
          atMost("of a core while the fleet talks", mean(talking), 3, "%"),
          atMost("of a core while it is silent", mean(silent), 3, "%"),
        ],
      }
    } finally {
      await tmux.end()
      await fleet.end()
    }
  },
}

/** The terminal's shell has one child. */
const watchPid = async (shell: number) => {
  const children = await output("ps", ["-o", "pid=", "--ppid", String(shell)])
  return Number(children.trim().split("\n")[0])
}
