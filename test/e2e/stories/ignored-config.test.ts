import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Puppet } from "../support/puppet.ts"
import type { Lead, Window } from "../support/window.ts"
import { bundle, createWorld, type World } from "../support/world.ts"

const agent = `---
description: The project's own
mode: all
---
You are the project's own expert.
`
const tool = `export default {
  description: "Says it loudly",
  args: {},
  execute: async () => "LOUD",
}
`
const put = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A project whose git ignores what is named, and has the rest in its first commit. */
const createProject = async (ignored: string) => {
  const world = await createWorld({
    settings: {
      linger_ms: 500,
      worktree_files: [".env"],
      // Files lie where they do in the repository; the command runs in the agent's folder.
      worktree_setup: 'cp "$(git rev-parse --show-toplevel)/.env" setup.out',
    },
    config: {
      // OpenCode would write that line, and git would see it.
      $schema: "https://opencode.ai/config.json",
      permission: { bash: { "*": "allow", "touch *": "deny" } },
    },
    install(folder) {
      const project = join(folder, "../..")
      cpSync(bundle, join(folder, "meshfleet.js"))
      put(join(project, ".gitignore"), `${ignored}.env\nsetup.out\n`)
      put(join(project, ".env"), "KEY=of the project\n")
      put(join(project, ".opencode/.gitignore"), "node_modules\npackage-lock.json\n.gitignore\n")
      put(join(project, ".opencode/agent/mine.md"), agent)
      put(join(project, ".opencode/tool/shout.ts"), tool)
      put(join(project, "AGENTS.md"), "The rules of the house.\n")
      put(join(project, "web/index.html"), "<p>\n")
      put(join(project, "web/opencode.json"), '{ "permission": { "webfetch": "deny" } }')
    },
  })
  put(join(world.folder, "config/opencode/AGENTS.md"), "The habits of the user.\n")
  const window = await world.window()
  return { world, window, lead: await window.lead("lead") }
}

let world: World
let window: Window
let lead: Lead

/** What an agent is told and offered, and what its git and its shell say. */
const lookAround = async (member: Puppet) => {
  const { system } = await member.request()
  const offered = world.model.requests.findLast((each) => each.agent === member.name)!.body.tools
  const names = (offered ?? []).map((each) => each.function.name)
  const bash = async (command: string) =>
    (await member.call("bash", { command, description: "Look" })) as string
  return {
    isMine: system.includes("You are the project's own expert."),
    isToldTheHabits: system.includes("The habits of the user."),
    isToldTheRules: system.includes("The rules of the house."),
    hasTool: names.includes("shout"),
    hasFetch: names.includes("webfetch"),
    denied: (await bash("touch x")).includes("rule"),
    status: (await bash("git status --porcelain; git add -An; echo end")).trim(),
    folder: (await bash('echo "[$OPENCODE_CONFIG_DIR]"; pwd')).trim(),
  }
}
const asInProject = {
  isMine: true,
  isToldTheHabits: true,
  isToldTheRules: true,
  hasTool: true,
  hasFetch: true,
  denied: true,
  status: "end",
}
const mine = (name: string) => ({ name, agent: "mine", role: "Expert", prompt: `Be ${name}.` })

/** The tree is unchanged, so it goes with its fleet, and what was made for it goes too. */
const isCleared = async (fleetId: string, agentId: string) => {
  await world.until("its worktree is removed", async () =>
    (await world.events()).find(
      ({ type, agent_id }) => type === "worktree.removed" && agent_id === agentId,
    ),
  )
  const place = join(world.home, "worktrees", fleetId, agentId)
  return !existsSync(place) && !existsSync(`${place}.config`)
}

describe("where git ignores the project's configuration", () => {
  beforeAll(async () => {
    ;({ world, window, lead } = await createProject("opencode.json\n.opencode/\nAGENTS.md\n"))
  })
  afterAll(() => world?.end())

  test("an agent in a worktree runs as in the project's folder, also beside one that works there", async () => {
    const [here, there] = [world.member("here"), world.member("there")]
    const fleet = await lead.call("spawn_fleet", {
      isolation: "shared",
      agents: [mine("here"), { ...mine("there"), worktree: true }],
    })
    const tree = join(world.home, "worktrees", fleet.fleet_id, fleet.agent_ids[1])
    expect(await lookAround(here)).toEqual({ ...asInProject, folder: `[]\n${world.project}` })
    expect(await lookAround(there)).toEqual({ ...asInProject, folder: `[]\n${tree}` })
    expect(await there.call("shout")).toBe("LOUD")
    const made = await there.call("bash", { command: "cat setup.out", description: "Look" })
    expect(made).toContain("KEY=of the project")
    for (const each of [here, there]) await each.says("Done.")
    expect(await isCleared(fleet.fleet_id, fleet.agent_ids[1])).toBe(true)
    await window.rest(lead)
  })

  test("a project in a folder of the repository has its own configuration in the worktree, too", async () => {
    const inWeb = await world.window({ PWD: join(world.project, "web") })
    const webLead = await inWeb.lead("web")
    const deep = world.member("deep")
    const fleet = await webLead.call("spawn_fleet", {
      agents: [{ ...mine("deep"), worktree: true }],
    })
    const tree = join(world.home, "worktrees", fleet.fleet_id, fleet.agent_ids[0])
    expect(await lookAround(deep)).toEqual({
      ...asInProject,
      hasFetch: false,
      folder: `[]\n${join(tree, "web")}`,
    })
    await deep.says("Done.")
    expect(await isCleared(fleet.fleet_id, fleet.agent_ids[0])).toBe(true)
    await inWeb.rest(webLead)
  })
})

describe("where git ignores a part of it", () => {
  beforeAll(async () => {
    ;({ world, window, lead } = await createProject(".opencode/\n"))
  })
  afterAll(() => world?.end())

  test("the rest of it holds beside what is committed", async () => {
    const part = world.member("part")
    const fleet = await lead.call("spawn_fleet", {
      agents: [{ ...mine("part"), worktree: true }],
    })
    const tree = join(world.home, "worktrees", fleet.fleet_id, fleet.agent_ids[0])
    expect(await lookAround(part)).toEqual({ ...asInProject, folder: `[]\n${tree}` })
    await part.says("Done.")
    expect(await isCleared(fleet.fleet_id, fleet.agent_ids[0])).toBe(true)
  })
})
