import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { output, run } from "../../support/run.ts"

const root = join(import.meta.dir, "../../..")
const cli = join(root, "plugin/cli/main.ts")
/** What was seen, to look at after a run. */
const captures = join(root, "captures/terminal")

/** The command line in a terminal of its own, driven by keys and read from the screen. */
export const openTmux = (socket: string) => {
  // Its server takes the PATH from who starts it, whatever else a command is given.
  let path = process.env["PATH"]
  const tmux = (...args: string[]) =>
    output(Bun.which("tmux")!, ["-S", socket, "-f", "/dev/null", ...args], {
      timeoutMs: 10_000,
      env: { ...process.env, PATH: path },
    })
  const screen = () => tmux("capture-pane", "-p")

  return {
    screen,

    async start(
      argv: readonly string[],
      {
        cwd,
        env,
        columns = 110,
        rows = 24,
      }: {
        cwd: string
        env: Record<string, string>
        columns?: number
        rows?: number
      },
    ) {
      const settings = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`])
      const size = ["-x", String(columns), "-y", String(rows)]
      path = env["PATH"] ?? path
      // A shell around it, so that what stands on the screen after its end can be read.
      const quoted = [process.execPath, cli, ...argv].map((word) => `'${word}'`).join(" ")
      const command = `${quoted}; echo "exit code $?"; exec cat`
      await tmux("new-session", "-d", ...size, "-c", cwd, ...settings, command)
    },

    /** Of the shell around it. */
    pid: async () => Number(await tmux("display-message", "-p", "#{pane_pid}")),
    keys: (...keys: string[]) => tmux("send-keys", ...keys),
    type: (text: string) => tmux("send-keys", "-l", text),
    resize: (columns: number, rows: number) =>
      tmux("resize-window", "-x", String(columns), "-y", String(rows)),

    /** Resolves with the screen once it shows this, and how long that took. */
    async until(wanted: string | RegExp, patienceMs = 8000) {
      const from = performance.now()
      for (;;) {
        const shown = await screen()
        const isThere = typeof wanted === "string" ? shown.includes(wanted) : wanted.test(shown)
        if (isThere) return { shown, tookMs: performance.now() - from }
        if (performance.now() - from > patienceMs)
          throw new Error(`not within ${patienceMs} ms: ${wanted}\n${shown}`)
        // tmux tells of no change: each look is a process.
        await sleep(10)
      }
    },

    async keep(name: string) {
      mkdirSync(captures, { recursive: true })
      writeFileSync(join(captures, `${name}.txt`), await screen())
    },

    /** Also when it has ended by itself. */
    async end() {
      await run("tmux", ["-S", socket, "kill-server"])
    },
  }
}
