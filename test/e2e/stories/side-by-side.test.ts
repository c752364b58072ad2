import { afterAll, beforeAll, expect, test } from "bun:test"
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { git } from "../../support/run.ts"
import type { Puppet } from "../support/puppet.ts"
import type { Lead, Window } from "../support/window.ts"
import { bundle, createWorld, type World } from "../support/world.ts"

let world: World
let window: Window
let lead: Lead
let maker: Puppet
let idler: Puppet
let one: Puppet
let two: Puppet
let fleet: { fleet_id: string; agent_ids: string[] }

beforeAll(async () => {
  world = await createWorld({
    settings: { linger_ms: 500 },
    // As OpenCode writes it: a fresh worktree has nothing of an install, nor this file.
    install(folder) {
      cpSync(bundle, join(folder, "meshfleet.js"))
      writeFileSync(
        join(folder, "../.gitignore"),
        "node_modules\npackage.json\npackage-lock.json\nbun.lock\n.gitignore",
      )
    },
  })
  window = await world.window()
  lead = await window.lead("lead")
  ;[maker, idler, one, two] = ["maker", "idler", "one", "two"].map(world.member) as [
    Puppet,
    Puppet,
    Puppet,
    Puppet,
  ]
})
afterAll(() => world?.end())

const treeOf = (index: number) =>
  join(world.home, "worktrees", fleet.fleet_id, fleet.agent_ids[index]!)
const branchOf = (index: number) => `meshfleet/${fleet.fleet_id}/${fleet.agent_ids[index]}`
const bash = (command: string): [string, object] => ["bash", { command, description: "Work" }]
const untilEvent = (type: string, count = 1) =>
  world.until(
    type,
    async (ledger) =>
      (await ledger.read(
        async (db) => (await db.all("SELECT seq FROM events WHERE type = ?", type)).length >= count,
      )) || undefined,
  )

test("of four agents in one host, two work in worktrees of their own and two on the lead's tree", async () => {
  fleet = await lead.call("spawn_fleet", {
    isolation: "shared",
    agents: [
      { name: "maker", role: "Maker", prompt: "Make.", worktree: true },
      { name: "idler", role: "Idler", prompt: "Idle.", worktree: true },
      { name: "one", role: "One", prompt: "Be one." },
      { name: "two", role: "Two", prompt: "Be two." },
    ],
  })
  const members = [maker, idler, one, two]
  const systems = (await Promise.all(members.map((each) => each.request()))).map(
    (asked) => asked.system,
  )
  expect(systems.map((text) => /You are agent "(\w+)"/.exec(text)?.[1])).toEqual(
    members.map(({ name }) => name),
  )
  expect(systems.map((text) => /on branch (\S+):/.exec(text)?.[1])).toEqual([
    branchOf(0),
    branchOf(1),
    undefined,
    undefined,
  ])
  const places = await Promise.all(members.map((each) => each.calls([bash("pwd")])))
  expect(places.flat().map((text) => text.trim())).toEqual([
    treeOf(0),
    treeOf(1),
    world.project,
    world.project,
  ])
})

test("mail reaches an agent in a worktree, and its edits stay in there", async () => {
  await lead.call("send_message", { to_agent_id: "maker", type: "question", payload: "All well?" })
  await maker.call("edit", { filePath: "README.md", oldString: "A project", newString: "Made" })
  await maker.calls([
    bash("git -c user.name=m -c user.email=m@example.org commit -qam made && git log --oneline"),
  ])
  const { messages } = await maker.request()
  expect(JSON.stringify(messages)).toContain("All well?")
  expect(readFileSync(join(world.project, "README.md"), "utf8")).toBe("# A project\n")
})

test("an edit over a peer's change is told to both, and as an event", async () => {
  const file = { filePath: join(world.project, "README.md") }
  for (const each of [one, two]) await each.call("read", file)
  await two.call("edit", { ...file, oldString: "# A", newString: "# Two's" })
  const said = await one.call("edit", { ...file, oldString: "project", newString: "plan" })
  expect(said).toMatch(
    /\n\[meshfleet\] two changed `README\.md` \d+ s ago, after you last read it: read it again before you go on\.$/,
  )
  expect(await one.call("edit", { ...file, oldString: "plan", newString: "idea" })).not.toContain(
    "[meshfleet]",
  )
  await world.until("two has its notice", (ledger) =>
    ledger.read((db) =>
      db.get(
        `SELECT 1 FROM deliveries d JOIN messages m ON m.seq = d.message_seq
         WHERE m.from_agent_id = 'meshfleet' AND d.recipient = ? AND d.state <> 'accepted'`,
        fleet.agent_ids[3]!,
      ),
    ),
  )
  await two.call("list_agents")
  expect(JSON.stringify((await two.request()).messages)).toMatch(
    /one edited `README\.md` without having read what you changed in it \d+ s ago/,
  )
  const conflicts = (await world.events()).filter(({ type }) => type === "file.conflict")
  expect(conflicts.map(({ agent_id, data }) => [agent_id, data["peer"]])).toEqual([
    [fleet.agent_ids[2], fleet.agent_ids[3]],
  ])
})

test("results tell where an agent's work lies, and whether there is any", async () => {
  for (const each of [maker, idler, one, two]) await each.says(`${each.name} is done.`)
  const { results } = await lead.call("collect_results", {
    fleet_id: fleet.fleet_id,
    wait_seconds: 30,
  })
  expect(results[0]).toMatchObject({
    worktree_path: treeOf(0),
    branch: branchOf(0),
    changed: true,
    commits: 1,
    uncommitted: 0,
  })
  expect(results[1]).toMatchObject({ branch: branchOf(1), changed: false })
  expect(results[2]).not.toHaveProperty("branch")
})

test("once its fleet has ended an unchanged worktree is gone with its branch, a changed one is kept", async () => {
  await untilEvent("worktree.removed")
  await untilEvent("worktree.kept")
  expect([existsSync(treeOf(0)), existsSync(treeOf(1))]).toEqual([true, false])
  expect(await git(world.project, "log", "-1", "--format=%s", branchOf(0))).toBe("made")
  expect(
    await git(world.project, "branch", "--list", "meshfleet/*", "--format=%(refname:short)"),
  ).toBe(branchOf(0))
  expect(await world.untilGone(20_000, [window.run.pid])).toEqual([])
})
