import { expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { scripts } from "../../package.json"

const root = join(import.meta.dir, "../..")
const folder = join(root, ".github/workflows")

interface Job {
  uses?: string
  permissions?: Record<string, string>
  steps?: { run?: string; uses?: string }[]
}
const workflows = readdirSync(folder).map((name) => ({
  name,
  jobs: (parse(readFileSync(join(folder, name), "utf8")) as { jobs: Record<string, Job> }).jobs,
}))
const commands = workflows.flatMap(({ jobs }) =>
  Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? [])),
)

test("what the workflows run is there", () => {
  const npm = commands.flatMap((run) =>
    [...run.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
  )
  expect(npm.filter((name) => !(name in scripts))).toEqual([])
  const files = commands.flatMap((run) =>
    [...run.matchAll(/(?:scripts|bin|test)\/[\w./-]+\.(?:mjs|ts)|^\.ci\/run/g)].map(
      ([path]) => path,
    ),
  )
  expect(files).toContain("scripts/release-notes.mjs")
  expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test("only the job that publishes may write, and it waits for the tests", () => {
  const writing = workflows.flatMap(({ name, jobs }) =>
    Object.entries(jobs)
      .filter(([, { permissions = {} }]) => Object.values(permissions).includes("write"))
      .map(([job]) => `${name} ${job}`),
  )
  expect(writing).toEqual(["publish.yml publish"])
  const { publish, test: tests } = workflows.find(({ name }) => name === "publish.yml")!.jobs
  expect(publish).toMatchObject({ needs: "test" })
  expect(existsSync(join(root, tests!.uses!))).toBe(true)
})
