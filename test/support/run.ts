import { execFile } from "node:child_process"

export interface Ran {
  /** Its exit code; null when a signal ended it. */
  status: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd?: string
  /** All that it finds in its environment; ours when absent. */
  env?: Record<string, string | undefined>
  /** Then it is killed, and the call fails. */
  timeoutMs?: number
}

/**
 * Runs a program to its end, and fails only when it cannot be started or does not end. Nothing here
 * waits for a child synchronously: Bun can lose its exit then and spins for ever, which no timeout of a
 * test ends (https://github.com/oven-sh/bun/issues/34069).
 */
export const run = (
  program: string,
  args: readonly string[],
  // A git or a tmux that takes a minute hangs.
  { timeoutMs = 60_000, ...options }: RunOptions = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { ...options, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (!error) return resolve({ status: 0, stdout, stderr })
        if (typeof error.code === "number") return resolve({ status: error.code, stdout, stderr })
        if (error.killed) {
          const wrote = `${stdout}${stderr}`.slice(-2000)
          const what = `${words(program, args)} did not end within ${timeoutMs} ms`
          return reject(new Error(`${what}\n${wrote}`))
        }
        return error.signal ? resolve({ status: null, stdout, stderr }) : reject(error)
      },
    )
    // Whoever reads finds the end at once; it may be gone before that.
    child.stdin!.on("error", () => undefined)
    child.stdin!.end()
  })

/** Runs a program that has to succeed, and returns what it wrote. */
export const output = async (
  program: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> => written(words(program, args), await run(program, args, options))

/** Git in a folder: what it wrote, without blanks around it. */
export const git = async (cwd: string, ...args: string[]): Promise<string> =>
  written(words("git", args), await run("git", [...own, ...args], { cwd })).trim()

/** Commits are somebody's, whoever runs the tests; submodules may be folders, and nothing is remembered. */
const own = [
  ...["-c", "user.name=t", "-c", "user.email=t@example.org"],
  ...["-c", "protocol.file.allow=always", "-c", "rerere.enabled=false"],
]

const written = (what: string, { status, stdout, stderr }: Ran) => {
  if (status === 0) return stdout
  throw new Error(`${what}: ${status === null ? "killed" : `exit code ${status}`}\n${stderr}`)
}

const words = (program: string, args: readonly string[]) => [program, ...args].join(" ")
