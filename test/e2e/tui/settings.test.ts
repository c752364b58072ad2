import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openScreen, type Screen } from "../support/screen.ts"
import { createWorld, type World } from "../support/world.ts"

const captures = join(import.meta.dir, "../../../.captures/tui")
/** Longer than a toast waits before it is shown, in the process that shows it. */
const passTime = {
  toolCalls: [{ name: "bash", args: { command: "sleep 1", description: "Wait" } }],
}
let world: World
let screen: Screen

beforeAll(async () => {
  world = await createWorld({
    settings: { attempts: "many", stall: 5 },
    agents: {
      first: [passTime, { text: "First answer." }, passTime, { text: "Second answer." }],
      second: [passTime, { text: "Third answer." }],
      later: [passTime, { text: "Fourth answer." }],
    },
  })
  screen = await openScreen(world)
})
afterAll(async () => {
  await screen?.end()
  await world?.end()
})

/** A screen's words without its boxes and the places where its lines break. */
const wordsOf = (text: string) => text.replaceAll(/[\s┃]+/g, "")
/** OpenCode's sidebar stands beside the toast, and its words between those of it. */
const toast = (text: string) =>
  wordsOf(
    text
      .split("\n")
      .map((line) => /┃([^┃]*)┃[^┃]*$/.exec(line)?.[1] ?? "")
      .join(" "),
  )

const prompt = async (text: string) => {
  await screen.type(text)
  await screen.until(text)
  await screen.press("Enter")
}

const isTold = async () => {
  const path = join(world.project, ".opencode/meshfleet.jsonc")
  const texts = [
    `${path}: attempts: "many" does not fit (expected number, received string); 3 is used, the default`,
    `${path}: stall: unknown setting; it is ignored. Did you mean stall_ms?`,
  ].map(wordsOf)
  await screen.until((text) => texts.every((each) => toast(text).includes(each)))
  return await screen.text()
}

/** The answer, and nothing of settings while it is waited for. */
const untilAnsweredQuietly = (answer: string) =>
  screen.until((text) => {
    expect(text).not.toContain("Settings:")
    return text.includes(answer)
  })

test("what is wrong in the settings is told in OpenCode: the place, the value, and what holds instead", async () => {
  await screen.until("Ask anything")
  await prompt("[[as:first]] Who are you?")
  const text = await isTold()
  mkdirSync(captures, { recursive: true })
  writeFileSync(join(captures, "settings.txt"), text)
  await screen.until("First answer.")
})

test("it is told once: not with the next prompt, and not in the next session", async () => {
  await screen.until((text) => !text.includes("Settings:"))
  await prompt("[[as:first]] And now?")
  await untilAnsweredQuietly("Second answer.")
  await screen.type("/new")
  await screen.until("New session")
  await screen.press("Enter")
  await screen.until((text) => !text.includes("Second answer."))
  await prompt("[[as:second]] Who are you?")
  await untilAnsweredQuietly("Third answer.")
})

test("the next start of OpenCode tells it once more, since it is still so", async () => {
  await screen.end()
  screen = await openScreen(world)
  await screen.until("Ask anything")
  await prompt("[[as:later]] Who are you?")
  await isTold()
  await screen.until("Fourth answer.")
})
