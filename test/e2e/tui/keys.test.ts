import { afterAll, beforeAll, expect, test } from "bun:test"
import { setTimeout as sleep } from "node:timers/promises"
import { askPermission } from "../../mesh/support/asked.ts"
import { openScreen, type Screen } from "../support/screen.ts"
import { tellFleet, type ToldFleet } from "../support/told-fleet.ts"
import { tuiFiles } from "../support/tui-files.ts"
import { createWorld, type World } from "../support/world.ts"

/** A person reads a dialog before answering; a key that was pressed before counts for nothing. */
const readingMs = 1100
let world: World
let fleet: ToldFleet
let screen: Screen
let readyAt: string

beforeAll(async () => {
  world = await createWorld({
    install: () => undefined,
    files: {
      ...tuiFiles(),
    },
  })
  const window = await world.window()
  const digger = await window.lead("digger")
  await digger.says("The soil is soft.")
  await window.rest(digger)
  window.run.kill("SIGTERM")
  await window.run.ended
  readyAt = digger.sessionId
  fleet = await tellFleet(world, ["digger", "pusher"], { name: "garden" })
  await fleet.set("digger", { session_id: readyAt, partial: "Half a hole." })
  screen = await openScreen(world)
  await screen.until("Ask anything")
  await screen.type("/fleets")
  await screen.until("Watch and steer")
  await screen.press("Enter")
  await screen.until(/● pusher/)
})
afterAll(async () => {
  await screen?.end()
  await fleet?.end()
  await world?.end()
})

/** Down, and up again, until the chosen row is this agent's: one more row may have come or gone. */
const choose = async (name: string) => {
  const keys = ["Down", "Up"].flatMap((key) => Array<string>(6).fill(key))
  for (const key of keys) {
    const shown = await screen.text()
    if (shown.includes(`${name}, build`)) return
    await screen.press(key)
    // At an end of the list nothing changes.
    await screen.until((text) => text !== shown, 1000).catch(() => undefined)
  }
  await screen.until(`${name}, build`)
}

const mailOf = (name: string) =>
  fleet.ledger.read((db) =>
    db.all<{ payload: string; from_agent_id: string }>(
      `SELECT m.payload, m.from_agent_id FROM messages m JOIN deliveries d ON d.message_seq = m.seq
       WHERE d.recipient = ?`,
      `${name}-told`,
    ),
  )

test("m writes to the chosen agent, as the person", async () => {
  await choose("digger")
  await screen.press("m")
  await screen.until("Message to digger")
  await screen.type("Dig where it is soft.")
  await screen.until("Dig where it is soft.")
  await sleep(readingMs)
  await screen.press("Enter")
  await screen.until("Sent to digger")
  expect(await mailOf("digger")).toMatchObject([{ payload: "Dig where it is soft." }])
})

test("r shows what the chosen agent has so far", async () => {
  await choose("digger")
  await screen.press("r")
  await screen.until("Half a hole.")
  await screen.press("Escape")
  await screen.until((text) => !text.includes("Half a hole."))
})

test("a question is rejected with a reason", async () => {
  const id = await fleet.asks(
    "pusher",
    askPermission("per_1", {
      permission: "bash",
      patterns: ["git push"],
      always: ["git push *"],
      metadata: {},
    }),
  )
  await screen.until("Waiting for you")
  await screen.press("Up", "Up", "Up", "Up")
  await screen.until("pusher asks")
  await screen.press("a")
  await screen.until("pusher asks for a permission")
  await sleep(readingMs)
  await screen.press("Down", "Down", "Down", "Enter")
  await screen.until("Reject: what is the agent told?")
  await screen.type("Not on a Friday.")
  await screen.until("Not on a Friday.")
  await sleep(readingMs)
  await screen.press("Enter")
  await screen.until("pusher: reject")
  const [question] = await fleet.ledger.read((db) =>
    db.all<object>("SELECT state, answer, reason FROM questions WHERE id = ?", id),
  )
  expect(question).toMatchObject({ state: "answered", answer: "reject" })
  expect(JSON.stringify(question)).toContain("Not on a Friday.")
  // Its row goes from above the others: only then does the list stand still.
  await screen.until((text) => !text.includes("Waiting for you"))
})

test("Enter opens the session of the chosen agent", async () => {
  await choose("digger")
  await screen.press("Enter")
  await screen.until("The soil is soft.")
})
