import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Step, StepContext } from "../../../scripted-model/types.ts"
import { git, run } from "../../support/run.ts"
import { snapshot } from "../../support/snapshot.ts"
import type { Window } from "../support/window.ts"
import { allowUnattended, createWorld, type World } from "../support/world.ts"
import { actOut, bash, inOrder } from "./act-out.ts"
import { readExamples } from "./read-examples.ts"
import { callsOf, createStage, matcher, type Stage } from "./stage.ts"

// The patterns of docs/patterns.md that end in a merge, each in a project whose person is in the middle
// of something: what is theirs is byte for byte the same before and after.

const patterns = readExamples("patterns.md")
const pattern = (title: string) => patterns.find((each) => each.title === title)!

const packages = ["api", "cart", "mail", "shop", "user"].map((name) => `packages/${name}`)
const packageFiles = (folder: string) => ({
  [`${folder}/package.json`]: JSON.stringify({
    name: folder.slice("packages/".length),
    version: "1.0.0",
    scripts: { test: "node test.mjs" },
  }),
  [`${folder}/index.mjs`]: `export const getUser = (id) => "${folder} " + id\n`,
  [`${folder}/test.mjs`]: [
    'import * as all from "./index.mjs"',
    `if ((all.getUser ?? all.loadUser)(7) !== "${folder} 7") throw new Error("not the user")`,
    "",
  ].join("\n"),
})
const files: Record<string, string> = {
  "package.json": JSON.stringify({ private: true, workspaces: ["packages/*"] }),
  "scripts/renamed.mjs": [
    'import { readFileSync } from "node:fs"',
    'const text = readFileSync(process.argv[2] + "/index.mjs", "utf8")',
    'if (text.includes("getUser")) throw new Error("the old name is there")',
    "",
  ].join("\n"),
  ...Object.assign({}, ...packages.map(packageFiles)),
}

let world: World
let window: Window
let stage: Stage
let before: Record<string, string>

beforeAll(async () => {
  world = await createWorld({
    makeHome: allowUnattended,
    settings: { isolation: "shared", linger_ms: 500 },
    files,
  })
  const { project } = world
  const write = (path: string, text: string) => writeFileSync(join(project, path), text)
  write("README.md", "# For later\n")
  await git(project, "stash", "push", "-q")
  write("README.md", "# Staged\n")
  await git(project, "add", "README.md")
  write("packages/api/index.mjs", "mine\n")
  mkdirSync(join(project, "notes"))
  write("notes/new.txt", "new\n")
  window = await world.window()
  stage = createStage(world, window)
  before = await snapshot(project)
})
afterAll(() => world?.end())

const gitAs = "git -c user.name=a -c user.email=a@example.org"
const commit = (message: string) => `git add -A && ${gitAs} commit -qm '${message}'`
const isUntouched = async () => expect(await snapshot(world.project)).toEqual(before)
/** What a command says in a checkout of a branch. */
const inTreeOf = async (branch: string, command: string) => {
  const look = join(world.folder, "look", branch)
  await git(world.project, "worktree", "add", "-q", "--detach", look, branch)
  const { status, stdout, stderr } = await run("sh", ["-c", command], { cwd: look })
  await git(world.project, "worktree", "remove", "--force", look)
  return { status, said: `${stdout}${stderr}` }
}

test("split and merge: three agents change five packages, each proved where it was made, and one branch has them all", async () => {
  const example = pattern("Split and merge")
  // Each has one before anybody asks for a second.
  const began = new Set<string>()
  let open: (value: unknown) => void
  const all = new Promise((resolve) => (open = resolve))
  const claims = (name: string): Step => {
    return async ({ toolResults, messages }: StepContext) => {
      const last = toolResults.at(-1)
      const task = (last?.output as any)?.task
      if (last?.name === "claim_task" && task) {
        began.add(name)
        if (began.size === 3) open(undefined)
        await all
        const rename = `sed -i s/getUser/loadUser/ ${task.title}/*.mjs`
        const call = bash(`${rename} && ${commit(task.title)} && echo TASK ${task.task_id}`)
        return { toolCalls: [call] }
      }
      if (last?.name === "bash")
        return {
          toolCalls: [
            {
              name: "update_task",
              args: { task_id: Number(/TASK (\d+)/.exec(last.text)![1]), state: "done" },
            },
          ],
        }
      const inVain = toolResults.filter(
        (each) => each.name === "claim_task" && !(each.output as any).task,
      ).length
      const asked = messages.filter(({ role }) => role === "user").length
      return inVain < asked
        ? { toolCalls: [{ name: "claim_task", args: {} }] }
        : { text: "Nothing is left for me." }
    }
  }
  const works = Object.fromEntries(["ada", "bob", "cleo"].map((name) => [name, [claims(name)]]))
  const { lead, fleet_id } = await stage.play(example, works)
  const done = await world.events()
  const proofs = done.filter(
    ({ type, data }) => type === "task.moved" && data["proof"] === "check" && data["to"] === "done",
  )
  expect(proofs).toHaveLength(5)

  const report = await stage.make(lead, callsOf(example)[1]!)
  expect(report).toEqual(matcher(example.steps.at(-1)!["expected" as never]))
  expect(report.branches.map(({ state }: any) => state)).toEqual(["merged", "merged", "merged"])
  await isUntouched()
  const { status, said } = await inTreeOf(
    report.branch,
    `for each in ${packages.join(" ")}; do node scripts/renamed.mjs $each && (cd $each && node test.mjs) || exit 1; done`,
  )
  expect([status, said]).toEqual([0, ""])
  expect(report.branch).toBe(`meshfleet/${fleet_id}/merged`)
  await lead.says("One branch has it all.")
})

