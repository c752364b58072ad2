import { afterAll, beforeAll, expect, test } from "bun:test"
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Step, StepContext } from "../../../scripted-model/types.ts"
import { git, output, run } from "../../support/run.ts"
import { snapshot } from "../../support/snapshot.ts"
import type { Lead, Window } from "../support/window.ts"
import { bundle, createWorld, type World } from "../support/world.ts"

const gitAs = "git -c user.name=a -c user.email=a@example.org"
const commit = `git add -A && ${gitAs} commit -qm work`
const bash = (command: string) => ({
  toolCalls: [{ name: "bash", args: { command, description: "Work" } }],
})
const isTold = ({ messages }: StepContext) => messages.at(-1)?.role === "user"
/** Does its work, and what it is told afterwards as `mend` has it. */
const worker =
  (work: string, mend: (context: StepContext) => string | undefined = () => undefined): Step =>
  (context) => {
    if (!isTold(context)) return { text: "Done." }
    if (context.toolResults.length === 0) return bash(`${work}; ${commit}`)
    const command = mend(context)
    return command === undefined ? { text: "I can do nothing about it." } : bash(command)
  }
/** At the end of a file that the others have as well. */
const shared = "plugin/mesh/model/in-order.ts"
const joins = (name: string): Step =>
  worker(`printf '\\nexport const ${name} = "${name}"\\n' >> ${shared}`, ({ lastUser }) => {
    const merged = /git merge (\S+)/.exec(lastUser)?.[1]
    if (!lastUser.includes("conflicts with what is already merged")) return undefined
    return `${gitAs} merge -q ${merged}; sed -i -E '/^(<<<<<<<|=======|>>>>>>>)/d' ${shared}; ${commit}`
  })
const adds = (name: string): Step => {
  const test = [
    'import { expect, test } from "bun:test"',
    `import { ${name} } from "../../../plugin/mesh/tasks/${name}.ts"`,
    `test("${name}", () => expect(${name}()).toBe("${name}"))`,
  ].join("\\n")
  return worker(
    `echo 'export const ${name} = () => "${name}"' > plugin/mesh/tasks/${name}.ts; printf '${test}\\n' > test/mesh/tasks/${name}.test.ts`,
  )
}

const names = ["one", "two", "first", "second", "third", "fourth", "breaker", "dier"]
const check = "node_modules/.bin/bun test --timeout 60000 test/mesh/tasks"
const root = join(import.meta.dir, "../../..")

/** This repository as it was committed, and as it is after `npm ci`: what is installed is shared. */
const copyOfThis = async (project: string) => {
  const archive = join(project, "../this.tar")
  await git(root, "archive", "--output", archive, "HEAD")
  await output("tar", ["-xf", archive, "-C", project])
  linkPackages(project)
}
const linkPackages = (to: string) => {
  mkdirSync(join(to, "node_modules"))
  for (const name of readdirSync(join(root, "node_modules")))
    symlinkSync(join(root, "node_modules", name), join(to, "node_modules", name))
}

/** How many tests pass at a commit, in a tree of its own. */
const passingAt = async (commit: string) => {
  const look = join(world.folder, "look", commit)
  await git(world.project, "worktree", "add", "-q", "--detach", look, commit)
  linkPackages(look)
  const { status, stderr } = await run("sh", ["-c", check], { cwd: look })
  expect(status).toBe(0)
  return Number(/^\s*(\d+) pass/m.exec(stderr)?.[1])
}

