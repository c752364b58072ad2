import { errorText } from "../../plugin/mesh/model/errors.ts"
import { setTimeout as sleep } from "node:timers/promises"
import { createArena, type Played } from "../arena.ts"
import { createSmallDisk } from "./small-disk.ts"

/** Room for the ledger, its log and what we write before it is full. */
const diskMegabytes = 16
const payload = "x".repeat(50_000)
/** The log has room of its own that it uses again, so the first letters may still go. */
const mostLetters = 100
const refusals = 3
const fullMs = 5000
const patienceMs = 120_000

/** The ledger's disk is full for some seconds, in which one agent ends and the lead writes letters. */
export const playDiskFull = async (): Promise<Played> => {
  const disk = createSmallDisk(diskMegabytes)
  const arena = await createArena({
    makeHome: disk.mount,
    settings: { heartbeat_ms: 2000, linger_ms: 1000 },
  })
  const { world } = arena
  const violations: string[] = []
  const expect = (holds: boolean, otherwise: string) => void (holds || violations.push(otherwise))
  const names = ["ada", "ben"]
  const [ada, ben] = names.map(world.gate) as [
    ReturnType<typeof world.gate>,
    ReturnType<typeof world.gate>,
  ]
  for (const [name, { command }] of [
    ["ada", ada],
    ["ben", ben],
  ] as const)
    world.model.script(name, [
      { toolCalls: [{ name: "bash", args: { command, description: "Dig" } }] },
      { text: `${name} dug it out.` },
    ])
  try {
    const window = await world.window()
    const lead = await window.lead("lead")
    const user = await window.lead("user")
    const { fleet_id } = await lead.call("spawn_fleet", {
      isolation: "shared",
      agents: names.map((name) => ({ name, role: "digger", prompt: "Dig." })),
    })
    await Promise.all(names.map(arena.untilReached))
    const send = async (to: string, text: string) => {
      const sent = await lead.call("send_message", {
        to_agent_id: to,
        type: "handoff",
        payload: text,
      })
      return typeof sent === "string" ? sent : undefined
    }
    expect((await send("ada", "before")) === undefined, "a letter before was refused")

    disk.fill()
    const refused: string[] = []
    for (let letter = 0; letter < mostLetters && refused.length < refusals; letter++) {
      const refusal = await send(names[letter % 2]!, payload)
      if (refusal) refused.push(refusal)
    }
    expect(refused.length === refusals, `${refused.length} letters were refused on a full disk`)
    for (const text of refused)
      expect(text.startsWith("[LEDGER_UNAVAILABLE]"), `a full disk was told as: ${text}`)
    const status = await lead.call("fleet_status", { fleet_id })
    expect(status.agents?.length === 2, `fleet_status said ${JSON.stringify(status)}`)
    const said = await user.call("bash", { command: "echo still here", description: "Try" })
    expect(String(said).includes("still here"), `the user's session said ${said}`)
    ada.open()
    await world.model.waitFor(({ agent, step }) => agent === "ada" && step === 1, {
      timeoutMs: patienceMs,
    })
    await sleep(fullMs)
    const before = (await world.agents(fleet_id)).find(({ name }) => name === "ada")!
    expect(before.status === "running", `ada is ${before.status} though nothing can be written`)
    disk.clear()

    await world.untilAgent("ada", "complete")
    expect((await send("ben", "after")) === undefined, "a letter after was refused")
    ben.open()
    await world.untilAgent("ben", "complete")
    const { results } = await lead.call("collect_results", { fleet_id, wait_seconds: 60 })
    for (const [at, name] of names.entries()) {
      expect(results[at].output === `${name} dug it out.`, `${name}: ${results[at].output}`)
      expect(results[at].attempts === 1, `${name} took ${results[at].attempts} attempts`)
    }
    await lead.says("Read.")
    await user.says("Goodbye.")
    window.run.kill("SIGTERM")
    await window.run.ended
  } catch (error) {
    violations.push(errorText(error))
  }
  return {
    world,
    strikes: arena.strikes,
    ends: arena.ends,
    violations,
    endedAt: Date.now(),
    cleanUp: disk.unmount,
  }
}
