import { expect, test } from "bun:test"
import {
  endProcesses,
  isAlive,
  isGone,
  killNow,
  markedProcesses,
  ownProcess,
  processStart,
} from "../../plugin/system/processes.ts"
import { startChild } from "../support/child.ts"
import { eventually } from "../support/eventually.ts"

/** A line of its own that is a pid. */
const pidOf = async (child: ReturnType<typeof startChild>) => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const timer = setInterval(() => {
    const pid = /^(\d+)\n/m.exec(child.output())?.[1]
    if (pid) resolve(Number(pid))
  }, 10)
  return promise.finally(() => clearInterval(timer))
}

test("a process is known by its pid and start time together, since pids are used again", async () => {
  const child = startChild("ignore-sigterm", [])
  try {
    await child.says("ready")
    const start = processStart(child.pid)!
    expect(isAlive({ pid: child.pid, process_start: start })).toBe(true)
    expect(isAlive({ pid: child.pid, process_start: `${start}0` })).toBe(false)
    child.kill()
    await child.ended
    expect(isAlive({ pid: child.pid, process_start: start })).toBe(false)
    expect(processStart(child.pid)).toBeUndefined()
  } finally {
    child.kill()
  }
})

test("this process is alive", () => {
  expect(ownProcess().pid).toBe(process.pid)
  expect(isAlive(ownProcess())).toBe(true)
})

test("a zombie is dead, though its pid is still there", async () => {
  const child = startChild("leave-zombie", [])
  try {
    const zombie = await pidOf(child)
    await endProcesses(() => (processStart(zombie) === undefined ? [] : [zombie]), 2000)
    expect(() => process.kill(zombie, 0)).not.toThrow()
    expect(processStart(zombie)).toBeUndefined()
  } finally {
    child.kill("SIGTERM")
    await child.ended
  }
})

test("a child in a session of its own is found by its mark and ended, whatever script the mark is in", async () => {
  for (const name of ["explorer", "prüfer", "侦察"]) {
    const mark = `MESHFLEET_AGENT=${name}-${process.pid}`
    const starter = startChild("start-in-background", [], {
      env: { MESHFLEET_AGENT: `${name}-${process.pid}` },
    })
    const pid = await pidOf(starter)
    try {
      await starter.ended
      // While it begins its program it has no environment.
      await eventually(() => markedProcesses([mark]).length > 0)
      expect(markedProcesses([mark])).toEqual([pid])
      expect(markedProcesses([`${mark}0`, mark.slice(0, -1)])).toEqual([])
      await endProcesses(() => markedProcesses([mark]), 2000)
      // One that is being torn down has lost its environment a moment before it counts as ended.
      while (processStart(pid) !== undefined) await Bun.sleep(5)
    } finally {
      if (processStart(pid) !== undefined) process.kill(pid, "SIGKILL")
    }
  }
})

test("who ignores the polite signal meets the firm one", async () => {
  const child = startChild("ignore-sigterm", [])
  try {
    await child.says("ready")
    const own = { pid: child.pid, process_start: processStart(child.pid)! }
    await endProcesses(() => (isAlive(own) ? [own.pid] : []), 200)
    expect(await child.ended).toBe("SIGKILL")
  } finally {
    child.kill()
  }
})

test("without a grace nobody is asked, and a frozen process ends too", async () => {
  const child = startChild("ignore-sigterm", [])
  try {
    await child.says("ready")
    child.kill("SIGSTOP")
    const own = { pid: child.pid, process_start: processStart(child.pid)! }
    expect(isGone(child.pid)).toBe(false)
    killNow(child.pid)
    await endProcesses(() => (isAlive(own) ? [own.pid] : []), 0)
    expect(await child.ended).toBe("SIGKILL")
    expect(isGone(child.pid)).toBe(true)
  } finally {
    child.kill()
  }
})

test("ending nobody is done at once", async () => {
  const before = Date.now()
  await endProcesses(() => [], 60_000)
  expect(Date.now() - before).toBeLessThan(1000)
})