let world: World
let window: Window
let lead: Lead
beforeAll(async () => {
  world = await createWorld({
    async install(folder) {
      await copyOfThis(join(folder, "../.."))
      cpSync(bundle, join(folder, "meshfleet.js"))
    },
    settings: { isolation: "shared", worktree_shared: ["node_modules"] },
    agents: {
      one: [adds("one")],
      two: [adds("two")],
      ...Object.fromEntries(
        ["first", "second", "third", "fourth"].map((each) => [each, [joins(each)]]),
      ),
      breaker: [worker(`echo 'throw new Error("broken")' >> plugin/mesh/tasks/task.ts`)],
      // Git is in the middle of a merge there when it is stopped.
      dier: [
        bash(
          [
            `git switch -qc side && echo side > d.txt && ${commit} && git switch -q - && echo own > d.txt && ${commit}`,
            `${gitAs} merge -q side; touch dying; sleep 300`,
          ].join("; "),
        ),
      ],
      "dier-merger": [{ text: "I leave it as it is." }],
    },
  })
  window = await world.window()
  lead = await window.lead("lead")
})
afterAll(() => world?.end())

/** A lead has the tool while it leads agents in worktrees; its prompt pays for it only then. */
const canMerge = () =>
  world.model.requests
    .findLast(({ agent, isTitle }) => agent === "lead" && !isTitle)!
    .body.tools!.some((tool) => tool.function.name === "merge_agents")

test(
  "eight agents change a copy of this repository, and what can be merged ends on one green branch",
  async () => {
    await lead.call("list_fleets")
    expect(canMerge()).toBe(false)
    const fleet = await lead.call("spawn_fleet", {
      worktree: true,
      max_parallel: 8,
      agents: names.map((name) => ({ name, role: name, prompt: `Be the ${name}.` })),
    })
    expect(canMerge()).toBe(true)
    const dier = fleet.agent_ids[7]
    await world.untilFile(join(world.home, "worktrees", fleet.fleet_id, dier, "dying"), 240_000)
    await lead.call("collect_results", {
      fleet_id: fleet.fleet_id,
      wait_seconds: 120,
      agent_ids: names.slice(0, 7),
    })
    await lead.call("stop_agents", { agent_ids: ["dier"] })

    // The person is in the middle of something.
    const theirs = (path: string, text: string, mode = 0o644) =>
      writeFileSync(join(world.project, path), text, { mode })
    theirs("AGENTS.md", "For later.\n")
    await git(world.project, "stash", "push", "-q", "--", "AGENTS.md")
    theirs(".git/hooks/pre-merge-commit", "#!/bin/sh\nexit 1\n", 0o755)
    theirs("README.md", "# Mine\n")
    await git(world.project, "add", "README.md")
    theirs(shared, "mine\n")
    mkdirSync(join(world.project, "notes"))
    theirs("notes/new.txt", "new\n")
    const before = await snapshot(world.project)

    let report: any
    for (let calls = 0; calls < 6; calls++) {
      report = await lead.call("merge_agents", {
        fleet_id: fleet.fleet_id,
        check,
        wait_seconds: 300,
      })
      if (!report.branches.some((each: any) => each.sent_to)) break
    }
    const states = Object.fromEntries(report.branches.map((each: any) => [each.name, each.state]))
    expect(states).toEqual({
      one: "merged",
      two: "merged",
      first: "merged",
      second: "merged",
      third: "merged",
      fourth: "merged",
      breaker: "check_failed",
      dier: "unfinished",
      "dier-merger": "unchanged",
    })
    for (const each of report.branches.filter(({ state }: any) => /failed|unfinished/.test(state)))
      await git(world.project, "rev-parse", "--verify", each.branch)
    expect(await snapshot(world.project)).toEqual(before)

    // Those of the repository itself, and of the two that added some.
    expect(await passingAt(report.branch)).toBe((await passingAt("HEAD")) + 2)
    const list = await git(world.project, "show", `${report.branch}:${shared}`)
    for (const name of ["first", "second", "third", "fourth"])
      expect(list).toContain(`export const ${name} = "${name}"`)
    // Three of them were in conflict, and were told.
    const events = await world.events()
    const leftOut = events.filter(({ type }) => type === "branch.left_out")
    const conflicts = leftOut.filter(({ data }) => data["state"] === "conflict")
    expect(new Set(conflicts.map(({ agent_id }) => agent_id)).size).toBe(3)
    await lead.says("Merged.")
  },
  { timeout: 600_000 },
)
