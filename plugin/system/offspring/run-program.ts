import { spawn } from "node:child_process"

export interface ProgramRun {
  directory: string
  env: Record<string, string | undefined>
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** Gets what it prints, as it comes. */
  say: (text: string) => void
  /** Ends what it has started beyond its process group; also whatever it leaves behind. */
  end?: () => Promise<unknown>
}

export interface ProgramEnd {
  /** Null when it did not end by itself, or could not begin. */
  exit: number | null
  /** Why it did not end by itself. */
  stopped?: "late" | "aborted" | `by ${NodeJS.Signals}` | undefined
  /** Why it could not begin. */
  failure?: string
}

/** The last of its output may come after its end; a moment later there is none. */
const lastWordsMs = 50

/**
 * Runs a program with nobody to answer it, until it has ended, which is not when its output has: what it
 * left in the background may hold that open for ever. Nothing that it started outlives it.
 */
export const runProgram = (
  [program, ...args]: readonly string[],
  { directory, env, timeoutMs, signal, say, end }: ProgramRun,
) =>
  new Promise<ProgramEnd>((resolve) => {
    // A group of its own, so that all of it can be ended.
    const child = spawn(program!, args, {
      cwd: directory,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    })
    let stopped: ProgramEnd["stopped"]
    const stop = (why: "late" | "aborted") => {
      stopped ??= why
      endGroup(child.pid)
    }
    const onAbort = () => stop("aborted")
    const timer = setTimeout(() => stop("late"), timeoutMs)
    const finish = async (how: Omit<ProgramEnd, "stopped">) => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      endGroup(child.pid)
      await end?.()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ ...how, stopped })
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", say)
    child.once("error", ({ message }) => void finish({ exit: null, failure: message }))
    child.once("exit", (exit, by) => {
      if (by !== null) stopped ??= `by ${by}`
      setTimeout(() => void finish({ exit }), lastWordsMs)
    })
    if (signal?.aborted) onAbort()
    else signal?.addEventListener("abort", onAbort, { once: true })
  })

const endGroup = (pid: number | undefined) => {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It is gone.
  }
}

/** Keeps the end of what is said, which is where programs tell what went wrong. */
export const createTail = (most: number) => {
  let text = ""
  return {
    add(more: string) {
      text = (text + more).slice(-most)
    },
    text: () => text.toWellFormed().replaceAll("\0", ""),
  }
}
