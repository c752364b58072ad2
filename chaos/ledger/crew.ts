import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Random } from "../random.ts"
import { type Act, readLog } from "./deeds.ts"

interface Worker {
  life: number
  child: ChildProcess
  ended: Promise<NodeJS.Signals | number | null>
}

export interface CrewOptions {
  /** Of the ledger. */
  place: string
  folder: string
  names: readonly string[]
  random: Random
}

/** Writers that are started again whenever they are killed. */
export const createCrew = ({ place, folder, names, random }: CrewOptions) => {
  const workers = new Map<string, Worker>()
  const faults: string[] = []
  let isOver = false

  const start = (name: string) => {
    const life = (workers.get(name)?.life ?? 0) + 1
    const errors = openSync(join(folder, `${name}.err`), "a")
    const args = [name, String(life), String(random.between(1, 2 ** 31)), names.join()]
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "writer.ts"), folder, ...args],
      {
        stdio: ["pipe", "ignore", errors],
        env: { ...process.env, MESHFLEET_LEDGER: place },
      },
    )
    closeSync(errors)
    child.stdin!.on("error", () => undefined)
    const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
      child.once("exit", (code, signal) => resolve(signal ?? code)),
    )
    workers.set(name, { life, child, ended })
    void ended.then((how) => {
      if (how !== "SIGKILL" && !isOver) faults.push(`${name} ended by itself with ${how}`)
    })
  }

  const sizeOf = (name: string) => {
    try {
      return statSync(join(folder, `${name}.log`)).size
    } catch {
      return 0
    }
  }

  const textOf = (name: string, ending: string) => {
    try {
      return readFileSync(join(folder, `${name}.${ending}`), "utf8")
    } catch {
      return ""
    }
  }

  return {
    start: () => names.forEach(start),
    /** Kills them at once, and starts each again once it is gone. */
    async strike(victims: readonly string[]) {
      const struck = victims.map((name) => workers.get(name)!)
      for (const { child } of struck) child.kill("SIGKILL")
      await Promise.all(struck.map(({ ended }) => ended))
      victims.forEach(start)
    },
    /** How much has been written down. */
    progress: () => names.reduce((sum, name) => sum + sizeOf(name), 0),
    /** Lets them end in order. */
    async stop() {
      isOver = true
      const all = [...workers.values()]
      for (const { child } of all) child.kill("SIGTERM")
      await Promise.all(all.map(({ ended }) => ended))
    },
    kill() {
      isOver = true
      for (const { child } of workers.values()) child.kill("SIGKILL")
    },
    acts: (): Act[] => names.flatMap((name) => readLog(name, textOf(name, "log"))),
    faults: () => [
      ...faults,
      ...names.flatMap((name) => textOf(name, "err").trim().split("\n")).filter(Boolean),
    ],
  }
}
