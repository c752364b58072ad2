import { afterEach, describe, expect, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { lineageOf, takeLineage } from "../../plugin/system/offspring/lineage.ts"
import { isInsideAgent, type ProcessLook } from "../../plugin/system/inside-agent.ts"

/** Process 1 is the root; each further one is the child of the one before. */
const chain = (...environments: string[][]) => {
  const looks = new Map<number, ProcessLook>(
    environments.map((environment, index) => [
      index + 1,
      { parent: index, environment, hasTerminal: false },
    ]),
  )
  return { pid: environments.length, look: (pid: number) => looks.get(pid) }
}
const inside = (own: Record<string, string>, { pid, look }: ReturnType<typeof chain>) =>
  isInsideAgent(own, pid, look)

describe("a process is inside an agent", () => {
  test("when its own environment says so", () => {
    expect(inside({ MESHFLEET_AGENT: "mapper-1" }, chain([], []))).toBe(true)
  })

  test("when an ancestor was started with the mark, whatever was cleared since", () => {
    expect(inside({}, chain([], ["MESHFLEET_AGENT=mapper-1"], [], []))).toBe(true)
    expect(
      inside({ MESHFLEET_AGENT: "" }, chain([], [], ["PATH=/bin", "MESHFLEET_AGENT=mapper-1"])),
    ).toBe(true)
  })

  test("when an ancestor is a host", () => {
    expect(
      inside({}, chain([], ["MESHFLEET_NONCE=secret"], ["MESHFLEET_NONCE=", "MESHFLEET_AGENT="])),
    ).toBe(true)
  })
})

const lineage = lineageOf("hst_1")
/** What an agent's daemon looks like: a session of its own, no parent left, an empty environment. */
const daemon = `exec setsid sh -c 'env -i sleep 100 & echo $!'`

test("a daemon of an agent is inside it, without marks and parents", async () => {
  const shell = spawn("sh", ["-c", `${takeLineage}; ${daemon}`, "sh", lineage], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  const [[said]] = await Promise.all([once(shell.stdout, "data"), once(shell, "exit")])
  const pid = Number(said)
  try {
    expect(isInsideAgent({}, pid)).toBe(true)
  } finally {
    process.kill(pid, "SIGKILL")
  }
})

describe("a process is not inside an agent", () => {
  test("when the marks are absent, or blank", () => {
    expect(inside({}, chain([], ["PATH=/bin"], []))).toBe(false)
    expect(
      inside({ MESHFLEET_AGENT: "" }, chain([], ["MESHFLEET_AGENT=", "MESHFLEET_NONCE="])),
    ).toBe(false)
    expect(inside({ MESHFLEET_HOME: "/mesh" }, chain(["MESHFLEET_AGENTS_PER_FLEET=4"], []))).toBe(
      false,
    )
  })

  test("when its ancestors cannot be seen, or go round in a circle", () => {
    expect(isInsideAgent({}, 5, () => undefined)).toBe(false)
    expect(isInsideAgent({}, 5, () => ({ parent: 5, environment: [], hasTerminal: false }))).toBe(
      false,
    )
  })
})

describe("in real processes", () => {
  const children: ChildProcess[] = []
  afterEach(() => void children.splice(0).forEach((child) => child.kill("SIGKILL")))

  const module = JSON.stringify(
    new URL("../../plugin/system/inside-agent.ts", import.meta.url).pathname,
  )
  const ask = `import { isInsideAgent } from ${module}; console.log(isInsideAgent())`

  /** What the answer is in a shell with this environment that clears its child's. */
  const answerIn = async (environment: Record<string, string>) => {
    const command = `env -i "$0" -e "$1"; true`
    const child = spawn("/bin/sh", ["-c", command, process.execPath, ask], { env: environment })
    children.push(child)
    let out = ""
    child.stdout.on("data", (data: Buffer) => (out += data))
    await once(child, "close")
    return out.trim()
  }

  // Where these tests are themselves run by an agent, everything is inside one.
  test.skipIf(isInsideAgent())(
    "a cleared environment does not hide the shell it came from",
    async () => {
      expect(await answerIn({ MESHFLEET_AGENT: "mapper-1" })).toBe("true")
      expect(await answerIn({ MESHFLEET_AGENT: "" })).toBe("false")
    },
  )

  test("one with a terminal is told from one without", async () => {
    const look = `import { systemLook } from ${module}; process.stdout.write(String(systemLook(process.pid).hasTerminal))`
    let out = ""
    const read = (_: unknown, data: Uint8Array) => void (out += Buffer.from(data).toString())
    const shown = Bun.spawn([process.execPath, "-e", look], { terminal: { data: read } })
    await shown.exited
    expect(out.trim()).toBe("true")
    // What setsid starts is in a session of its own, and has none.
    const daemon = spawn(process.execPath, ["-e", look], { detached: true })
    children.push(daemon)
    out = ""
    daemon.stdout.on("data", (data: Buffer) => (out += data))
    await once(daemon, "close")
    expect(out.trim()).toBe("false")
  })
})
