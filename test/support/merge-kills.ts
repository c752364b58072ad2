import { expect } from "bun:test"
import { createHash } from "node:crypto"
import { existsSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { auditLedger } from "../../plugin/mesh/audit/audit.ts"
import { markedProcesses } from "../../plugin/system/processes.ts"
import { createMergeWorld, type MergeWorld } from "../mesh/merging/support.ts"
import { git } from "./run.ts"
import { startChild } from "./child.ts"
import { snapshot } from "./snapshot.ts"

const merged = "meshfleet/flt_1/merged"

/** Ada and cleo fit, bob conflicts with ada, dan breaks the check, eve has not committed. */
export const createKillWorld = async () => {
  const world = await createMergeWorld(["ada", "bob", "cleo", "dan", "eve"], { inFile: true })
  await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
  await world.works("bob", { "a.txt": "BOB\ntwo\nthree\n" })
  await world.works("cleo", { "c.txt": "c\n" })
  await world.works("dan", { "d.txt": "BROKEN\n" })
  await world.works("eve", { "e.txt": "e\n" }, { commit: false })
  await world.personAtWork()
  const made = await Promise.all(
    ["ada", "bob", "cleo", "dan"].map(async (name) =>
      git(world.shop, "rev-parse", (await world.tree(name)).branch),
    ),
  )
  // Rows of a test have no history, which the audit notices.
  const findings = await findingsOf(world)
  return { world, made, findings, before: await snapshot(world.shop) }
}

const findingsOf = async ({ ledger }: MergeWorld) => (await ledger.read(auditLedger)).findings

type KillWorld = Awaited<ReturnType<typeof createKillWorld>>

const start = ({ home, shop, ledgerFile, env }: MergeWorld, at: number, flags: readonly string[]) =>
  startChild("merge-until-killed", [home, shop, ledgerFile, String(at), ...flags], {
    env: { HOME: env["HOME"]! },
    detached: true,
  })

/** What the world of a killed holder looks like 5 s later. */
const letLeaseExpire = ({ home, shop }: MergeWorld) => {
  const name = createHash("sha256").update(join(shop, ".git")).digest("hex").slice(0, 12)
  const lock = join(home, "leases", `merge-${name}.lock`)
  if (existsSync(lock)) utimesSync(lock, new Date(0), new Date(0))
}

/** Kills a merge at one of its steps. False when it was over before. */
export const killAt = async ({ world }: KillWorld, at: number, flags: readonly string[]) => {
  const ended = await start(world, at, flags).ended
  letLeaseExpire(world)
  return ended !== 0
}

/** Kills a merge together with every git and check it runs, after so long, as a power cut would. */
export const killAll = async ({ world }: KillWorld, afterMs: number, flags: readonly string[]) => {
  const child = start(world, 0, flags)
  const isOver = await Promise.race([
    child.ended,
    new Promise<undefined>((go) => setTimeout(() => go(undefined), afterMs)),
  ])
  if (isOver !== undefined) return false
  process.kill(child.pid, "SIGKILL")
  const name = createHash("sha256").update(join(world.shop, ".git")).digest("hex").slice(0, 12)
  for (const pid of markedProcesses([`MESHFLEET_AGENT=merge-${name}`]))
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has just ended.
    }
  await child.ended
  letLeaseExpire(world)
  return true
}

/** No commit is lost, nothing of the person's is touched, and the branch is at a commit that is green. */
export const expectSound = async ({ world, made, before }: KillWorld) => {
  expect(await snapshot(world.shop)).toEqual(before)
  for (const [index, name] of ["ada", "bob", "cleo", "dan"].entries())
    await git(
      world.shop,
      "merge-base",
      "--is-ancestor",
      made[index]!,
      (await world.tree(name)).branch,
    )
  const branches = await git(world.shop, "branch", "--list", merged, "--format=%(objectname)")
  if (branches === "") return
  const commits = await git(world.shop, "rev-list", "--first-parent", `main..${merged}`)
  for (const commit of commits.split("\n")) {
    const files = (await git(world.shop, "ls-tree", "-r", "--name-only", commit)).split("\n")
    expect(files).not.toContain("d.txt")
    expect(await git(world.shop, "show", `${commit}:a.txt`)).not.toContain("<<<<")
  }
}

/** Lets a merge go to its end, and holds it to what one that nobody killed comes to. */
export const expectEnd = async (each: KillWorld, flags: readonly string[]) => {
  const { world } = each
  const child = start(world, 0, flags)
  expect(await child.ended).toBe(0)
  const { steps, report } = JSON.parse(child.output()) as { steps: number; report: any }
  const states = Object.fromEntries(report.branches.map((one: any) => [one.name, one.state]))
  expect(states).toEqual({
    ada: "merged",
    bob: "conflict",
    cleo: "merged",
    dan: "check_failed",
    eve: "merged",
  })
  await expectSound(each)
  const files = (await git(world.shop, "ls-tree", "-r", "--name-only", merged)).split("\n")
  expect(files).toEqual([".gitignore", "a.txt", "c.txt", "check.sh", "e.txt"])
  expect(await git(world.shop, "show", `${merged}:a.txt`)).toStartWith("ADA")
  const mail = await world.ledger.read((db) =>
    db.all<{ to_agent_id: string }>(
      "SELECT to_agent_id FROM messages WHERE from_agent_id = 'lead' ORDER BY to_agent_id",
    ),
  )
  expect(mail.map(({ to_agent_id }) => to_agent_id)).toEqual(["bob-1", "dan-1"])
  const told = (await world.events("branch.merged")).map(({ agent }) => agent)
  expect(told.toSorted()).toEqual(["ada-1", "cleo-1", "eve-1"])
  expect(await findingsOf(world)).toEqual(each.findings)
  return steps
}
