import type { CheckRun, JoinNote, MergeTree } from "./merge-trees.ts"

/** What one agent made, to be taken as a whole. */
export interface Unit {
  id: string
  tips: readonly string[]
  note: JoinNote
  /** Whose work has to be in before. */
  after: readonly string[]
}

export type Outcome =
  | { state: "merged"; commit: string }
  | { state: "conflict"; files: string[]; onto: string }
  | { state: "check_failed"; output: string; onto: string }
  /** Not tried, since these are not in. */
  | { state: "held"; by: string[] }
  | { state: "failed"; detail: string }

export interface TakeOptions {
  tree: Pick<MergeTree, "startAt" | "join" | "advance" | "isIn">
  units: readonly Unit[]
  /** Where the branch stands. */
  start: string
  /** Whose work is not in and is not tried here. */
  missing: ReadonlySet<string>
  check: (() => Promise<CheckRun>) | undefined
  /** One check for all; the one that breaks it is found by halves. */
  isBatch: boolean
  /** Called before each step: throws when it is no longer ours to go on. */
  onStep: (unit: Unit | undefined) => void
}

export interface Taken {
  /** Where the branch stands now: every commit that it stood at has passed the check. */
  tip: string
  outcomes: Map<string, Outcome>
  /** The check fails without any of them: nothing was tried. */
  redBefore?: string
}

/**
 * Takes branches one after the other onto a branch that only ever moves to what has passed the check.
 * Whoever conflicts, or breaks the check, is left out, and the next ones are tried without it.
 */
export const takeBranches = async (options: TakeOptions): Promise<Taken> => {
  const { tree, units, missing, check, isBatch, onStep } = options
  const outcomes = new Map<string, Outcome>()
  const known = new Set(units.map(({ id }) => id))
  let tip = options.start
  let isProven = false

  const isOut = (id: string, stacked: readonly { unit: Unit }[]) =>
    missing.has(id) ||
    (known.has(id) &&
      outcomes.get(id)?.state !== "merged" &&
      !stacked.some(({ unit }) => unit.id === id))

  /** All that fit onto the tip and each other. */
  const stack = async (list: readonly Unit[]) => {
    const stacked: { unit: Unit; commit: string }[] = []
    let top = tip
    await tree.startAt(top)
    for (const unit of list) {
      onStep(unit)
      const by = unit.after.filter((id) => isOut(id, stacked))
      if (by.length > 0) {
        outcomes.set(unit.id, { state: "held", by })
        continue
      }
      const joined = await joinAll(unit, top)
      if (typeof joined !== "string") {
        outcomes.set(unit.id, joined)
        await tree.startAt(top)
        continue
      }
      top = joined
      stacked.push({ unit, commit: top })
    }
    return { stacked, top }
  }

  const joinAll = async (unit: Unit, onto: string): Promise<string | Outcome> => {
    let top = onto
    for (const each of unit.tips) {
      if (await tree.isIn(each, top)) continue
      const joined = await tree.join(each, unit.note)
      if ("failed" in joined) return { state: "failed", detail: joined.failed }
      if ("conflicts" in joined) return { state: "conflict", files: joined.conflicts, onto: tip }
      top = joined.commit
    }
    return top
  }

  /** Answers what the check says if it fails without any of them, which is asked once. */
  const attempt = async (list: readonly Unit[]): Promise<string | undefined> => {
    const { stacked, top } = await stack(list)
    if (stacked.length === 0) return undefined
    onStep(undefined)
    const run = check && top !== tip ? await check() : { ok: true, output: "" }
    onStep(undefined)
    if (run.ok) {
      if (top !== tip) await tree.advance(top)
      tip = top
      isProven = true
      for (const { unit, commit } of stacked) outcomes.set(unit.id, { state: "merged", commit })
      return undefined
    }
    if (!isProven) {
      await tree.startAt(tip)
      const before = await check!()
      if (!before.ok) return before.output
      isProven = true
    }
    if (stacked.length === 1) {
      const { unit } = stacked[0]!
      outcomes.set(unit.id, { state: "check_failed", output: run.output, onto: tip })
      // What came after it may have met it alone.
      return attempt(list.slice(list.indexOf(unit) + 1))
    }
    const half = list.indexOf(stacked[Math.ceil(stacked.length / 2) - 1]!.unit) + 1
    return (await attempt(list.slice(0, half))) ?? (await attempt(list.slice(half)))
  }

  for (const list of isBatch ? [units] : units.map((unit) => [unit])) {
    const redBefore = await attempt(list)
    if (redBefore !== undefined) return { tip, outcomes, redBefore }
  }
  return { tip, outcomes }
}
