import { join } from "node:path"
import { processStart } from "../../../plugin/system/processes.ts"
import { eventually } from "../../support/eventually.ts"
import { output, run } from "../../support/run.ts"
import type { World } from "./world.ts"

/** A first start on a busy machine draws nothing for half a minute. */
const patienceMs = 60_000
/** Short beside the half second in which a change has to show. */
const tickMs = 25

export interface TerminalOptions {
  /** Where its tmux listens: each terminal has one of its own. */
  socket: string
  cwd: string
  /** All that the command finds in its environment. */
  env: Record<string, string | undefined>
  /** A shell's words. */
  command: string
  columns?: number
  rows?: number
  /** What else explains that something did not appear. */
  logs?: () => string
}

/** A terminal that tmux draws, and that is typed into. */
export const openTerminal = async ({
  socket,
  cwd,
  env,
  command,
  columns = 160,
  rows = 45,
  logs = () => "",
}: TerminalOptions) => {
  // Its server hands on what it is started with, and the PATH comes from there alone.
  const own = {
    PATH: env["PATH"] ?? "",
    HOME: env["HOME"] ?? "",
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
  }
  const tmux = (...args: string[]) =>
    output(Bun.which("tmux")!, ["-S", socket, "-f", "/dev/null", ...args], { env: own })
  const settings = Object.entries({ ...env, COLORTERM: "truecolor" }).flatMap(([name, value]) =>
    value === undefined ? [] : ["-e", `${name}=${value}`],
  )
  const size = ["-x", String(columns), "-y", String(rows)]
  await tmux("new-session", "-d", ...size, "-c", cwd, ...settings, command)

  const screen = {
    tmux,
    /** What a person sees; `-e` keeps its colors. */
    text: (...flags: string[]) => tmux("capture-pane", "-p", ...flags),
    /** Types a text as it is. */
    type: (text: string) => tmux("send-keys", "-l", text),
    /** Presses keys by their names. */
    press: (...keys: string[]) => tmux("send-keys", ...keys),
    resize: (width: number, height: number) =>
      tmux("resize-window", "-x", String(width), "-y", String(height)),
    /** The screen once it shows this; fails with what it shows instead. */
    async until(
      wanted: string | RegExp | ((text: string) => boolean | Promise<boolean>),
      timeoutMs = patienceMs,
    ) {
      const shows = (text: string) =>
        typeof wanted === "function"
          ? wanted(text)
          : typeof wanted === "string"
            ? text.includes(wanted)
            : wanted.test(text)
      const giveUpAt = Date.now() + timeoutMs
      for (;;) {
        const text = await screen.text()
        if (await shows(text)) return text
        if (Date.now() > giveUpAt)
          throw new Error(`not on the screen within ${timeoutMs} ms: ${wanted}\n${text}\n${logs()}`)
        await new Promise((resolve) => setTimeout(resolve, tickMs))
      }
    },
    pid: async () => Number(await tmux("display-message", "-p", "#{pane_pid}")),
    /** Until its server is gone: a next one at the same place would go with it. */
    async end() {
      const server = await run("tmux", ["-S", socket, "display-message", "-p", "#{pid}"])
      if (server.status !== 0) return
      await run("tmux", ["-S", socket, "kill-server"])
      await eventually(() => processStart(Number(server.stdout)) === undefined)
    },
  }
  return screen
}

export type Screen = Awaited<ReturnType<typeof openTerminal>>

/** A person's terminal with OpenCode in it. */
export const openScreen = async (
  world: World,
  { args = [], ...size }: { columns?: number; rows?: number; args?: readonly string[] } = {},
): Promise<Screen> =>
  openTerminal({
    ...size,
    socket: join(world.folder, "tmux.sock"),
    cwd: world.project,
    env: world.env,
    command: `exec ${[world.opencode, ...args].join(" ")}`,
    logs: world.logs,
  })
