import { afterEach, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { receiveAsk } from "../../plugin/mesh/questions/asking.ts"
import { askPermission } from "../mesh/support/asked.ts"
import { createFleet } from "./support/fleet.ts"
import { openTmux } from "./support/tmux.ts"

let fleet: Awaited<ReturnType<typeof createFleet>>
let tmux: ReturnType<typeof openTmux>
const start = async (names: readonly string[]) => {
  fleet = await createFleet(names)
  tmux = openTmux(join(fleet.folder, "tmux.sock"))
}
afterEach(async () => {
  await tmux?.end()
  await fleet?.end()
})

/** Told by the issue: what changes in the ledger is seen within this time. */
const soonMs = 500

test("shows who waits for a person, and an answer, a message and a stop are given by keys", async () => {
  await start(["mapper", "maker"])
  await tmux.start(["watch", "crew"], { cwd: fleet.project, env: fleet.env })
  await tmux.until("Nobody is stuck or waits for a person.")

  fleet.now()
  const asked = await fleet.ledger.transact((tx) =>
    receiveAsk(
      tx,
      { agentId: "maker-2", hostId: "hst_2", deadlineMs: 900_000 },
      askPermission("per_9", {
        permission: "bash",
        patterns: ["git push"],
        always: ["git push *"],
        metadata: {},
      }),
    ),
  )
  const { waits } = asked as { waits: string }
  const { tookMs } = await tmux.until(
    "! maker waits for a person: permission: bash git push  (a answers)",
  )
  expect(tookMs).toBeLessThan(soonMs * 2)
  await tmux.keep("watch-question")

  await tmux.keys("a")
  await tmux.until("maker wants bash: git push")
  await tmux.type("o")
  await tmux.keys("Enter")
  await tmux.until("Answered.")
  expect(await fleet.question(waits)).toMatchObject({ state: "answered", answer: "once" })

  await tmux.keys("m")
  await tmux.type("hello 日本 👍🏽")
  await tmux.until("hello 日本")
  await tmux.keys("Enter")
  await tmux.until(/Sent to m\w+\./)
  await tmux.keys("s")
  await tmux.until(/Stop m\w+\?/)
  await tmux.keys("n")
  await tmux.until("Nothing was stopped.")
  await tmux.keys("s", "y")
  await tmux.until(/m\w+ is being stopped\./)
  await tmux.keep("watch-stopped")
  const stops = (await fleet.agents("flt_2")).map(({ stop_mode }) => stop_mode)
  expect(stops.filter((mode) => mode === "cancel")).toHaveLength(1)

  await tmux.keys("q")
  const { shown } = await tmux.until("exit code 0")
  expect(shown).toContain("flt_2  crew: running")
  expect(shown).not.toContain("q leave")
})

test("with 64 agents the one in need is on top, and resizing leaves every line in its place", async () => {
  const names = Array.from({ length: 64 }, (_, index) => `agent-${index}`)
  await start(names)
  await fleet.set("agent-40-2", { stalled_at: Date.now(), activity_at: Date.now() - 360_000 })
  await fleet.set("agent-7-2", { activity: `\u001b[31m\u202e${"👨‍👩‍👧‍👦日本e\u0301".repeat(3000)}` })
  await tmux.start(["watch", "crew"], { cwd: fleet.project, env: fleet.env })
  const { shown } = await tmux.until("! agent-40 silent for 6m")
  expect(shown.split("\n").find((line) => line.startsWith("> "))).toContain("agent-40")
  await tmux.keys("End")
  await tmux.until(/> agent-63 /)
  await tmux.keep("watch-64")
  for (const [columns, rows] of [
    [60, 12],
    [150, 40],
  ] as const) {
    await tmux.resize(columns, rows)
    const { shown } = await tmux.until(/> agent-63 [^]*(?:Enter look)/)
    expect(shown.match(/^> /gm)).toHaveLength(1)
    expect(shown.split("\n")[0]).toStartWith("flt_2  crew: running")
    await tmux.keep(`watch-64-${columns}`)
  }
  await tmux.keys("C-c")
  await tmux.until("exit code 130")
})

test("Enter steps into an agent, whose transcript and mail are there as they come", async () => {
  await start(["mapper", "maker"])
  await fleet.set("mapper-2", { session_id: "ses_1" })
  fleet.session([{ type: "text", text: "I look around.", time: { start: Date.now() } }])
  await tmux.start(["watch", "crew"], { cwd: fleet.project, env: fleet.env })
  await tmux.until("> mapper")
  await tmux.keys("Enter")
  await tmux.until("I look around.")
  await fleet.mail("msg_1", "flt_2", "maker-2", "mapper-2", "<script>take this</script>")
  await tmux.until("<script>take this</script>")
  await tmux.keep("watch-agent")
  await tmux.keys("q")
  await tmux.until("> mapper")
})

test("without a name, where several fleets run, one is chosen, and left for another", async () => {
  await start(["mapper", "maker"])
  await fleet.given("flt_3", ["pusher"], {
    name: "late",
    created_at: Date.now(),
    project: fleet.git,
  })
  await fleet.set("maker-2", { stalled_at: Date.now(), activity_at: Date.now() - 360_000 })
  await tmux.start(["watch"], { cwd: fleet.project, env: fleet.env })
  const { shown } = await tmux.until("! maker silent for 6m")
  expect(shown).toMatch(/> crew {2}flt_2/)
  await tmux.keep("watch-choice")
  await tmux.keys("j", "Enter")
  await tmux.until("flt_3  late: running")
  await tmux.keys("q")
  await tmux.until("fleets are running.")
  await tmux.keys("q")
  const { shown: after } = await tmux.until("exit code 0")
  expect(after).toContain("flt_3  late: running")
})

test("where no fleet runs it waits for one, which b shows in the browser as well", async () => {
  await start(["mapper"])
  const setStatus = (status: string) =>
    fleet.ledger.transact((tx) => tx.run("UPDATE fleets SET status = ?", status))
  await setStatus("complete")
  // A desktop that only notes what it is asked to show.
  const desktop = join(fleet.folder, "desktop")
  const opened = join(fleet.folder, "opened")
  mkdirSync(desktop)
  for (const name of ["xdg-open", "open"])
    writeFileSync(join(desktop, name), `#!/bin/sh\necho "$1" > '${opened}'\n`, { mode: 0o755 })
  const env = { ...fleet.env, PATH: `${desktop}:${fleet.env.PATH}` }
  await tmux.start(["watch"], { cwd: fleet.project, env })
  await tmux.until("No fleet is running. One is shown here as soon as it starts.")

  await setStatus("running")
  await tmux.until(/> mapper/)
  await tmux.keys("b")
  const { shown } = await tmux.until(/At http:\S+/)
  const link = /http:\S+/.exec(shown)![0]
  while (!existsSync(opened) || readFileSync(opened, "utf8") === "")
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(readFileSync(opened, "utf8").trim()).toBe(link)
  expect((await fetch(link, { redirect: "manual" })).status).toBe(303)
  await tmux.keep("watch-browser")
  await tmux.keys("q")
  await tmux.until("exit code 0")
  expect(fetch(link)).rejects.toThrow()
})
