import { afterEach, expect, test } from "bun:test"
import { join } from "node:path"
import { createFleet } from "./support/fleet.ts"
import { openTmux } from "./support/tmux.ts"

let fleet: Awaited<ReturnType<typeof createFleet>>
let tmux: ReturnType<typeof openTmux>
afterEach(async () => {
  await tmux?.end()
  await fleet?.end()
})

test("logs --follow prints what an agent says, calls and is sent as it happens, and ends with it", async () => {
  fleet = await createFleet(["mapper", "maker"])
  tmux = openTmux(join(fleet.folder, "tmux.sock"))
  await fleet.set("mapper-2", { session_id: "ses_1" })
  const says = { type: "text", text: "I look around.", time: { start: Date.now() } }
  fleet.session([says])
  await tmux.start(["logs", "mapper", "--follow"], { cwd: fleet.project, env: fleet.env })
  await tmux.until("I look around.")
  const call = (status: string, more: object) => ({
    type: "tool",
    tool: "bash",
    state: { status, input: { command: "npm test" }, time: { start: Date.now() }, ...more },
  })
  fleet.session([says, call("running", {})])
  await fleet.set("mapper-2", { activity: "tool bash" })
  const { tookMs } = await tmux.until("bash: npm test  [running]")
  expect(tookMs).toBeLessThan(1000)
  fleet.session([says, call("completed", { title: "npm test", output: "12 pass" })])
  await fleet.mail("msg_1", "flt_2", "maker-2", "mapper-2", "\u001b[2Jtake \u202ethis")
  await tmux.until("12 pass")
  await tmux.until("take this")
  await tmux.keep("logs-follow")
  await fleet.complete("mapper-2", 1000)
  const { shown } = await tmux.until("exit code 0")
  expect(shown).toContain("mapper is complete.")
})
