import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { takeBranches, type Unit } from "../../../plugin/mesh/merging/take-branches.ts"
import { holdsAsync } from "../../support/properties.ts"

/** Branches by number: which ones conflict with each other, which break the check, who needs whom. */
interface Story {
  count: number
  conflicts: [number, number][]
  broken: number[]
  needs: [number, number][]
}

const note = { message: "m", author: { name: "a", email: "a@b" } }

/** A commit is the list of the branches that are in it. */
const run = async (
  { count, conflicts, broken, needs }: Story,
  isBatch: boolean,
  redBefore = false,
) => {
  let stands = ""
  const branch = { at: "", history: [""] }
  let checks = 0
  const within = (commit: string) => commit.split(",").filter(Boolean)
  const isRed = (commit: string) =>
    redBefore || within(commit).some((each) => broken.includes(Number(each)))
  const units: Unit[] = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    tips: [String(index)],
    note,
    after: needs
      .filter(([who, whom]) => who === index && whom < index)
      .map(([, whom]) => String(whom)),
  }))
  const taken = await takeBranches({
    tree: {
      startAt: async (commit) => void (stands = commit),
      isIn: async (commit, of) => within(of).includes(commit),
      async join(tip) {
        const meets = conflicts.some(
          ([a, b]) =>
            (String(a) === tip && within(stands).includes(String(b))) ||
            (String(b) === tip && within(stands).includes(String(a))),
        )
        if (meets) return { conflicts: ["file"] }
        stands = [...within(stands), tip].join(",")
        return { commit: stands }
      },
      async advance(to) {
        expect(isRed(to)).toBe(false)
        branch.at = to
        branch.history.push(to)
      },
    },
    units,
    start: "",
    missing: new Set(),
    check: async () => {
      checks++
      return { ok: !isRed(stands), output: isRed(stands) ? "red" : "" }
    },
    isBatch,
    onStep: () => undefined,
  })
  expect(taken.tip).toBe(branch.at)
  return { taken, merged: within(branch.at), checks }
}

const pairs = (most: number) =>
  fc.array(fc.tuple(fc.nat(most), fc.nat(most)) as fc.Arbitrary<[number, number]>, { maxLength: 6 })
const story: fc.Arbitrary<Story> = fc.record({
  count: fc.integer({ min: 0, max: 9 }),
  conflicts: pairs(8).map((all) => all.filter(([a, b]) => a !== b)),
  broken: fc.array(fc.nat(8), { maxLength: 3 }),
  needs: pairs(8),
})

test("a batch ends with the same branches in and out as one check for each, and never at a red commit", () =>
  holdsAsync(
    fc.asyncProperty(story, async (each) => {
      const [batch, single] = [await run(each, true), await run(each, false)]
      const states = ({ taken }: typeof batch) =>
        [...taken.outcomes].map(([id, { state }]) => `${id} ${state}`).toSorted()
      expect(states(batch)).toEqual(states(single))
      expect(batch.merged.toSorted()).toEqual(single.merged.toSorted())
      expect(batch.taken.outcomes.size).toBe(each.count)
    }),
    300,
  ))

test("a green batch is one check, and one branch that breaks it is found in few", async () => {
  const none = { count: 16, conflicts: [], broken: [], needs: [] }
  expect((await run(none, true)).checks).toBe(1)
  const { merged, checks } = await run({ ...none, broken: [5] }, true)
  expect(merged).toHaveLength(15)
  expect(checks).toBeLessThan(11)
})

test("who needs one that is not in waits, and says whom it waits for", async () => {
  const { taken } = await run({ count: 3, conflicts: [[0, 1]], broken: [], needs: [[2, 1]] }, false)
  expect(taken.outcomes.get("2")).toEqual({ state: "held", by: ["1"] })
})

test("a check that fails without any of them blames nobody", async () => {
  const { taken, checks } = await run(
    { count: 3, conflicts: [], broken: [], needs: [] },
    false,
    true,
  )
  expect([taken.redBefore, taken.outcomes.size, checks]).toEqual(["red", 0, 2])
})
