import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { git, output } from "../test/support/run.ts"
import { atLeast, type Findings, type Measurement } from "./support/report.ts"
import { measureSenders } from "./support/senders.ts"
import { median } from "./support/statistics.ts"

const root = join(import.meta.dir, "..")
const rounds = 9
const sizes = [
  { processes: 1, each: 2000 },
  { processes: 4, each: 2000 },
  { processes: 12, each: 500 },
]
const unread = 50_000
/** A ledger is filled in half a minute. */
const childMs = 600_000

/**
 * This commit beside another one, in turn on the same machine: `MESHFLEET_BENCH_AGAINST=<revision>
 * npm run bench -- paired`. What else the machine does meets both, so the ratio of each pair counts.
 */
export const paired: Measurement = {
  name: "paired",
  title: "Sends and inbox pages beside an earlier commit",
  async run(): Promise<Findings> {
    const revision = process.env["MESHFLEET_BENCH_AGAINST"] ?? "HEAD~1"
    const before = await checkOut(revision)
    try {
      const rows = []
      for (const { processes, each } of sizes)
        rows.push({
          what: `${processes} × ${each} sends per second`,
          ...(await pairs(before, (tree) => sendsIn(tree, processes, each))),
        })
      rows.push({
        what: `inbox pages per second at ${unread.toLocaleString("en-US")} unread`,
        ...(await withFilled(before, (ledgers) =>
          pairs(before, async (tree) => pagesIn(tree, ledgers[tree === root ? 1 : 0]!)),
        )),
      })
      return {
        method: `Commit ${await describe(revision)} in a checkout of its own and the present one, ${rounds} pairs in alternating order, each side over a ledger of its own. Sends as above; a page is get_inbox with 20 messages in the middle of ${unread.toLocaleString("en-US")}, the median of 1,000. The ratio is the median of the pairs' ratios: now to then, more is better.`,
        tables: [
          {
            head: ["", "then", "now", "ratio"],
            rows: rows.map(({ what, past, present, ratio }) => [what, past, present, ratio]),
          },
        ],
        targets: rows.map(({ what, ratio }) => atLeast(what, ratio, 0.95, "×")),
      }
    } finally {
      rmSync(before, { recursive: true, force: true })
    }
  },
}

const describe = (revision: string) => git(root, "log", "-1", "--format=%h (%s)", revision)

const checkOut = async (revision: string) => {
  const tree = mkdtempSync(join(tmpdir(), "meshfleet-paired-"))
  await git(root, "clone", "--quiet", "--no-checkout", root, tree)
  await git(tree, "checkout", "--quiet", await git(root, "rev-parse", revision))
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"))
  copyFileSync(
    join(root, "bench/support/paired-child.ts"),
    join(tree, "bench/support/paired-child.ts"),
  )
  return tree
}

const child = async (tree: string, ...args: string[]) => {
  const script = join(tree, "bench/support/paired-child.ts")
  return (await output(process.execPath, [script, ...args], { timeoutMs: childMs })).trim()
}

const pairs = async (before: string, measure: (tree: string) => Promise<number>) => {
  const past: number[] = []
  const present: number[] = []
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [before, root] : [root, before]
    for (const tree of order) (tree === root ? present : past).push(await measure(tree))
  }
  return {
    past: median(past),
    present: median(present),
    ratio: median(present.map((value, at) => value / past[at]!)),
  }
}

const sendsIn = async (tree: string, processes: number, each: number) => {
  const members = Array.from({ length: processes }, (_, at) => `sender-${at + 1}`)
  const ledger = await child(tree, "make", "recipient", ...members)
  try {
    const { perSecond, errors } = await measureSenders(tree, ledger, members, each)
    if (errors.length > 0) throw new Error(errors[0])
    return perSecond
  } finally {
    await child(tree, "drop", ledger)
  }
}

const withFilled = async <T>(before: string, work: (ledgers: string[]) => Promise<T>) => {
  const trees = [before, root]
  const ledgers: string[] = []
  for (const tree of trees) ledgers.push(await child(tree, "make", "recipient", "sender-1"))
  try {
    for (const [at, tree] of trees.entries())
      await child(tree, "fill", ledgers[at]!, String(unread))
    return await work(ledgers)
  } finally {
    for (const [at, tree] of trees.entries()) await child(tree, "drop", ledgers[at]!)
  }
}

const pagesIn = async (tree: string, ledger: string) => {
  const told = await child(tree, "page", ledger, String(unread / 2), "1000")
  const taken = JSON.parse(told) as number[]
  return 1000 / median(taken)
}
