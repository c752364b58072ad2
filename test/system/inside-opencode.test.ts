import { expect, test } from "bun:test"
import type { ProcessLook } from "../../plugin/system/inside-agent.ts"
import { isAttended, isInsideOpenCode } from "../../plugin/system/inside-opencode.ts"

/** Process 1 is the root; each further one is the child of the one before and started at its number. */
const inside = (own: Record<string, string>, environments: string[][], owners: number[] = []) => {
  const looks = new Map<number, ProcessLook>(
    environments.map((environment, index) => [
      index + 1,
      { parent: index, environment, hasTerminal: false },
    ]),
  )
  return isInsideOpenCode(
    async ({ pid, process_start }) => owners.includes(pid) && process_start === `start ${pid}`,
    own,
    environments.length,
    (pid) => looks.get(pid),
    (pid) => `start ${pid}`,
  )
}

test("a shell of a lead's OpenCode is told by its mark, its own or an ancestor's", async () => {
  expect(await inside({ MESHFLEET_SESSION: "ses_1" }, [[]])).toBe(true)
  expect(await inside({}, [[], ["MESHFLEET_SESSION=ses_1"], []])).toBe(true)
})

test("and by the process it descends from, when its marks were cleared", async () => {
  expect(await inside({}, [[], [], []], [2])).toBe(true)
})

test("a shell of an agent is inside too", async () => {
  expect(await inside({}, [[], ["MESHFLEET_AGENT=mapper-1"], []])).toBe(true)
})

test("a terminal of the person is outside, and so is one whose pid an OpenCode once had", async () => {
  expect(await inside({ MESHFLEET_SESSION: "" }, [[], ["MESHFLEET_SESSION="], []], [4])).toBe(false)
})

/** Which of these processes have a terminal; each further one is the child of the one before. */
const attended = (terminals: boolean[], owners: number[] = []) => {
  const looks = new Map<number, ProcessLook>(
    terminals.map((hasTerminal, index) => [
      index + 1,
      { parent: index, environment: [], hasTerminal },
    ]),
  )
  return isAttended(
    async ({ pid, process_start }) => owners.includes(pid) && process_start === `start ${pid}`,
    terminals.length,
    (pid) => looks.get(pid),
    (pid) => `start ${pid}`,
  )
}

test("a person can have started what has a terminal, itself or from what it descends", async () => {
  expect(await attended([false, false, true])).toBe(true)
  expect(await attended([false, true, false, false])).toBe(true)
  expect(await attended([false, false, false], [2])).toBe(true)
})

test("nobody is known to have started a daemon, also where the first process has a terminal", async () => {
  expect(await attended([false, false, false])).toBe(false)
  expect(await attended([true, false])).toBe(false)
  expect(await attended([false, false], [3])).toBe(false)
})