/** Approves what it is shown, each commit once, on the message that shows it. */
const reviewer =
  (answer: string): Step =>
  ({ messages, toolResults }) => {
    const said = JSON.stringify(messages)
    const shown = [
      ...said.matchAll(/(?:handoff from ada|question from lead), (msg_\w+)[^]*?([0-9a-f]{40})/g),
    ].map(([, message_id, sha]) => ({ message_id, action: `approved:${sha}` }))
    const next = shown[toolResults.filter(({ name }) => name === "receipt").length]
    return next ? { toolCalls: [{ name: "receipt", args: next }] } : { text: answer }
  }

test("review before merge: what rita has not approved stays out, and she is asked for it", async () => {
  const example = pattern("Review before merge")
  const writes = (name: string, file: string, answer: string): Step => {
    const work = bash(`echo 'export {}' > ${file} && ${commit(file)} && git rev-parse HEAD`)
    return (context) => {
      const { toolResults } = context
      const [made, sent] = ["bash", "send_message"].map((tool) =>
        toolResults.find((each) => each.name === tool),
      )
      if (!made) return { toolCalls: [work] }
      if (name !== "ada" || sent) return { text: answer }
      const payload = `vat.mjs is at ${made.text.trim()}`
      const args = { to_agent_id: "rita", type: "handoff", payload }
      return { toolCalls: [{ name: "send_message", args }] }
    }
  }
  const [spawning, first, second] = callsOf(example)
  stage.script(example, {
    ada: [writes("ada", "vat.mjs", "vat.mjs is written.")],
    bob: [writes("bob", "round.mjs", "round.mjs is written.")],
    rita: [reviewer("Both hold.")],
  })
  const lead = await stage.begin(example)
  const { fleet_id } = await stage.make(lead, spawning!)
  await stage.collect(lead, example)

  const expected = example.steps.flatMap((step) =>
    "expected" in step && step.tool === "merge_agents" ? [step.expected] : [],
  )
  const report = await stage.make(lead, first!)
  expect(report).toEqual(matcher(expected[0]!))
  const head = (name: string) =>
    git(world.project, "rev-parse", report.branches.find((each: any) => each.name === name).branch)
  const bob = await head("bob")
  expect(report.branches[1].detail).toContain(`approved:${bob}`)
  expect(await git(world.project, "ls-tree", "--name-only", report.branch)).not.toContain(
    "round.mjs",
  )
  expect(await stage.make(lead, second!)).toEqual(matcher(expected[1]!))
  expect(await git(world.project, "ls-tree", "--name-only", report.branch)).toContain("round.mjs")
  await stage.expectMail(example, fleet_id)
  const receipts = await world.until("two approvals", async (ledger) => {
    const found = await ledger.read((db) =>
      db.all<{ action: string }>("SELECT action FROM receipts WHERE action LIKE 'approved:%'"),
    )
    return found.length === 2 ? found : undefined
  })
  expect(receipts.map(({ action }) => action).toSorted()).toEqual(
    [await head("ada"), bob].map((each) => `approved:${each}`).toSorted(),
  )
  await isUntouched()
  await lead.says("Both are approved and merged.")
})

test("best of three: a judge picks, the winner is merged, and the others stay as branches", async () => {
  const example = pattern("Best of three")
  const tries = (name: string) => inOrder(bash(`echo '// ${name}' > slug.mjs && ${commit(name)}`))
  const outputs = new Map(
    (
      example.steps.find(({ tool }) => tool === "collect_results") as {
        expected: Record<string, any>
      }
    ).expected["results"].map(({ name, output }: any) => [name, output.replaceAll("…", "")]),
  )
  const judge: Step = (context) =>
    /handoff from \w+[^]*handoff from \w+[^]*handoff from \w+/.test(
      JSON.stringify(context.messages),
    )
      ? { text: outputs.get("judge") as string }
      : { text: "I wait for the others." }
  const { lead, results } = await stage.play(example, {
    ...Object.fromEntries(
      ["regex", "table", "intl"].map((name) => [
        name,
        [actOut(name, example, outputs.get(name) as string, tries(name))],
      ]),
    ),
    judge: [judge],
  })
  const report = await stage.make(lead, callsOf(example)[1]!)
  expect(report).toEqual(matcher(example.steps.at(-1)!["expected" as never]))
  expect(await git(world.project, "show", `${report.branch}:slug.mjs`)).toBe("// intl")
  const branchOf = (name: string) => results.find((each) => each["name"] === name)!["branch"]
  for (const { name, branch } of report.kept) {
    expect(branch).toBe(branchOf(name))
    expect(await git(world.project, "show", `${branch}:slug.mjs`)).toBe(`// ${name}`)
  }
  await isUntouched()
  await lead.says("intl is merged.")
})
