import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Puppet } from "../support/puppet.ts"
import type { Lead } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World
let lead: Lead
let ada: Puppet
let bob: Puppet
let fleetId: string

beforeAll(async () => {
  world = await createWorld({
    settings: { file_reservations: true, linger_ms: 1000 },
    files: { "src/dates.ts": "export const days = 7\n" },
  })
  lead = await (await world.window()).lead("lead")
  ada = world.member("ada")
  bob = world.member("bob")
})
afterAll(() => world?.end())

const file = () => join(world.project, "src/dates.ts")
const text = () => readFileSync(file(), "utf8")
const edit = (who: Puppet, oldString: string, newString: string) =>
  who.call("edit", { filePath: file(), oldString, newString })
const toolsOf = async (who: Puppet) => {
  await who.request()
  const { body } = world.model.requests.findLast((each) => each.agent === who.name)!
  return (body.tools ?? []).filter(({ function: { name } }) => name.endsWith("_files"))
}
const eventsOf = async (type: string) =>
  (await world.events()).filter((event) => event.type === type).map(({ data }) => data)

test("where files can be reserved the agents have the tools for it, and their lead has not", async () => {
  const spawned = await lead.call("spawn_fleet", {
    isolation: "process",
    agents: ["ada", "bob"].map((name) => ({ name, role: "Engineer", prompt: "Work on dates." })),
  })
  fleetId = spawned.fleet_id
  const tools = await toolsOf(ada)
  expect(tools.map((tool) => tool.function.name).toSorted()).toEqual([
    "release_files",
    "reserve_files",
  ])
  expect(Buffer.byteLength(JSON.stringify(tools))).toBeLessThanOrEqual(800)
  expect(await toolsOf(lead)).toEqual([])
})

test("an edit of what another has reserved is refused with who, why and how to ask", async () => {
  expect(
    await ada.call("reserve_files", { paths: ["src/*.ts"], reason: "new dates" }),
  ).toMatchObject({ reserved: ["src/*.ts"], mode: "exclusive" })
  await bob.call("read", { filePath: file() })
  const said = await edit(bob, "7", "8")
  expect(said).toContain("[RESERVED] `src/dates.ts` is reserved by ada as `src/*.ts` until")
  expect(said).toContain("`new dates`")
  expect(said).toContain("Ask ada for it with send_message")
  expect(text()).toBe("export const days = 7\n")
  await ada.call("read", { filePath: file() })
  await edit(ada, "days", "weekdays")
  expect(text()).toBe("export const weekdays = 7\n")
})

test("a shell command that changes it all the same is told to both", async () => {
  await bob.call("bash", {
    command: "sed -i s/7/5/ src/dates.ts",
    description: "Change the days",
  })
  expect(text()).toBe("export const weekdays = 5\n")
  await world.until("both are told", (ledger) =>
    ledger.read((db) => db.get("SELECT 1 FROM events WHERE type = 'reservation.breached'")),
  )
  // On a busy machine what was found comes after the command's own answer.
  const isTold = async () => {
    const heard = JSON.stringify((await bob.request()).messages)
    return ["`src/dates.ts`, which ada changed", "and is reserved by ada"].every((each) =>
      heard.includes(each),
    )
  }
  while (!(await isTold())) await bob.call("list_agents", { limit: 1 })
  expect(await eventsOf("reservation.breached")).toMatchObject([{ path: "src/dates.ts" }])
  expect(await eventsOf("file.conflict")).toHaveLength(1)
})

test("who asks is handed it, is woken, and its edit goes through", async () => {
  await bob.call("send_message", {
    to_agent_id: "ada",
    type: "request_help",
    payload: "May I have src/dates.ts?",
  })
  await bob.says("I wait for src/dates.ts.")
  await world.untilAgent("bob", "complete")
  expect(await ada.call("release_files", { to: "bob" })).toEqual({
    released: ["src/*.ts"],
    to: "bob",
  })
  expect((await bob.request()).lastUser).toContain("ada has handed `src/*.ts` over to you")
  await bob.call("read", { filePath: file() })
  await edit(bob, "5", "6")
  expect(text()).toBe("export const weekdays = 6\n")
  expect(await edit(ada, "weekdays", "days")).toContain("[RESERVED]")
})

test("it ends with its holder's turn", async () => {
  await bob.says("Done.")
  await world.untilAgent("bob", "complete")
  await ada.call("read", { filePath: file() })
  await edit(ada, "weekdays", "days")
  expect(text()).toBe("export const days = 6\n")
  await ada.says("Done.")
  await world.until("the fleet's end", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM fleets WHERE id = ? AND status = 'complete'", fleetId),
    ),
  )
  expect(await eventsOf("reservation.ended")).toMatchObject([
    { cause: "handed over" },
    { cause: "its holder has ended: complete" },
  ])
})
