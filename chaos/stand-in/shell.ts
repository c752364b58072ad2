import { spawn } from "node:child_process"

/** A command in a session of its own, as OpenCode's bash tool starts them. */
export const runShell = async (
  { command }: { command: string },
  cwd: string,
  signal: AbortSignal,
  environment: () => Promise<Record<string, string>>,
) => {
  const child = spawn("sh", ["-c", command], {
    cwd,
    env: { ...process.env, ...(await environment()) },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  })
  const end = () => {
    try {
      process.kill(-child.pid!, "SIGKILL")
    } catch {
      // It has just ended.
    }
  }
  signal.addEventListener("abort", end)
  let output = ""
  child.stdout.on("data", (data: Buffer) => (output += data))
  await new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  signal.removeEventListener("abort", end)
  signal.throwIfAborted()
  return output
}
