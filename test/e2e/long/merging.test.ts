import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Step, StepContext } from "../../../scripted-model/types.ts"
import { git, run } from "../../support/run.ts"
import { snapshot } from "../../support/snapshot.ts"
import type { Lead, Window } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

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
const joins = (name: string): Step =>
  worker(`sed -i 's/^]/  "${name}",\\n]/' lib/list.mjs`, ({ lastUser }) => {
    const merged = /git merge (\S+)/.exec(lastUser)?.[1]
    if (!lastUser.includes("conflicts with what is already merged")) return undefined
    return `${gitAs} merge -q ${merged}; sed -i -E '/^(<<<<<<<|=======|>>>>>>>)/d' lib/list.mjs; ${commit}`
  })
const adds = (name: string): Step =>
  worker(
    `echo 'export const ${name} = () => "${name}"' > lib/${name}.mjs; printf 'import { test } from "node:test"\\nimport { ${name} } from "../lib/${name}.mjs"\\ntest("${name}", () => { if (${name}() !== "${name}") throw new Error() })\\n' > test/${name}.test.mjs`,
  )

const files = {
  "lib/list.mjs": "export const list = [\n]\n",
  "test/list.test.mjs": [
    'import { test } from "node:test"',
    'import { list } from "../lib/list.mjs"',
    'test("each name once", () => {',
    '  if (new Set(list).size !== list.length) throw new Error("twice")',
    "})",
    "",
  ].join("\n"),
}
const names = ["one", "two", "first", "second", "third", "fourth", "breaker", "dier"]
const check = "node --test"

let world: World
let window: Window
let lead: Lead
beforeAll(async () => {
  world = await createWorld({
    files,
    settings: { isolation: "shared", linger_ms: 500 },
    agents: {
      one: [adds("one")],
      two: [adds("two")],
      ...Object.fromEntries(
        ["first", "second", "third", "fourth"].map((each) => [each, [joins(each)]]),
      ),
      breaker: [worker(`echo 'throw new Error("broken")' > test/broken.test.mjs`)],
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
  "eight agents change one repository, and what can be merged ends on one green branch",
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
    writeFileSync(join(world.project, "README.md"), "# Mine\n")
    await git(world.project, "add", "README.md")
    writeFileSync(join(world.project, "lib/list.mjs"), "mine\n")
    mkdirSync(join(world.project, "notes"))
    writeFileSync(join(world.project, "notes/new.txt"), "new\n")
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

    const look = join(world.folder, "look")
    await git(world.project, "worktree", "add", "-q", "--detach", look, report.branch)
    const { status, stdout } = await run("sh", ["-c", check], { cwd: look })
    expect([status, stdout.match(/^# pass (\d+)/m)?.[1]]).toEqual([0, "3"])
    const list = await git(look, "show", "HEAD:lib/list.mjs")
    for (const name of ["first", "second", "third", "fourth"]) expect(list).toContain(`"${name}"`)
    // Three of them were in conflict, and were told.
    const events = await world.events()
    const leftOut = events.filter(({ type }) => type === "branch.left_out")
    const conflicts = leftOut.filter(({ data }) => data["state"] === "conflict")
    expect(new Set(conflicts.map(({ agent_id }) => agent_id)).size).toBe(3)
    await lead.says("Merged.")
  },
  { timeout: 600_000 },
)
