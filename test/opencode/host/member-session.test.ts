import { afterEach, describe, expect, test } from "bun:test"
import { noteBounds } from "../../../plugin/mesh/ledger/tables/bounds.ts"
import { setLeadRules } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { decide, type Rule } from "../../../plugin/mesh/model/permission-rules.ts"
import { eventually } from "../../support/eventually.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
afterEach(() => world.endWithoutFault())

const allow: Rule = { permission: "*", pattern: "*", action: "allow" }
const deny = (permission: string): Rule => ({ permission, pattern: "*", action: "deny" })
const build = [allow]
const plan = [allow, deny("edit")]

/** An agent that was brought under some rules, and whose lead has these now. */
const start = async (brought: readonly Rule[] | undefined, lead: readonly Rule[] = build) => {
  world = await createHostWorld(["a1"])
  await world.ledger.transact(async (tx) => {
    if (brought) await noteBounds(tx, "a1-1", JSON.stringify(brought))
    await setLeadRules(tx, "flt_1", JSON.stringify(lead))
  })
  await world.give("a1")
  await world.sessions.prompted(1)
}
const leadMay = (rules: readonly Rule[]) =>
  world.ledger.transact((tx) => setLeadRules(tx, "flt_1", JSON.stringify(rules)))
/** What OpenCode makes of the agent's rules and its session's. */
const may = (permission: string, session = "ses_1") =>
  decide([...build, ...world.sessions.rules_.get(session)!], permission, "src/index.ts")
/** The turn is over, and the lead's message begins the next one. */
const nextTurn = async (turn: number) => {
  await world.answer("ses_1", "done")
  await world.send("a1", "Go on.")
  await world.sessions.prompted(turn)
}

test("an agent may no more than whoever brought it might, also under a freer lead", async () => {
  await start(plan, build)
  expect([may("edit"), may("bash")]).toEqual(["deny", "allow"])
})

test("and no more than its lead may by now", async () => {
  await start([allow, deny("bash")], plan)
  expect([may("edit"), may("bash"), may("read")]).toEqual(["deny", "deny", "allow"])
})

test("a stricter lead binds the next turn of a session that is there", async () => {
  await start(build)
  expect(may("edit")).toBe("allow")
  await leadMay(plan)
  await nextTurn(2)
  expect([may("edit"), may("bash")]).toEqual(["deny", "allow"])
})

test("a lead that is freer again frees what it had bound, and nothing else", async () => {
  await start([allow, deny("bash")], plan)
  await leadMay(build)
  await nextTurn(2)
  expect([may("edit"), may("bash")]).toEqual(["allow", "deny"])
})

describe("a file that OpenCode or git would load as code or rules", () => {
  const planted = [
    ".opencode/plugin/x.ts",
    "packages/web/.opencode/agent/me.md",
    "../../home/me/.config/opencode/opencode.json",
    "opencode.json",
    "packages/web/opencode.jsonc",
    ".claude/skills/x/SKILL.md",
    "AGENTS.md",
    "docs/AGENTS.md",
    ".git/hooks/pre-commit",
  ]
  const edits = (path: string) =>
    decide([...build, ...world.sessions.rules_.get("ses_1")!], "edit", path)

  test("is edited when a person allows it", async () => {
    await start(build)
    expect(planted.filter((path) => edits(path) !== "ask")).toEqual([])
  })

  test("is not edited at all where the lead may not edit", async () => {
    await start(plan, plan)
    expect(planted.filter((path) => edits(path) !== "deny")).toEqual([])
  })

  test("is no other file", async () => {
    await start(build)
    const others = [
      "src/opencode.ts",
      "docs/agents.md",
      "opencode.json.md",
      ".gitignore",
      "a.git/x",
    ]
    expect(others.filter((path) => edits(path) !== "allow")).toEqual([])
  })
})

test("nothing is added while nothing changes, whichever host goes on", async () => {
  await start(build, plan)
  const bounds = world.sessions.rules_.get("ses_1")!
  expect(may("edit")).toBe("deny")
  await nextTurn(2)
  expect(world.sessions.rules_.get("ses_1")).toBe(bounds)
  await leadMay(build)
  await nextTurn(3)
  const renewed = world.sessions.rules_.get("ses_1")!
  await world.answer("ses_1", "done")
  await world.give("a1")
  await world.send("a1", "Go on.")
  await world.sessions.prompted(4)
  expect(world.sessions.rules_.get("ses_1")).toBe(renewed)
})

test("the sub-sessions that may be taken up again are denied the same", async () => {
  await start(build)
  const create = (title: string, parentId: string) =>
    world.sessions.create({ directory: "/shop", title, parentId, rules: [] })
  const child = await create("child", "ses_1")
  const grandchild = await create("grandchild", child)
  await leadMay(plan)
  await nextTurn(2)
  expect([may("edit", child), may("edit", grandchild)]).toEqual(["deny", "deny"])
  expect(may("bash", child)).toBe("allow")
})

test("a session that cannot be bound is not prompted, and its mail waits until it can", async () => {
  await start(build)
  await world.answer("ses_1", "done")
  await leadMay(plan)
  const known = world.sessions.agents_.splice(0)
  const { message_id } = await world.send("a1", "Go on.")
  await eventually(() => world.errors.length > 0)
  expect(world.sessions.prompts).toHaveLength(1)
  expect((await world.deliveries(message_id))[0]?.state).toBe("accepted")
  world.sessions.agents_.push(...known)
  await world.sessions.prompted(2)
  expect(may("edit")).toBe("deny")
  world.errors.length = 0
})
