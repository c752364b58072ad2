import { spawn } from "node:child_process"
import { join } from "node:path"

export const childPath = (name: string) =>
  join(import.meta.dirname, "../fixtures/children", `${name}.ts`)

/** Starts a program of test/fixtures/children. Whoever starts one kills it in a finally. */
export const startChild = (
  name: string,
  args: readonly string[],
  {
    env = {},
    detached = false,
    shellLimit,
  }: { env?: Record<string, string>; detached?: boolean; shellLimit?: string } = {},
) => {
  const command = [process.execPath, childPath(name), ...args]
  const [file, ...rest] = shellLimit
    ? ["sh", "-c", `${shellLimit}; exec "$@"`, "sh", ...command]
    : command
  const child = spawn(file!, rest, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
    detached,
  })
  let output = ""
  const listeners = new Set<() => void>()
  child.stdout.on("data", (data: Buffer) => {
    output += data
    for (const look of listeners) look()
  })
  const ended = new Promise<number | string>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown")),
  )
  void ended.then(() => listeners.forEach((look) => look()))
  child.stdin.on("error", () => undefined)
  return {
    pid: child.pid!,
    output: () => output,
    ended,
    tell: (text: string) => void child.stdin.write(text),
    kill: (signal: NodeJS.Signals = "SIGKILL") => void child.kill(signal),
    /** Resolves when the program has printed this line; rejects when it ended without. */
    says: (line: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (output.split("\n").includes(line)) resolve()
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`${name} ended without "${line}": ${output}`))
          else return
          listeners.delete(look)
        }
        listeners.add(look)
        look()
      }),
  }
}
